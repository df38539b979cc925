#include "api/common/audit.h"

namespace vat::api {

Result<> add_audit_entry(const Services& services, const http::Request& request, const User& actor,
                         std::string_view action, std::string_view subject, std::string_view detail) {
  return add_audit_entry(services, request, std::string_view(actor.id), action, subject, detail);
}

Result<> add_audit_entry(const Services& services, const http::Request& request, std::string_view actor_id,
                         std::string_view action, std::string_view subject, std::string_view detail) {
  AuditEntry entry;
  entry.actor_id = actor_id;
  entry.action = action;
  entry.subject = subject;
  entry.address = request.remote_address;
  entry.detail = detail;
  return services.audit.add(entry);
}

}  // namespace vat::api
