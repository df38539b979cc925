// Jobs as JSON. Private to api.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/services.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "domain/job.h"

namespace vat::api {

/// Overall progress in percent, [0, 100], of a job with these options: stages count by the time that they
/// usually take (prepare 2, transcribe 83, subtitles 1, speak 12, mux 2), and those that the job does not do
/// count nothing. A completed job is at 100; any other stays below it.
[[nodiscard]] double overall_percent(const Job& job, const JobProgress& progress);

/// What is not in the job's row. Empty in lists.
struct JobDetails {
  std::optional<JobProgress> live;    ///< Fresher than the row's.
  std::optional<double> eta_seconds;  ///< Until it is done.
  std::vector<Artifact> files;
  bool with_files = false;
};

/// Blocks on the database: speeds and the queue ahead, for a job that is not final, and its files.
[[nodiscard]] Result<JobDetails> find_details(Services& services, const Job& job);

/// {"id": ..., "kind": ..., "state": ..., ...}; `files` only with details.with_files.
void write_job(JsonWriter& json, const Job& job, const JobDetails& details = {});
[[nodiscard]] std::string job_json(const Job& job, const JobDetails& details = {});

void write_file(JsonWriter& json, const Artifact& artifact);

/// "/api/v1/jobs/ID".
[[nodiscard]] std::string job_path(const std::string& job_id);

/// The path segment, percent-encoded (RFC 3986, section 2.3).
[[nodiscard]] std::string encode_segment(std::string_view text);

}  // namespace vat::api
