#include "api/jobs/delete_job.h"

#include <utility>
#include <vector>

#include "base/log.h"
#include "uploads/resumable.h"

namespace vat::api {

Result<> delete_job(const Services& services, const std::string& user_id, const std::string& job_id) {
  const Result<Job> job = services.jobs.get(user_id, job_id);
  Result<std::vector<std::string>> keys = services.jobs.remove(user_id, job_id);
  if (!keys && keys.error().code == ErrorCode::kExists) {
    // It may have ended by itself in the meantime, which is just as good.
    const Result<Job> cancelled = services.jobs.cancel(user_id, job_id);
    if (!cancelled && cancelled.error().code != ErrorCode::kExists) return fail(cancelled.error());
    keys = services.jobs.remove(user_id, job_id);
  }
  if (!keys) return fail(std::move(keys).error());
  // What had come of its recording; a worker that still writes it removes it afterwards.
  if (job && !job->source_url.empty() && !services.uploads.get(user_id, job->upload_id))
    uploads::discard_bytes(services.intake, job->upload_id);
  for (const std::string& key : *keys) {
    if (const Result<> removed = services.objects.remove(key); !removed)
      log(LogLevel::kWarning, "Cannot remove the object " + key + ": " + removed.error().message);
  }
  return {};
}

}  // namespace vat::api
