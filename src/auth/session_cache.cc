#include "auth/session_cache.h"

namespace vat::auth {

std::optional<SessionOwner> SessionCache::find(const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(digest);
  if (found == entries_.end() || found->second.until <= clock_()) return std::nullopt;
  return found->second.owner;
}

std::uint64_t SessionCache::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void SessionCache::add(const std::string& digest, const SessionOwner& owner, std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return;
  const auto now = clock_();
  if (entries_.size() >= kMaxSessions)
    std::erase_if(entries_, [&](const auto& entry) { return entry.second.until <= now; });
  if (entries_.size() >= kMaxSessions) entries_.clear();
  entries_.insert_or_assign(digest, Entry{owner, now + kTrusted});
}

void SessionCache::forget_all() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  entries_.clear();
}

}  // namespace vat::auth
