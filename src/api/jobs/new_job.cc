#include "api/jobs/new_job.h"

#include <algorithm>
#include <utility>

#include "api/webhooks/webhook_url.h"
#include "base/hash.h"
#include "base/text.h"

namespace vat::api {
namespace {

constexpr std::size_t kMaxKeyBytes = 255;
constexpr std::size_t kMaxUrlBytes = 2048;
constexpr std::size_t kMaxTitle = 255;  // code points

Result<> check_waiting(const Services& services, const std::vector<NewJob>& jobs) {
  if (jobs.empty()) return {};
  VAT_ASSIGN(const std::vector<std::uint64_t> counts, services.jobs.count_by_state(jobs.front().user_id));
  const std::uint64_t waiting = counts.at(static_cast<std::size_t>(JobState::kQueued));
  if (waiting + jobs.size() <= services.limits.max_waiting_jobs) return {};
  return fail(Error{ErrorCode::kLimit,
                    "You have " + std::to_string(waiting) + " waiting jobs; the limit here is " +
                        std::to_string(services.limits.max_waiting_jobs) + ".",
                    {},
                    true,
                    {}});
}

}  // namespace

Result<std::optional<IdempotencyKey>> idempotency_key(const http::Request& request, std::string_view asked) {
  const auto present = std::find_if(request.headers.begin(), request.headers.end(), [](const auto& header) {
    return fold_case(to_utf8(header.first)) == "idempotency-key";
  });
  if (present == request.headers.end()) return std::nullopt;
  const std::string& key = present->second;
  if (key.empty() || key.size() > kMaxKeyBytes ||
      !std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; })) {
    return fail_field("Idempotency-Key", "The Idempotency-Key is 1 to 255 visible ASCII characters.");
  }
  std::string all(http::method_name(request.method));
  all.append(" ").append(request.path).append("\n").append(asked);
  return IdempotencyKey{.key = key, .request_hash = hash_hex(Digest::kSha256, all)};
}

Result<CreatedJobs> create_jobs(const Services& services, const std::vector<NewJob>& jobs,
                                const std::optional<IdempotencyKey>& idempotency) {
  if (idempotency && !jobs.empty()) {
    VAT_ASSIGN(std::vector<Job> made, services.jobs.find_idempotent(jobs.front().user_id, *idempotency));
    if (!made.empty()) return CreatedJobs{.jobs = std::move(made), .replayed = true};
  }
  VAT_TRY(check_waiting(services, jobs));
  return services.jobs.create(jobs, idempotency);
}

Result<> read_job_fields(const Services& services, JsonFields& fields, NewJob& job) {
  VAT_ASSIGN(std::optional<std::string> title, fields.text("title", {.max = kMaxTitleBytes}));
  if (title && code_points(*title) > kMaxTitle)
    return fail(fields.wrong("title", "The title is longer than 255 characters."));
  if (title && !trim(*title).empty()) job.title = std::string(trim(*title));
  VAT_ASSIGN(const std::optional<std::int64_t> priority,
             fields.integer("priority", kMinPriority, kMaxPriority));
  job.priority = static_cast<int>(priority.value_or(job.priority));
  VAT_ASSIGN(std::optional<std::string> url, fields.text("webhook_url", {.max = kMaxUrlBytes}));
  if (url && !url->empty()) {
    VAT_TRY(check_webhook_url(*url, services.allow_private_webhooks, "webhook_url"));
    job.webhook_url = std::move(*url);
  }
  return {};
}

Error in_options(Error error) {
  error.field = error.field.empty() ? "options" : "options." + error.field;
  return error;
}

}  // namespace vat::api
