// How a fuzzer's input says in what pieces bytes arrive. Test-only.
#pragma once

#include <cstddef>
#include <string_view>

namespace vat::http::testing {

/// Empty: in one piece.
class Cuts {
 public:
  explicit Cuts(std::string_view cuts) : cuts_(cuts) {}
  /// The bytes of the next piece, of `rest`; it may be more.
  [[nodiscard]] std::size_t next(std::size_t rest) {
    if (cuts_.empty()) return rest;
    return static_cast<unsigned char>(cuts_[cut_++ % cuts_.size()]) % 32 + 1;
  }

 private:
  std::string_view cuts_;
  std::size_t cut_ = 0;
};

}  // namespace vat::http::testing
