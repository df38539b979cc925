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

/// The jobs of one request: a single one, or one per file.
struct JobRequest {
  std::string user_id;
  JobKind kind = JobKind::kProcess;
  pipeline::JobOptions options;
  std::string title;  ///< Empty: the file's name.
  int priority = 0;
  std::string webhook_url;  ///< Checked; empty: none.
  /// When an earlier request with the same key created jobs, these are returned.
  std::optional<IdempotencyKey> idempotency;

  // The input, one of these:
  std::vector<uploads::ReceivedFile> files;  ///< Hashed.
  std::string upload_id;
  std::string source_url;  ///< Checked.
  std::string text;        ///< For JobKind::kSpeech.
};

/// Checks the request, stores its files and creates its jobs: all of them, or none and no bytes are left.
/// kInvalidArgument about the option as check_available(), kBadMedia and kNoAudio about a file, kNotFound
/// (404) and kExists (409) about "upload_id" for an upload that does not exist or is not complete, kLimit
/// (429) when the user has too many waiting, kUnavailable for a link where links are not fetched, kExists for
/// an idempotency key of another request. Blocks for as long as the disk takes, briefly without files.
[[nodiscard]] Result<CreatedJobs> create_jobs(const Services& services, const JobRequest& request);

/// kInvalidArgument about the option if the model is not in the catalogue, or the voice's engine has no
/// credentials. To be called before receiving bytes in vain. Blocks briefly.
[[nodiscard]] Result<> check_available(const Services& services, const JobRequest& request);
/// The latter only, by the engine's name or "auto". Does not block.
[[nodiscard]] Result<> check_speech_engine(const Services& services, const std::string& name);

}  // namespace vat::api
