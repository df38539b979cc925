#include "queue/local_bus.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace vat::queue {
namespace {

/// One listener, and the threads that are calling it.
class Listening {
 public:
  Listening(std::string user_id, std::string job_id, EventBus::Listener listener)
      : user_id_(std::move(user_id)), job_id_(std::move(job_id)), listener_(std::move(listener)) {}

  [[nodiscard]] const std::string& user_id() const { return user_id_; }
  [[nodiscard]] const std::string& job_id() const { return job_id_; }

  void tell(const Notification& notification) {
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return;
      callers_.push_back(std::this_thread::get_id());
    }
    listener_(notification);
    const std::lock_guard lock(mutex_);
    callers_.erase(std::find(callers_.begin(), callers_.end(), std::this_thread::get_id()));
    returned_.notify_all();
  }

  /// Returns when no other thread is inside the listener. The calling thread may be, and cannot wait for
  /// itself.
  void end() {
    std::unique_lock lock(mutex_);
    ended_ = true;
    const auto self = std::this_thread::get_id();
    returned_.wait(lock, [&] {
      return std::all_of(callers_.begin(), callers_.end(), [&](auto c) { return c == self; });
    });
    // Destroys the listener's captures now, not when the last publisher releases it.
    if (callers_.empty()) listener_ = nullptr;
  }

 private:
  const std::string user_id_;
  const std::string job_id_;
  EventBus::Listener listener_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::thread::id> callers_;
  bool ended_ = false;
};

/// All listeners, each in the one list that a notification for it searches.
class Index {
 public:
  void add(const std::shared_ptr<Listening>& listening) {
    const std::unique_lock lock(mutex_);
    map_for(*listening)[key_of(*listening)].push_back(listening);
  }

  void remove(const std::shared_ptr<Listening>& listening) {
    const std::unique_lock lock(mutex_);
    Map& map = map_for(*listening);
    const auto found = map.find(key_of(*listening));
    std::erase(found->second, listening);
    if (found->second.empty()) map.erase(found);
  }

  [[nodiscard]] std::vector<std::shared_ptr<Listening>> concerned(const Notification& notification) const {
    std::vector<std::shared_ptr<Listening>> all;
    const std::shared_lock lock(mutex_);
    if (const auto found = by_job_.find(notification.job_id); found != by_job_.end()) {
      for (const auto& listening : found->second) {
        if (listening->user_id().empty() || listening->user_id() == notification.user_id)
          all.push_back(listening);
      }
    }
    for (const std::string& user : {notification.user_id, std::string()}) {
      if (const auto found = by_user_.find(user); found != by_user_.end())
        all.insert(all.end(), found->second.begin(), found->second.end());
      if (notification.user_id.empty()) break;
    }
    return all;
  }

 private:
  using Map = std::unordered_map<std::string, std::vector<std::shared_ptr<Listening>>>;
  [[nodiscard]] Map& map_for(const Listening& l) { return l.job_id().empty() ? by_user_ : by_job_; }
  [[nodiscard]] static const std::string& key_of(const Listening& l) {
    return l.job_id().empty() ? l.user_id() : l.job_id();
  }

  mutable std::shared_mutex mutex_;
  Map by_job_;
  Map by_user_;  ///< For all the user's jobs; under the empty name, for everybody's.
};

class LocalBus : public EventBus {
 public:
  void publish(const Notification& notification) override {
    for (const auto& listening : index_->concerned(notification)) listening->tell(notification);
  }

  Subscription subscribe(const std::string& user_id, const std::string& job_id, Listener listener) override {
    auto listening = std::make_shared<Listening>(user_id, job_id, std::move(listener));
    index_->add(listening);
    // The pointer only makes the handle non-null; its deleter does the work.
    return {listening.get(), [index = index_, listening](void*) {
              index->remove(listening);
              listening->end();
            }};
  }

 private:
  std::shared_ptr<Index> index_ = std::make_shared<Index>();
};

}  // namespace

std::unique_ptr<EventBus> make_local_bus() { return std::make_unique<LocalBus>(); }

}  // namespace vat::queue
