// Fetches the recording of a job that was created from a link. Internal to worker.
#pragma once

#include <string>

#include "base/result.h"
#include "worker/running_job.h"
#include "worker/worker.h"

namespace vat::worker {

struct FetchedRecording {
  std::string key;    ///< In the object store.
  std::string title;  ///< Of the job: the user's own, or the file's name.
};

/// Blocks until the job's upload is complete and the job's row says so, and shows the progress. What arrived
/// before a failure, a stop or the end of the process is kept for the next attempt, unless the job was
/// deleted. Errors as links::fetch(), and kBadMedia and kNoAudio for what is no recording; kUnavailable where
/// links are not fetched.
[[nodiscard]] Result<FetchedRecording> fetch_recording(const WorkerServices& services, RunningJob& job);

}  // namespace vat::worker
