#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "api/common/handler.h"
#include "api/events/event_streams.h"
#include "api/routes.h"
#include "http/event_stream.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

/// The event number after which the client wants to resume; kInvalidArgument if it is not valid.
Result<std::optional<std::int64_t>> read_last_id(const Request& request) {
  const std::optional<std::int64_t> id = http::last_event_id(request);
  const bool given = !request.header("Last-Event-ID").empty() || request.query_value("last_event_id");
  if (given && (!id || *id < 0)) {
    return fail_field(request.header("Last-Event-ID").empty() ? "last_event_id" : "Last-Event-ID",
                      "The last event must be given by its number.");
  }
  return id;
}

/// From the start of the job, or after the client's last event. A client that has seen all events of a
/// finished job gets 204, after which EventSource does not reconnect.
Answer follow_job(const Services& services, EventStreams& streams, const User& user, Request& request) {
  VAT_CO_ASSIGN(const std::optional<std::int64_t> last, read_last_id(request));
  const std::string& job_id = request.parameter("id");
  auto work = [&]() -> Result<bool> {
    VAT_ASSIGN(const Job job, services.jobs.get(user.id, job_id));
    if (!last || !is_final(job.state)) return true;
    VAT_ASSIGN(const std::vector<JobEvent> rest, services.jobs.events(user.id, job_id, *last, 1));
    return !rest.empty();
  };
  VAT_CO_ASSIGN(const bool more, co_await services.pool.run(work));
  if (!more) co_return http::empty_response(204);
  co_return streams.open(request, user.id, job_id, last.value_or(0));
}

Answer follow_all(const Services& services, EventStreams& streams, const User& user, Request& request) {
  VAT_CO_ASSIGN(std::optional<std::int64_t> last, read_last_id(request));
  if (!last) {
    auto work = [&] { return services.jobs.last_event_id(user.id); };
    VAT_CO_ASSIGN(last, co_await services.pool.run(work));
  }
  co_return streams.open(request, user.id, {}, *last);
}

}  // namespace

void add_event_routes(http::Router& router, const Services& services) {
  const auto streams = std::make_shared<EventStreams>(services);
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/events",
             signed_in(services, [&services, streams](const User& user, Request& request) {
               return follow_job(services, *streams, user, request);
             }));
  router.add(Method::kGet, "/api/v1/events",
             signed_in(services, [&services, streams](const User& user, Request& request) {
               return follow_all(services, *streams, user, request);
             }));
}

}  // namespace vat::api
