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

/// Why a job is not worked on now.
struct JobWaiting {
  enum class Reason {
    kWorker,     ///< The workers are busy with others.
    kUserLimit,  ///< As many of the user's jobs run as may.
    kRetry,      ///< It begins again after a pause, because it failed.
    kModel,      ///< A worker has it, and fetches its model first.
  };
  Reason reason = Reason::kWorker;
  std::optional<std::uint64_t> place;  ///< In the queue, from 1.
  std::optional<UtcTime> until;        ///< Of the pause.
  std::string model;                   ///< That is fetched.
};

/// Details that are not in the job's row.
struct JobDetails {
  std::optional<JobProgress> live;    ///< Fresher than the row's.
  std::optional<double> eta_seconds;  ///< Until it is done, including the jobs before it.
  std::optional<JobWaiting> waiting;
  std::vector<Artifact> files;
  std::vector<Label> labels;
};

/// Blocks on the database: the files and labels of the job and, when it is not final, its speed and the queue
/// ahead.
[[nodiscard]] Result<JobDetails> find_details(const Services& services, const Job& job);
/// Without files and queue. Does not block.
[[nodiscard]] JobDetails quick_details(const Services& services, const Job& job);

/// Of a job that waits for a worker.
[[nodiscard]] JobWaiting waiting_of(const Services& services, const Job& job, const QueuePlaces& places,
                                    UtcTime now);

/// The members "stage", "percent", "speed", "eta_seconds" and "waiting".
void write_progress(JsonWriter& json, const Job& job, const JobDetails& details);
/// The schema Job of openapi.json.
void write_job(JsonWriter& json, const Job& job, const JobDetails& details);
[[nodiscard]] std::string job_json(const Job& job, const JobDetails& details);
/// Blocks: find_details() and job_json().
[[nodiscard]] Result<std::string> detailed_job_json(const Services& services, const Job& job);

/// The schema Label.
void write_label(JsonWriter& json, const Label& label);

/// Blocks on the database: what the job has made, without previews, which have routes of their own.
[[nodiscard]] Result<std::vector<Artifact>> result_files(const Services& services, const std::string& user_id,
                                                         const std::string& job_id);
/// The schema JobFile.
void write_file(JsonWriter& json, const Artifact& artifact);

/// "/api/v1/jobs/ID".
[[nodiscard]] std::string job_path(std::string_view job_id);

}  // namespace vat::api
