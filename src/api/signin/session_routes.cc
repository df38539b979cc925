#include "api/common/audit.h"
#include "api/common/handler.h"
#include "api/routes.h"
#include "auth/sign_in.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;

void write_session(JsonWriter& json, const Session& session, const std::string& current) {
  json.begin_object();
  json.key("id").string(session.id);
  json.key("device").string(session.device);
  json.key("address").string(session.address);
  json.key("created_at").string(to_rfc3339(session.created_at));
  json.key("last_seen_at").string(to_rfc3339(session.last_seen_at));
  json.key("expires_at").string(to_rfc3339(session.expires_at));
  json.key("current").boolean(session.id == current);
  json.end_object();
}

Answer list_sessions(const Services& services, const Caller& caller) {
  std::vector<Session> sessions;
  if (services.sign_ins != nullptr) {
    VAT_CO_ASSIGN(sessions,
                  co_await services.pool.run([&] { return services.sign_ins->sessions(caller.id); }));
  }
  co_return list_response(sessions, [&](JsonWriter& json, const Session& session) {
    write_session(json, session, caller.session_id);
  });
}

Answer end_session(const Services& services, const Caller& caller, const Request& request) {
  if (services.sign_ins == nullptr) co_return fail(ErrorCode::kNotFound, "There is no such session.");
  co_return co_await empty_response_after(services, [&]() -> Result<> {
    const std::string& id = request.parameter("id");
    VAT_TRY(services.sign_ins->end_session(caller.id, id));
    return add_audit_entry(services, request, caller, "session.ended", id);
  });
}

Answer end_other_sessions(const Services& services, const Caller& caller, const Request& request) {
  if (services.sign_ins == nullptr) co_return http::empty_response(204);
  co_return co_await empty_response_after(services, [&]() -> Result<> {
    VAT_TRY(services.sign_ins->end_sessions(caller.id, caller.session_id));
    return add_audit_entry(services, request, caller, "sessions.ended", caller.id);
  });
}

}  // namespace

void add_session_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/sessions",
             signed_in(services, [&services](const Caller& caller, Request& /*request*/) {
               return list_sessions(services, caller);
             }));
  router.add(Method::kDelete, "/api/v1/sessions",
             signed_in(services, [&services](const Caller& caller, Request& request) {
               return end_other_sessions(services, caller, request);
             }));
  router.add(Method::kDelete, "/api/v1/sessions/{id:uuid}",
             signed_in(services, [&services](const Caller& caller, Request& request) {
               return end_session(services, caller, request);
             }));
}

}  // namespace vat::api
