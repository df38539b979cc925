// Serialises work by key.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace vat::uploads {

/// A caller with a key that is in use waits until it is free. Safe to use from any thread.
class TakingTurns {
 public:
  /// A turn, until destroyed. Turns must not outlive their TakingTurns.
  class Turn {
   public:
    Turn(TakingTurns& turns, std::string key) : turns_(turns), key_(std::move(key)) {
      std::unique_lock lock(turns_.mutex_);
      turns_.freed_.wait(lock, [this] { return turns_.in_use_.insert(key_).second; });
    }
    ~Turn() {
      {
        const std::lock_guard lock(turns_.mutex_);
        turns_.in_use_.erase(key_);
      }
      turns_.freed_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    TakingTurns& turns_;
    const std::string key_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::set<std::string> in_use_;
};

}  // namespace vat::uploads
