// What a request for jobs says, and the making of jobs from recordings. Private to api.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/common/json_fields.h"
#include "api/services.h"
#include "api/uploads/form.h"
#include "base/result.h"
#include "domain/job_store.h"
#include "domain/user.h"
#include "http/message.h"
#include "pipeline/options.h"
#include "uploads/completion.h"

namespace vat::api {

/// What is asked of every job of one request.
struct JobWish {
  pipeline::JobOptions options;
  NewJob job;  ///< With priority and webhook_url; the title is empty where the file's name is to be it.
};

/// kInvalidArgument with the nearest name, for a name that no field of the form for jobs has.
[[nodiscard]] Result<> check_job_field(const std::string& name);
/// From the fields of a form, in any order: the options one by one, or all as JSON in "options", over which
/// the others go. kInvalidArgument for a field that is given twice.
[[nodiscard]] Result<JobWish> wish_from_form(const Services& services, const FormFields& fields);
/// From the members "options", "title", "priority" and "webhook_url".
[[nodiscard]] Result<JobWish> wish_from_json(const Services& services, JsonFields& fields);
/// The options alone, as JSON; empty text is the defaults. Errors are about "options.NAME".
[[nodiscard]] Result<pipeline::JobOptions> read_options(const Services& services, std::string_view json);

/// All of the wish, for the hash of an Idempotency-Key.
[[nodiscard]] std::string asked_text(const JobWish& wish);

/// kInvalidArgument about the option, when the model is in no catalogue, or the voice's engine has no
/// credentials here. Blocks shortly.
[[nodiscard]] Result<> check_available(const Services& services, const pipeline::JobOptions& options);
/// The latter alone, by the engine's name or "auto". Does not block.
[[nodiscard]] Result<> check_speech_engine(const Services& services, const std::string& name);

/// The upload that a job is to be made of; kExists (409) about "upload_id" when bytes are missing. One that a
/// crash kept from being completed is completed now, which takes as long as the disk.
[[nodiscard]] Result<Upload> find_complete(const Services& services, const std::string& user_id,
                                           const std::string& upload_id);

/// Makes a job of each file: of all of them or of none, and then no bytes are left. The files were looked at.
/// Blocks for as long as the disk takes.
[[nodiscard]] Result<CreatedJobs> jobs_from_files(const Services& services,
                                                  std::vector<uploads::ReceivedFile>& files,
                                                  const JobWish& wish,
                                                  const std::optional<IdempotencyKey>& idempotency);
/// The same of complete uploads. Blocks shortly.
[[nodiscard]] Result<CreatedJobs> jobs_from_uploads(const Services& services,
                                                    const std::vector<Upload>& uploads, const JobWish& wish,
                                                    const std::optional<IdempotencyKey>& idempotency);

/// 202 with {"items": [...]} and the Location of the first; Idempotency-Replayed for a replay. Blocks
/// shortly.
[[nodiscard]] http::Response created_response(const Services& services, const CreatedJobs& created);

}  // namespace vat::api
