// A program that a test runs and reads from. Test-only.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vat::test {

/// A process whose standard output is read here. One thread at a time.
class Child {
 public:
  /// The program, by its path, and its arguments.
  explicit Child(std::vector<std::string> words);

  [[nodiscard]] pid_t id() const { return id_; }
  /// Reads until that line; false when the output ends without it.
  bool has_said(std::string_view line);
  /// Waits for the end. -1 when a signal ended it.
  int exit_status();

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Closer> output_;
  pid_t id_ = 0;
};

/// Waits, but not for ever, until the process is gone or a zombie that its parent has not noticed yet.
[[nodiscard]] bool ends(pid_t id);

}  // namespace vat::test
