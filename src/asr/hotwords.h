// Words to expect, and where they may have been misheard. Private to asr.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vat::asr {

/// The words [begin, end) of a text sound much like one that is expected.
struct SoundsLike {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string phrase;  ///< As it was given.
  /// Spelled alike but for spaces and letters of the same sound: "there under" for "thereunder", "Cristina".
  bool same_sound = false;
};

/// Immutable; safe from any thread.
class Hotwords {
 public:
  /// `list`: words or phrases with commas between them.
  explicit Hotwords(std::string_view list);

  /// Where a phrase may have been written as something else, by likeness of the letters alone; no more than a
  /// few for a text, the most alike first. Not where one of them stands already, even in another form
  /// ("mended" for "mend").
  [[nodiscard]] std::vector<SoundsLike> find(std::span<const std::string> words) const;

 private:
  struct Phrase {
    std::string text;
    std::string letters;  ///< Without spaces, in one case: "zoeli".
    std::string sound;    ///< The same, in which letters of the same sound are the same: "soeli".
    std::size_t words = 0;
  };
  struct Candidate {
    double difference = 0;  ///< Edits divided by letters.
    SoundsLike found;
  };
  void compare(const Phrase& phrase, std::span<const std::string> letters,
               std::vector<Candidate>& candidates) const;
  [[nodiscard]] bool stands_in(std::string_view letters) const;

  std::vector<Phrase> phrases_;
};

}  // namespace vat::asr
