#include "api/common/rate_limits.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

namespace vat::api {
namespace {

constexpr std::uint64_t kKeyShare = 2;        ///< A key has 1/2 of its user's rate.
constexpr std::uint64_t kUsersAtAddress = 4;  ///< An address has that many users' rate.

struct Kind {
  std::string_view name;
  std::string_view what;  ///< In the message.
  std::uint64_t amount;
};

Kind kind_of(const Services& services, Act act) {
  switch (act) {
    case Act::kUpload:
      return {"uploads", "uploads", services.rates.uploads};
    case Act::kJob:
      return {"jobs", "jobs", services.rates.jobs};
    case Act::kRequest:
      break;
  }
  return {"requests", "requests", services.rates.requests};
}

std::int64_t whole_seconds(std::chrono::milliseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(time).count();
}

/// Takes from one bucket after the other, and remembers the one with the fewest tokens left.
class Taking {
 public:
  Taking(RateLimiter& limiter, Kind kind, std::uint64_t times)
      : limiter_(limiter), kind_(kind), times_(times) {}

  /// `amount`: of this bucket, 0 for none.
  void take(std::string_view group, std::string_view who, std::uint64_t amount) {
    if (amount == 0 || (tightest_ && !tightest_->allowed)) return;
    const RatePolicy policy{.name = kind_.name, .amount = amount};
    const RateState state = limiter_.take(policy, std::string(group).append(":").append(who), times_);
    if (tightest_ && state.allowed && state.remaining >= tightest_->remaining) return;
    tightest_ = state;
    policy_ = policy;
  }

  /// Sets the fields of the response; the error if one bucket was empty.
  [[nodiscard]] Result<> finish(http::Request& request) const {
    if (!tightest_) return {};
    const std::string name = '"' + std::string(policy_.name) + '"';
    request.response_fields.emplace_back(
        "RateLimit-Policy",
        name + ";q=" + std::to_string(policy_.amount) + ";w=" + std::to_string(policy_.window.count()));
    request.response_fields.emplace_back("RateLimit",
                                         name + ";r=" + std::to_string(tightest_->remaining) +
                                             ";t=" + std::to_string(whole_seconds(tightest_->refilled)));
    if (tightest_->allowed) return {};
    const std::int64_t wait = std::max<std::int64_t>(whole_seconds(tightest_->wait), 1);
    Error error = Error(ErrorCode::kLimit, "Too many " + std::string(kind_.what) + " in a short time; wait " +
                                               std::to_string(wait) + (wait == 1 ? " second." : " seconds."))
                      .as_retryable();
    error.retry_seconds = static_cast<int>(wait);
    return fail(std::move(error));
  }

 private:
  RateLimiter& limiter_;
  const Kind kind_;
  const std::uint64_t times_;
  std::optional<RateState> tightest_;
  RatePolicy policy_;
};

Kind sign_in_kind(const Services& services) {
  return {"sign-ins", "attempts to sign in", services.rates.sign_ins};
}

}  // namespace

std::string address_group(std::string_view address) {
  const std::string text(address);
  in_addr four{};
  if (::inet_pton(AF_INET, text.c_str(), &four) == 1)
    return (ntohl(four.s_addr) >> 24U) == 127 ? std::string() : text;
  in6_addr six{};
  if (::inet_pton(AF_INET6, text.c_str(), &six) != 1 || IN6_IS_ADDR_LOOPBACK(&six) != 0) return {};
  std::fill(std::begin(six.s6_addr) + 8, std::end(six.s6_addr), std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> shown{};
  return ::inet_ntop(AF_INET6, &six, shown.data(), shown.size());
}

Result<> admit(const Services& services, const User& user, http::Request& request, Act act,
               std::uint64_t times) {
  if (services.rate_limiter == nullptr || user.id == kLocalUserId) return {};
  const Kind kind = kind_of(services, act);
  if (kind.amount == 0) return {};
  Taking taking(*services.rate_limiter, kind, times);
  taking.take("user", user.id, kind.amount);
  if (const std::string_view key = request.header("Authorization"); !key.empty())
    taking.take("key", key, std::max<std::uint64_t>(kind.amount / kKeyShare, 1));
  // The gate has counted the request of the address.
  if (act != Act::kRequest) {
    if (const std::string address = address_group(request.remote_address); !address.empty())
      taking.take("address", address, kind.amount * kUsersAtAddress);
  }
  return taking.finish(request);
}

Result<> admit_address(const Services& services, http::Request& request) {
  if (services.rate_limiter == nullptr || services.rates.requests == 0) return {};
  const std::string address = address_group(request.remote_address);
  if (address.empty()) return {};
  const Kind kind = kind_of(services, Act::kRequest);
  Taking taking(*services.rate_limiter, kind, 1);
  taking.take("address", address, kind.amount * kUsersAtAddress);
  Result<> outcome = taking.finish(request);
  // The user's own limit is the tighter one.
  if (outcome) request.response_fields.clear();
  return outcome;
}

Result<> admit_share(const Services& services, const std::string& share_id, http::Request& request) {
  if (services.rate_limiter == nullptr) return {};
  const Kind kind = kind_of(services, Act::kRequest);
  if (kind.amount == 0) return {};
  Taking taking(*services.rate_limiter, kind, 1);
  taking.take("share", share_id, kind.amount);
  return taking.finish(request);
}

Result<> admit_sign_in(const Services& services, http::Request& request) {
  if (services.rate_limiter == nullptr) return {};
  const std::string address = address_group(request.remote_address);
  if (address.empty()) return {};
  const Kind kind = sign_in_kind(services);
  Taking taking(*services.rate_limiter, kind, 1);
  taking.take("address", address, kind.amount);
  return taking.finish(request);
}

Result<> admit_failed_sign_in(const Services& services, http::Request& request) {
  return admit_sign_in(services, request);
}

}  // namespace vat::api
