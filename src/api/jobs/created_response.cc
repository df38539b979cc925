#include "api/jobs/created_response.h"

#include <string>
#include <utility>

#include "api/common/handler.h"
#include "api/jobs/job_json.h"
#include "base/json_writer.h"

namespace vat::api {
namespace {

/// The jobs are created: a failed look at the queue does not undo that.
void write_created(JsonWriter& json, const Services& services, const Job& job) {
  const Result<JobDetails> details = find_details(services, job);
  write_job(json, job, details ? *details : quick_details(services, job));
}

http::Response described(const CreatedJobs& created, http::Response response) {
  response.status = 202;
  if (!created.jobs.empty()) response.set("Location", job_path(created.jobs.front().id));
  if (created.replayed) response.set("Idempotency-Replayed", "true");
  return response;
}

}  // namespace

http::Response created_list_response(const Services& services, const CreatedJobs& created) {
  return described(created, list_response(created.jobs, [&](JsonWriter& json, const Job& job) {
                     write_created(json, services, job);
                   }));
}

http::Response created_job_response(const Services& services, const CreatedJobs& created) {
  std::string body;
  JsonWriter json(body);
  write_created(json, services, created.jobs.at(0));
  return described(created, json_response(202, std::move(body)));
}

}  // namespace vat::api
