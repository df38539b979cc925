// Jobs as JSON. Private to api.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "domain/job.h"

namespace vat::api {

/// Details that are not in the job's row.
struct JobDetails {
  std::optional<JobProgress> live;    ///< Fresher than the row's.
  std::optional<double> eta_seconds;  ///< Until it is done, including the jobs before it.
  std::vector<Artifact> files;
  std::vector<Label> labels;
};

/// Blocks on the database: the files and labels of the job and, when it is not final, its speed and the queue
/// ahead.
[[nodiscard]] Result<JobDetails> find_details(const Services& services, const Job& job);
/// Without files and queue, for lists. Does not block.
[[nodiscard]] JobDetails quick_details(const Services& services, const Job& job);

/// The members "stage", "percent", "speed" and "eta_seconds".
void write_progress(JsonWriter& json, const Job& job, const JobDetails& details);
/// The schema Job of openapi.json.
void write_job(JsonWriter& json, const Job& job, const JobDetails& details);
[[nodiscard]] std::string job_json(const Job& job, const JobDetails& details);
/// Blocks: find_details() and job_json().
[[nodiscard]] Result<std::string> detailed_job_json(const Services& services, const Job& job);

/// The schema Label.
void write_label(JsonWriter& json, const Label& label);

/// The schema JobFile.
void write_file(JsonWriter& json, const Artifact& artifact);

/// "/api/v1/jobs/ID".
[[nodiscard]] std::string job_path(std::string_view job_id);

}  // namespace vat::api
