#include "service_upkeep.h"

#include <chrono>
#include <utility>
#include <vector>

#include "base/log.h"
#include "objects/local_store.h"
#include "operation/orphans.h"
#include "uploads/expiry.h"

namespace vat::app {
namespace {

using std::chrono::minutes;

constexpr minutes kBetweenTidying{10};
constexpr minutes kBetweenForgetting{60};
constexpr std::size_t kRemovedAtOnce = 200;
constexpr std::chrono::hours kBetweenSweeps{24};
constexpr std::chrono::hours kOrphansAfter{24 * 7};

void tidy_uploads(uploads::Intake& intake, ObjectStore& objects) {
  const std::size_t stale = objects::remove_stale(objects, utc_now());
  const auto expired = uploads::remove_expired(intake);
  if (!expired)
    log(LogLevel::kWarning, "Expired uploads were not removed.",
        {{"reason", expired.error().message}, {"detail", expired.error().detail}});
  else if (stale + *expired > 0)
    log(LogLevel::kInfo, "Unfinished uploads were removed.", {{"expired", *expired}, {"stale_files", stale}});
}

void sweep_objects(ObjectStore& objects, db::Database& database) {
  const auto swept = operation::remove_orphans(
      objects, [&database](const auto& keys) { return database.unused_objects(keys); },
      utc_now() - kOrphansAfter);
  if (!swept)
    log(LogLevel::kWarning, "Orphaned files were not looked for.",
        {{"reason", swept.error().message}, {"detail", swept.error().detail}});
  else if (*swept > 0)
    log(LogLevel::kInfo, "Orphaned files were removed.", {{"files", *swept}});
}

void forget_old_rows(db::Database& database) {
  if (const Result<> tidied = database.housekeeping(utc_now()); !tidied)
    log(LogLevel::kWarning, "Old rows were not removed from the database.",
        {{"reason", tidied.error().message}, {"detail", tidied.error().detail}});
}

void remove_kept_things(ObjectStore& objects, db::Database& database) {
  std::size_t removed = 0;
  while (true) {
    const auto carried = database.retention().carry_out(utc_now(), kRemovedAtOnce);
    if (!carried) {
      log(LogLevel::kWarning, "What has been kept long enough was not removed.",
          {{"reason", carried.error().message}, {"detail", carried.error().detail}});
      return;
    }
    // The sweep of orphans finds what cannot be removed now.
    for (const std::string& key : carried->object_keys) (void)objects.remove(key);
    removed += carried->removed;
    if (carried->removed == 0) break;
  }
  if (removed > 0) log(LogLevel::kInfo, "What has been kept long enough was removed.", {{"things", removed}});
}

/// A job that was speaking when its user was removed may have kept a sentence after that.
void forget_sentences(const pipeline::Speech& speech, db::Database& database) {
  for (const std::string& owner : speech.owners()) {
    const Result<User> user = database.users().get(owner);
    if (user || user.error().code != ErrorCode::kNotFound) continue;
    if (const Result<> forgotten = speech.forget(owner); !forgotten)
      log(LogLevel::kWarning, "Spoken sentences of a removed user were not removed.",
          {{"reason", forgotten.error().message}});
  }
}

void shorten_audit_log(db::Database& database, Days keep) {
  if (const Result<> removed = database.audit().remove_before(utc_now() - keep); !removed)
    log(LogLevel::kWarning, "Old entries of the audit log were not removed.",
        {{"reason", removed.error().message}, {"detail", removed.error().detail}});
}

}  // namespace

std::unique_ptr<operation::Periodic> start_upkeep(uploads::Intake& intake, ObjectStore& objects,
                                                  db::Database& database, const pipeline::Speech& speech,
                                                  Days keep_audit_log) {
  tidy_uploads(intake, objects);
  std::vector<operation::Periodic::Task> tasks;
  tasks.push_back({kBetweenTidying, [&] { tidy_uploads(intake, objects); }});
  tasks.push_back({kBetweenSweeps, [&] { sweep_objects(objects, database); }});
  tasks.push_back({kBetweenForgetting, [&] { forget_old_rows(database); }});
  tasks.push_back({kBetweenForgetting, [&] { remove_kept_things(objects, database); }});
  tasks.push_back({kBetweenForgetting, [&] { forget_sentences(speech, database); }});
  tasks.push_back(
      {kBetweenForgetting, [&database, keep_audit_log] { shorten_audit_log(database, keep_audit_log); }});
  return std::make_unique<operation::Periodic>(std::move(tasks));
}

}  // namespace vat::app
