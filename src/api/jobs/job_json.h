// Jobs as JSON. Private to api.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "domain/job.h"

namespace vat::api {

/// The options of a job as far as the API needs them for each look at it.
struct OptionsView {
  std::string shown;  ///< JSON for the job's user: pipeline::to_public_json().
  std::string engine;
  std::string model;
  bool speech = false;
  bool dub = false;
};
/// Of Job::options. Most jobs have one of few sets of options, so the views are kept (a bounded number of
/// them). Any thread.
[[nodiscard]] std::shared_ptr<const OptionsView> options_view(const std::string& stored);

/// Overall progress in percent, [0, 100]. The stages of a job count by the time that they usually take:
/// prepare 2, transcribe 83, subtitles 1, speak 12, mux 2; those that this job does not have count nothing. A
/// completed job is at 100, any other one below.
[[nodiscard]] double overall_percent(const Job& job, const JobProgress& progress);

/// What is not in the job's row.
struct JobDetails {
  std::optional<JobProgress> live;    ///< Fresher than the row's.
  std::optional<double> eta_seconds;  ///< Until it is done, the jobs before it included.
  std::vector<Artifact> files;
};

/// Of a running job, by its own pace; empty while that is not known.
[[nodiscard]] std::optional<double> running_eta(const Job& job, const JobProgress& progress, UtcTime now);

/// Blocks on the database: the files of the job and, when it is not final, its speed and the queue ahead.
[[nodiscard]] Result<JobDetails> find_details(const Services& services, const Job& job);
/// Without files and without the queue, as lists show it. Does not block.
[[nodiscard]] JobDetails quick_details(const Services& services, const Job& job);

/// The schema Job of openapi.json.
void write_job(JsonWriter& json, const Job& job, const JobDetails& details);
[[nodiscard]] std::string job_json(const Job& job, const JobDetails& details);
/// Blocks: find_details() and job_json().
[[nodiscard]] Result<std::string> detailed_job_json(const Services& services, const Job& job);

/// The schema JobFile.
void write_file(JsonWriter& json, const Artifact& artifact);

/// "/api/v1/jobs/ID".
[[nodiscard]] std::string job_path(std::string_view job_id);

}  // namespace vat::api
