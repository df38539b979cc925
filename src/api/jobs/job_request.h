// The one way to create jobs: describe the request, and create_jobs() does the rest. Private to api.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/services.h"
#include "base/result.h"
#include "domain/job_store.h"
#include "pipeline/options.h"
#include "uploads/completion.h"

namespace vat::api {

/// What one request asks for: a job, or one of each file.
struct JobRequest {
  std::string user_id;
  JobKind kind = JobKind::kProcess;
  pipeline::JobOptions options;
  std::string title;  ///< Empty: the name of the file.
  int priority = 0;
  std::string webhook_url;  ///< Checked; empty: none.
  /// When an earlier request with the same key created jobs, these are returned.
  std::optional<IdempotencyKey> idempotency;

  // What is transcribed or spoken, one of these:
  std::vector<uploads::ReceivedFile> files;  ///< Hashed.
  std::string upload_id;
  std::string text;  ///< For JobKind::kSpeech.
};

/// Checks the request, stores its files and makes its jobs: all of them or none, and then no bytes are left.
/// kInvalidArgument about the option as check_available(), kBadMedia and kNoAudio about a file, kNotFound
/// (404) and kExists (409) about "upload_id" for an upload that is not there or not complete, kLimit (429)
/// when the user has too many waiting, kExists for an idempotency key of another request. Blocks for as long
/// as the disk takes, shortly when there are no files.
[[nodiscard]] Result<CreatedJobs> create_jobs(const Services& services, const JobRequest& request);

/// kInvalidArgument about the option, when the model is in no catalogue, or the voice's engine has no
/// credentials here. Asked before bytes come that would be in vain. Blocks shortly.
[[nodiscard]] Result<> check_available(const Services& services, const JobRequest& request);
/// The latter alone, by the engine's name or "auto". Does not block.
[[nodiscard]] Result<> check_speech_engine(const Services& services, const std::string& name);

}  // namespace vat::api
