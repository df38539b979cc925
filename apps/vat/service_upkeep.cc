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

}  // namespace

std::unique_ptr<operation::Periodic> start_upkeep(uploads::Intake& intake, ObjectStore& objects,
                                                  db::Database& database) {
  tidy_uploads(intake, objects);
  std::vector<operation::Periodic::Task> tasks;
  tasks.push_back({kBetweenTidying, [&] { tidy_uploads(intake, objects); }});
  tasks.push_back({kBetweenSweeps, [&] { sweep_objects(objects, database); }});
  tasks.push_back({kBetweenForgetting, [&] { forget_old_rows(database); }});
  return std::make_unique<operation::Periodic>(std::move(tasks));
}

}  // namespace vat::app
