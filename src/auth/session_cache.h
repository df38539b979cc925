// Sessions that were looked up a moment ago, so that a request need not wait for the database.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "domain/session.h"

namespace vat::auth {

/// Any thread. What ends a session in this process calls forget_all(); what another process does is seen
/// after kTrusted.
class SessionCache {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  static constexpr std::chrono::seconds kTrusted{3};
  static constexpr std::size_t kMaxSessions = 10'000;

  explicit SessionCache(Clock clock = std::chrono::steady_clock::now) : clock_(std::move(clock)) {}

  [[nodiscard]] std::optional<SessionOwner> find(const std::string& digest) const;
  /// To be asked before the look-up whose result is then added: what was forgotten meanwhile is not kept.
  [[nodiscard]] std::uint64_t generation() const;
  void add(const std::string& digest, const SessionOwner& owner, std::uint64_t generation);
  void forget_all();

 private:
  struct Entry {
    SessionOwner owner;
    std::chrono::steady_clock::time_point until;
  };
  const Clock clock_;
  mutable std::mutex mutex_;
  std::uint64_t generation_ = 0;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace vat::auth
