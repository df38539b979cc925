// Output for a person on stderr: messages, and a progress line.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/progress.h"

namespace vat::app {

enum class ProgressMode {
  kAuto,  ///< A line on a terminal, nothing otherwise.
  kJson,  ///< One JSON object per line, for programs.
  kNone,
};

/// Writes to stderr. Any thread may call any method.
class Console {
 public:
  /// `quiet` leaves only errors.
  Console(ProgressMode mode, bool quiet);
  ~Console() { clear_line(); }
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Something a person should know, as a sentence: a fallback, a warning.
  void note(std::string_view sentence);
  /// With the flag or command that helps (remedies.h).
  void error(const Error& error);
  /// Shown as a line that rewrites itself, at most ten times a second, or as JSON. `label` names the
  /// recording.
  void progress(std::string_view label, const Progress& progress);
  /// What is being waited for, in the place of the progress line, if there is one.
  void waiting(std::string_view for_what);
  /// Bytes downloaded of a total (0 when unknown).
  void download(std::string_view label, std::uint64_t done, std::uint64_t total);
  /// Bytes checked of a total.
  void verification(std::string_view label, std::uint64_t done, std::uint64_t total);
  /// Bytes written of a model's conversion.
  void conversion(std::string_view label, std::uint64_t done, std::uint64_t total);
  /// Removes the progress line, so that other output may follow.
  void clear_line();

  [[nodiscard]] bool is_terminal() const { return terminal_; }
  [[nodiscard]] bool quiet() const { return quiet_; }

 private:
  using Clock = std::chrono::steady_clock;
  /// `verb` is for a person, `key` for a program.
  void bytes(std::string_view verb, std::string_view key, std::string_view label, std::uint64_t done,
             std::uint64_t total);
  [[nodiscard]] std::string bytes_tail(std::uint64_t done, std::uint64_t total) const;
  void show_line(const std::string& line);
  void write(std::string_view text);
  [[nodiscard]] bool is_time(bool force);

  const bool terminal_;
  const bool json_;
  const bool quiet_;
  std::mutex mutex_;
  bool line_shown_ = false;
  Clock::time_point last_shown_{};
  std::string label_;  ///< Of the last line; a new one restarts the measure of speed, and so does a new verb.
  std::string verb_;
  Stage stage_ = Stage::kPrepare;
  Clock::time_point started_{};
  std::uint64_t bytes_before_ = 0;  ///< Of a download, what an earlier run had received.
};

/// "1 cue", "2 cues".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

}  // namespace vat::app
