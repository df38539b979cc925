// What admins may see and do: users, the queue and the disk in figures, and the audit log.
#include <limits>
#include <map>
#include <utility>

#include "api/admin/admin_json.h"
#include "api/common/audit.h"
#include "api/common/cursor.h"
#include "api/common/handler.h"
#include "api/common/query.h"
#include "api/routes.h"
#include "auth/sign_in.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;

constexpr std::int64_t kMaxBytes = std::int64_t{1} << 60;
constexpr std::int64_t kMaxMinutes = 100'000'000;
constexpr std::int64_t kMaxJobs = 1'000'000;
constexpr std::size_t kMaxWorkedJobs = 1'000;

/// {"items": [...], "next_cursor": ...}.
template <class Items, class Write>
http::Response list_page(const Items& items, const std::string& next, Write write) {
  return item_response(200, items, [&](JsonWriter& json, const Items& all) {
    json.begin_object();
    json.key("items").array(all, [&](const auto& item) { write(json, item); });
    json.key("next_cursor").string_or_null(next);
    json.end_object();
  });
}

Result<std::string> id_of_cursor(const Request& request) {
  VAT_ASSIGN(const std::string cursor, query_text(request, "cursor", 100));
  if (cursor.empty()) return std::string();
  return read_job_cursor(cursor);
}

Answer list_users(const Services& services, const Caller& /*caller*/, Request& request) {
  VAT_CO_ASSIGN(const std::size_t limit, query_limit(request));
  VAT_CO_ASSIGN(const std::string after, id_of_cursor(request));
  auto work = [&] { return services.users.list(after, static_cast<int>(limit) + 1); };
  VAT_CO_ASSIGN(std::vector<User> users, co_await services.pool.run(work));
  std::string next;
  if (users.size() > limit) {
    users.resize(limit);
    next = job_cursor(users.back().id);
  }
  co_return list_page(users, next, [](JsonWriter& json, const User& user) {
    json.begin_object();
    write_user_members(json, user);
    json.end_object();
  });
}

/// Blocks.
Result<http::Response> show_user(const Services& services, const std::string& user_id) {
  VAT_ASSIGN(const User user, services.users.get(user_id));
  VAT_ASSIGN(const OwnQuotas own, services.quotas.own(user_id));
  VAT_ASSIGN(const Allowance allowance, services.quotas.allowance(user_id));
  return item_response(200, user, [&](JsonWriter& json, const User& shown) {
    json.begin_object();
    write_user_members(json, shown);
    write_own_quotas(json.key("own_quotas"), own);
    write_allowance(json.key("quotas"), allowance, services.limits.max_running_jobs);
    json.end_object();
  });
}

Answer get_user(const Services& services, const Caller& /*caller*/, Request& request) {
  auto work = [&] { return show_user(services, request.parameter("id")); };
  co_return co_await services.pool.run(work);
}

struct UserChange {
  std::optional<bool> disabled;
  std::optional<UserRole> role;
  std::optional<OwnQuotas> quotas;
};

Result<OwnQuotas> read_quotas(const std::string& object) {
  VAT_ASSIGN(JsonFields fields, JsonFields::parse(object));
  OwnQuotas quotas;
  VAT_ASSIGN(const auto bytes, fields.integer("stored_bytes", 0, kMaxBytes));
  VAT_ASSIGN(const auto minutes, fields.integer("sound_minutes", 0, kMaxMinutes));
  VAT_ASSIGN(const auto jobs, fields.integer("waiting_jobs", 0, kMaxJobs));
  VAT_TRY(fields.finish());
  if (bytes) quotas.stored_bytes = static_cast<std::uint64_t>(*bytes);
  if (minutes) quotas.sound_per_month = std::chrono::minutes(*minutes);
  if (jobs) quotas.waiting_jobs = static_cast<std::size_t>(*jobs);
  return quotas;
}

Result<UserChange> read_change(JsonFields& fields) {
  UserChange change;
  VAT_ASSIGN(change.disabled, fields.boolean("disabled"));
  VAT_ASSIGN(const std::optional<std::string> role, fields.text("role", {.min = 1, .max = 20}));
  if (role) {
    change.role = parse_role(*role);
    if (!change.role) return fail(fields.wrong("role", "The role must be member or admin."));
  }
  VAT_ASSIGN(const std::optional<std::string> quotas, fields.object("quotas"));
  if (quotas) {
    VAT_ASSIGN(change.quotas, read_quotas(*quotas));
  }
  VAT_TRY(fields.finish());
  return change;
}

/// Blocks.
Result<> change_user(const Services& services, const Caller& caller, const Request& request,
                     const UserChange& change) {
  const std::string& id = request.parameter("id");
  const auto note = [&](std::string_view action, std::string_view detail) {
    return add_audit_entry(services, request, caller, action, id, detail);
  };
  // Sessions are looked up in memory for a while.
  const auto forget = [&] {
    if (services.sign_ins != nullptr) services.sign_ins->forget();
  };
  VAT_TRY(services.users.get(id));
  if (change.role) {
    VAT_TRY(services.users.set_role(id, *change.role));
    forget();
    VAT_TRY(note("user.role_changed", role_name(*change.role)));
  }
  if (change.disabled) {
    VAT_TRY(services.users.set_disabled(id, *change.disabled));
    forget();
    VAT_TRY(note(*change.disabled ? "user.disabled" : "user.enabled", ""));
  }
  if (change.quotas) {
    VAT_TRY(services.quotas.set_own(id, *change.quotas));
    std::string shown;
    JsonWriter json(shown);
    write_own_quotas(json, *change.quotas);
    VAT_TRY(note("user.quotas_changed", shown));
  }
  return {};
}

Answer patch_user(const Services& services, const Caller& caller, Request& request, JsonFields& fields) {
  VAT_CO_ASSIGN(const UserChange change, read_change(fields));
  auto work = [&]() -> Result<http::Response> {
    VAT_TRY(change_user(services, caller, request, change));
    return show_user(services, request.parameter("id"));
  };
  co_return co_await services.pool.run(work);
}

Answer list_all_jobs(const Services& services, const Caller& /*caller*/, Request& request) {
  VAT_CO_ASSIGN(const std::size_t limit, query_limit(request));
  VAT_CO_ASSIGN(const std::string after, id_of_cursor(request));
  VAT_CO_ASSIGN(const std::string name, query_text(request, "state", 20));
  const std::optional<JobState> state = parse_job_state(name);
  if (!name.empty() && !state)
    co_return fail_field("state", "The state must be queued, processing, completed, failed or cancelled.");
  auto work = [&] { return services.overview.jobs(state, after, limit); };
  VAT_CO_ASSIGN(const JobSummaries found, co_await services.pool.run(work));
  co_return list_page(found.jobs, found.more ? job_cursor(found.jobs.back().id) : "", write_job_summary);
}

Answer get_storage(const Services& services, const Caller& /*caller*/, Request& /*request*/) {
  auto work = [&]() -> Result<http::Response> {
    VAT_ASSIGN(const StoredFigures figures, services.overview.storage());
    VAT_ASSIGN(const StorageSpace space, services.objects.space());
    return item_response(200, figures, [&](JsonWriter& json, const StoredFigures& shown) {
      const auto number = [&json](std::string_view key, std::uint64_t value) {
        json.key(key).integer(static_cast<std::int64_t>(std::min<std::uint64_t>(value, INT64_MAX)));
      };
      json.begin_object();
      number("users", shown.users);
      number("recordings", shown.recordings);
      number("recording_bytes", shown.recording_bytes);
      number("results", shown.results);
      number("result_bytes", shown.result_bytes);
      json.key("kinds").array(shown.kinds, [&](const StoredKind& kind) {
        json.begin_object();
        json.key("kind").string(kind.kind);
        number("files", kind.files);
        number("bytes", kind.bytes);
        json.end_object();
      });
      number("free_bytes", space.free_bytes);
      number("total_bytes", space.total_bytes);
      json.end_object();
    });
  };
  co_return co_await services.slow_pool.run(work);
}

tl::unexpected<Error> tells_nothing() {
  return fail(ErrorCode::kUnavailable, "This process does not tell about itself.");
}

Answer get_instance(const Services& services, const Caller& /*caller*/, Request& request) {
  VAT_CO_ASSIGN(const std::string span, query_text(request, "span", 20));
  if (!span.empty() && span != "hour" && span != "day")
    co_return fail_field("span", "The span must be hour or day.");
  if (!services.instance) co_return tells_nothing();
  auto work = [&]() -> Result<http::Response> {
    const InstanceView view = services.instance(span == "day" ? FigureSpan::kDay : FigureSpan::kHour);
    return item_response(200, view, write_instance);
  };
  co_return co_await services.slow_pool.run(work);
}

/// Those that have jobs, of every process on the database, and the one of this process.
http::Response workers_response(const std::vector<WorkedJob>& work, const InstanceView& own) {
  std::map<std::string, std::vector<WorkedJob>> workers = {{own.name, {}}};
  for (const WorkedJob& one : work) workers[one.worker].push_back(one);
  return list_response(workers, [&](JsonWriter& json, const auto& worker) {
    const bool here = worker.first == own.name;
    write_worker(json, worker.first, here, here ? own.max_jobs : 0, worker.second);
  });
}

Answer list_workers(const Services& services, const Caller& /*caller*/, Request& /*request*/) {
  if (!services.instance) co_return tells_nothing();
  auto work = [&]() -> Result<http::Response> {
    VAT_ASSIGN(std::vector<WorkedJob> jobs, services.overview.work(kMaxWorkedJobs));
    for (WorkedJob& one : jobs) {
      const auto live = services.live_progress ? services.live_progress(one.job.id) : std::nullopt;
      if (!live) continue;
      one.job.stage = live->stage;
      one.fraction = live->fraction;
    }
    return workers_response(jobs, services.instance(FigureSpan::kHour));
  };
  co_return co_await services.slow_pool.run(work);
}

Answer list_audit_log(const Services& services, const Caller& /*caller*/, Request& request) {
  VAT_CO_ASSIGN(const std::size_t limit, query_limit(request));
  VAT_CO_ASSIGN(const std::string cursor, query_text(request, "cursor", 100));
  std::size_t before = 0;
  if (!cursor.empty()) {
    VAT_CO_ASSIGN(before, read_offset_cursor(cursor, std::numeric_limits<std::int64_t>::max()));
  }
  auto work = [&] { return services.audit.list(static_cast<std::int64_t>(before), limit + 1); };
  VAT_CO_ASSIGN(std::vector<AuditEntry> entries, co_await services.pool.run(work));
  std::string next;
  if (entries.size() > limit) {
    entries.resize(limit);
    next = offset_cursor(static_cast<std::size_t>(entries.back().id));
  }
  co_return list_page(entries, next, write_audit_entry);
}

http::Handler admin_route(const Services& services,
                          Answer (*handler)(const Services&, const Caller&, Request&)) {
  return signed_in(services,
                   for_admins(UserHandler([&services, handler](const Caller& caller, Request& request) {
                     return handler(services, caller, request);
                   })));
}

}  // namespace

void add_admin_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/admin/users", admin_route(services, list_users));
  router.add(Method::kGet, "/api/v1/admin/users/{id:uuid}", admin_route(services, get_user));
  router.add(Method::kPatch, "/api/v1/admin/users/{id:uuid}",
             with_json(services, for_admins(JsonHandler(
                                     [&services](const Caller& caller, Request& request, JsonFields& fields) {
                                       return patch_user(services, caller, request, fields);
                                     }))));
  router.add(Method::kGet, "/api/v1/admin/jobs", admin_route(services, list_all_jobs));
  router.add(Method::kGet, "/api/v1/admin/storage", admin_route(services, get_storage));
  router.add(Method::kGet, "/api/v1/admin/instance", admin_route(services, get_instance));
  router.add(Method::kGet, "/api/v1/admin/workers", admin_route(services, list_workers));
  router.add(Method::kGet, "/api/v1/admin/audit", admin_route(services, list_audit_log));
}

}  // namespace vat::api
