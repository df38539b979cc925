// What was measured of voices on this machine, in files that processes share. Internal to tts.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace vat::tts {

/// Safe to use from any thread.
class Measurements {
 public:
  /// `directory` is made when it is needed; empty, or if it cannot be written: this object alone remembers.
  explicit Measurements(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// `key` says what was measured, and on what. What this object measured itself is not too old.
  [[nodiscard]] std::optional<double> find(const std::string& key,
                                           std::chrono::hours oldest = std::chrono::hours::max()) const;
  /// `value`: finite, and not negative.
  void remember(const std::string& key, double value);

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& key) const;

  std::filesystem::path directory_;
  mutable std::mutex mutex_;
  std::map<std::string, double> known_;
};

}  // namespace vat::tts
