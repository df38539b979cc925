// What admins see, as JSON. Private to api.
#pragma once

#include <span>
#include <string>

#include "base/json_writer.h"
#include "domain/audit_log.h"
#include "domain/instance.h"
#include "domain/overview_store.h"
#include "domain/quota.h"
#include "domain/user.h"

namespace vat::api {

/// The members of a user, without the braces.
void write_user_members(JsonWriter& json, const User& user);
/// {"stored_bytes": ..., ...}; null where the installation's applies.
void write_own_quotas(JsonWriter& json, const OwnQuotas& quotas);
/// {"stored_bytes": {"limit": ..., "used": ...}, ...}; null without a limit.
void write_allowance(JsonWriter& json, const Allowance& allowance, std::size_t max_running_jobs);
void write_job_summary(JsonWriter& json, const JobSummary& job);
/// The schema AdminInstance.
void write_instance(JsonWriter& json, const InstanceView& view);
/// One worker of the schema AdminWorkerList; `max_jobs` is 0 where it is not known.
void write_worker(JsonWriter& json, const std::string& name, bool here, int max_jobs,
                  std::span<const WorkedJob> jobs);
void write_audit_entry(JsonWriter& json, const AuditEntry& entry);

}  // namespace vat::api
