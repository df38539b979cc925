// A user's rights over what the service has of them: to know how long it is kept, to take it along, and to
// have it removed.
#include <memory>
#include <utility>

#include "api/common/audit.h"
#include "api/common/handler.h"
#include "api/common/piece_stream.h"
#include "api/common/query.h"
#include "api/privacy/export_archive.h"
#include "api/routes.h"
#include "auth/sign_in.h"
#include "base/log.h"
#include "uploads/completion.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::int64_t kMaxDays = 36'500;
constexpr std::size_t kShownRemovals = 20;
constexpr std::size_t kJobsAtOnce = 100;
constexpr std::size_t kUploadsAtOnce = 100;

void write_days(JsonWriter& json, const Retention& retention) {
  const auto days = [&json](std::string_view key, Days value) {
    json.key(key).integer_or_null(value.count() == 0 ? std::nullopt
                                                     : std::optional<std::int64_t>(value.count()));
  };
  json.begin_object();
  days("recordings_days", retention.recordings);
  days("speech_days", retention.speech);
  days("jobs_days", retention.jobs);
  json.end_object();
}

/// Blocks.
Result<Response> show_retention(const Services& services, const User& user) {
  VAT_ASSIGN(const Retention own, services.retention.own(user.id));
  VAT_ASSIGN(const std::vector<Removal> next, services.retention.upcoming(user.id, kShownRemovals));
  const Retention installation = services.retention.installation();
  return item_response(200, next, [&](JsonWriter& json, const std::vector<Removal>& removals) {
    json.begin_object();
    write_days(json.key("installation"), installation);
    write_days(json.key("own"), own);
    write_days(json.key("effective"), stricter(installation, own));
    json.key("next").array(removals, [&](const Removal& removal) {
      json.begin_object();
      json.key("job_id").string(removal.job_id);
      json.key("title").string(removal.title);
      json.key("what").string(kept_name(removal.what));
      json.key("at").string(to_rfc3339(removal.at));
      json.end_object();
    });
    json.end_object();
  });
}

Answer get_retention(const Services& services, const User& user, Request& /*request*/) {
  auto work = [&] { return show_retention(services, user); };
  co_return co_await services.pool.run(work);
}

Result<Retention> read_retention(JsonFields& fields) {
  const auto days = [&fields](std::string_view name) -> Result<Days> {
    VAT_ASSIGN(const auto number, fields.integer(name, 0, kMaxDays));
    return Days(number.value_or(0));
  };
  Retention retention;
  VAT_ASSIGN(retention.recordings, days("recordings_days"));
  VAT_ASSIGN(retention.speech, days("speech_days"));
  VAT_ASSIGN(retention.jobs, days("jobs_days"));
  VAT_TRY(fields.finish());
  return retention;
}

Answer put_retention(const Services& services, const User& user, Request& /*request*/, JsonFields& fields) {
  VAT_CO_ASSIGN(const Retention retention, read_retention(fields));
  auto work = [&]() -> Result<Response> {
    VAT_TRY(services.retention.set_own(user.id, retention));
    return show_retention(services, user);
  };
  co_return co_await services.pool.run(work);
}

Answer export_account(const Services& services, const User& user, Request& request) {
  auto note = [&] { return add_audit_entry(services, request, user, "account.exported", user.id); };
  VAT_CO_TRY(co_await services.pool.run(note));
  Response response;
  response.set("Content-Type", "application/zip")
      .set("Content-Disposition", http::content_disposition("attachment", "vat-export.zip"))
      .set("Cache-Control", "no-store");
  response.body = stream_pieces(services, std::make_shared<ExportArchive>(services, user));
  co_return response;
}

void remove_objects(const Services& services, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (const Result<> removed = services.objects.remove(key); !removed)
      log(LogLevel::kWarning, "An object was not removed; the sweep does it later.",
          {{"key", key}, {"reason", removed.error().message}});
  }
}

struct RemovedAccount {
  std::size_t jobs = 0;
  std::size_t uploads = 0;
};

/// Blocks. Can be called again when it broke off.
Result<RemovedAccount> remove_account(const Services& services, const User& user) {
  RemovedAccount removed;
  // Nobody else creates anything for this user meanwhile; the only admin is refused here.
  if (user.id != kLocalUserId) VAT_TRY(services.users.set_disabled(user.id, true));
  if (services.sign_ins != nullptr) services.sign_ins->forget();
  for (bool more = true; more;) {
    VAT_ASSIGN(const RemovedJobs some, services.accounts.remove_jobs(user.id, kJobsAtOnce));
    remove_objects(services, some.object_keys);
    removed.jobs += some.jobs;
    more = some.more;
  }
  std::string after;
  for (bool more = true; more;) {
    VAT_ASSIGN(const std::vector<Upload> page, services.uploads.list(user.id, after, kUploadsAtOnce));
    for (const Upload& upload : page) {
      VAT_TRY(uploads::remove_upload(services.intake, upload));
      after = upload.id;
      ++removed.uploads;
    }
    more = page.size() == kUploadsAtOnce;
  }
  VAT_ASSIGN(const std::vector<std::string> keys, services.accounts.remove_account(user.id));
  remove_objects(services, keys);
  VAT_TRY(services.speech.forget(user.id));
  return removed;
}

Answer delete_account(const Services& services, const User& user, Request& request) {
  VAT_CO_ASSIGN(const std::string confirmed, query_text(request, "confirm", 64));
  if (confirmed != user.id)
    co_return fail_field("confirm", "To delete the account, repeat its id in the parameter confirm.");
  auto work = [&]() -> Result<RemovedAccount> {
    VAT_TRY(add_audit_entry(services, request, user, "account.deleted", user.id));
    return remove_account(services, user);
  };
  VAT_CO_ASSIGN(const RemovedAccount removed, co_await services.slow_pool.run(work));
  co_return item_response(200, removed, [](JsonWriter& json, const RemovedAccount& done) {
    json.begin_object();
    json.key("deleted").boolean(true);
    json.key("jobs").integer(static_cast<std::int64_t>(done.jobs));
    json.key("uploads").integer(static_cast<std::int64_t>(done.uploads));
    json.end_object();
  });
}

}  // namespace

void add_privacy_routes(http::Router& router, const Services& services) {
  router.add(Method::kDelete, "/api/v1/me", route(services, delete_account));
  router.add(Method::kGet, "/api/v1/me/export", route(services, export_account));
  router.add(Method::kGet, "/api/v1/me/retention", route(services, get_retention));
  router.add(Method::kPut, "/api/v1/me/retention", json_route(services, put_retention));
}

}  // namespace vat::api
