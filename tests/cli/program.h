// Runs a program as a shell or a terminal would, and sees all that a user sees: its output and how it ends.
// One thread at a time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace vat::cli_test {

struct Invocation {
  std::vector<std::string> words;                  ///< The program's path and its arguments.
  std::map<std::string, std::string> environment;  ///< All of it.
  std::filesystem::path folder;                    ///< Working folder.
  std::string input;                               ///< What its standard input holds.
  std::filesystem::path output;                    ///< Where stdout goes, instead of being read here.
  /// Columns of a pseudo-terminal that takes stdout and stderr; 0: pipes.
  unsigned short terminal_columns = 0;
  bool closed_output = false;  ///< Stdout is a pipe whose reader has gone.
  bool open_input = false;     ///< Stdin stays open until close_input().
};

struct Outcome {
  int exit_code = -1;  ///< 128 + signal when a signal ended it.
  std::string out;
  std::string err;  ///< With a terminal: all that was written to it.
};

/// A running program, which is killed unless finish() waited for its end.
class Program {
 public:
  explicit Program(const Invocation& invocation);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Reads until stderr (or the terminal) contains the text; false if the program ends without it or the
  /// deadline passes.
  [[nodiscard]] bool wait_for(std::string_view text);
  void send(int signal) const;
  void close_input() { open_input_ = false; }
  /// Reads to the end. A program that has not ended by the deadline is killed, and the test fails.
  [[nodiscard]] Outcome finish();

 private:
  using Clock = std::chrono::steady_clock;
  void start(const Invocation& invocation, int input, int output, int error);
  /// Transfers what is ready; false at the end of all streams or at the deadline.
  [[nodiscard]] bool pump();
  static void read_some(UniqueFd& from, std::string& to);
  void write_some();

  pid_t id_ = -1;
  UniqueFd process_;  // readable when it has ended
  UniqueFd input_;
  UniqueFd output_;
  UniqueFd error_;
  std::string unwritten_;
  bool open_input_ = false;
  Outcome outcome_;
  Clock::time_point deadline_;
};

}  // namespace vat::cli_test
