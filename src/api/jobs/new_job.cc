#include "api/jobs/new_job.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "net/address.h"

namespace vat::api {
namespace {

constexpr std::size_t kMaxKeyBytes = 255;
constexpr std::size_t kMaxUrlBytes = 2048;
constexpr std::size_t kMaxTitle = 255;  // code points

struct Authority {
  std::string host;  ///< Lower case; an IPv6 address without its brackets.
  bool literal_v6 = false;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit) &&
         std::stoi(std::string(text)) <= 65535;
}

/// "example.com:8080"; empty when it is none.
std::optional<Authority> read_authority(std::string_view text) {
  Authority authority;
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    authority.literal_v6 = true;
    authority.host = fold_case(text.substr(1, end - 1));
    rest = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    authority.host = fold_case(text.substr(0, colon));
    rest = text.substr(colon);
  }
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-_:";
  if (authority.host.empty() || authority.host.find_first_not_of(kAllowed) != std::string::npos)
    return std::nullopt;
  if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return std::nullopt;
  return authority;
}

std::optional<Authority> read_url(std::string_view url) {
  if (url.size() > kMaxUrlBytes ||
      !std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7F; }))
    return std::nullopt;
  const std::size_t colon = std::min(url.find("://"), url.size());
  const std::string scheme = fold_case(url.substr(0, colon));
  if ((scheme != "http" && scheme != "https") || colon == url.size()) return std::nullopt;
  std::string_view rest = url.substr(colon + 3);
  if (rest.find_first_of("#\\\"<>^`{|}") != std::string_view::npos) return std::nullopt;
  rest = rest.substr(0, std::min(rest.find_first_of("/?"), rest.size()));
  return read_authority(rest);
}

/// Whether the last label begins with a digit, which only addresses do: "127.1" and "0x7f000001" are ways to
/// write one.
bool is_numeric(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const std::size_t dot = host.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? host : host.substr(dot + 1);
  return !last.empty() && is_digit(last.front());
}

bool is_local_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local") ||
         host.ends_with(".internal") || host.find('.') == std::string_view::npos;
}

bool is_plainly_private(const Authority& authority) {
  if (authority.literal_v6 || is_numeric(authority.host)) return !net::is_public_address(authority.host);
  return is_local_name(authority.host);
}

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

Result<> check_webhook_url(std::string_view url, bool allow_private, std::string_view field) {
  const std::optional<Authority> authority = read_url(url);
  if (!authority) {
    return fail_field(
        std::string(field),
        "A webhook is an http or https address of at most 2048 characters, without a user name.");
  }
  if (!allow_private && is_plainly_private(*authority)) {
    return fail(Error{ErrorCode::kPermission,
                      "The address of a webhook may not be on a private network.",
                      {},
                      false,
                      std::string(field)});
  }
  return {};
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
