// What was measured about the speed of engines, in files that processes share. Internal to tts.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace vat::tts {

/// Safe to use from any thread.
class SpeedMemory {
 public:
  /// `directory` is made when it is needed; empty, or if it cannot be written: this object alone remembers.
  explicit SpeedMemory(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Seconds of speech in a second. `key` says what was measured, and on what. One below kMinSpeed is
  /// forgotten after a day, because the machine may have been busy.
  [[nodiscard]] std::optional<double> find(const std::string& key) const;
  void remember(const std::string& key, double speed);

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& key) const;

  std::filesystem::path directory_;
  mutable std::mutex mutex_;
  std::map<std::string, double> known_;
};

}  // namespace vat::tts
