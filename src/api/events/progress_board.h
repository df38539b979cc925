// Progress of running jobs for event streams: queried and formatted once for all streams. Private to api.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "api/services.h"
#include "http/task.h"

namespace vat::api {

/// Safe to use from any thread.
class ProgressBoard {
 public:
  /// `services` must outlive the board.
  explicit ProgressBoard(const Services& services) : services_(services) {}

  using Text = std::shared_ptr<const std::string>;
  /// The progress as one JSON object, at most kFresh old; null when there is none now: the job is not
  /// running, or another thread is just querying it for the first time.
  [[nodiscard]] http::Task<Text> find(const std::string& user_id, const std::string& job_id);

  static constexpr std::chrono::milliseconds kFresh{250};

 private:
  struct Entry {
    std::chrono::steady_clock::time_point found_at;
    bool finding = false;
    Text text;
  };
  [[nodiscard]] Text look(const std::string& user_id, const std::string& job_id) const;

  const Services& services_;
  std::mutex mutex_;
  /// By user as well: nobody sees another user's progress.
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace vat::api
