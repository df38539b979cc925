// Whether a text is written in the letters of its language. Internal to tts.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vat::tts {

/// Counts the letters of a text by their script. One thread at a time.
class Letters {
 public:
  /// Well-formed UTF-8.
  void add(std::string_view text);
  /// A sentence for the user when most letters are of a script that the language is not written in, so that
  /// a voice of it can only spell them. Latin letters are never: every voice reads them somehow.
  [[nodiscard]] std::optional<std::string> foreign_to(const std::string& language) const;

 private:
  static constexpr std::size_t kScripts = 256;
  std::array<std::size_t, kScripts> counts_{};  ///< By ICU's code.
};

}  // namespace vat::tts
