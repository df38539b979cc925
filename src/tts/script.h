// What is to be spoken, of a plain text or of SSML: passages with their speed and pauses. Internal to tts.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "tts/lexicon.h"

namespace vat::tts {

/// What ends with a passage.
enum class PassageEnd { kNothing, kSentence, kParagraph };

struct Passage {
  std::string text;  ///< With the marks of pronounced_text.h. May be empty, if there is a pause.
  double rate = 1;   ///< Times the speed that is asked for.
  PassageEnd end = PassageEnd::kParagraph;
  std::optional<Millis> pause;  ///< Silence behind it in place of the usual one.
  std::string voice;            ///< SpokenPart::voice.
};

struct Script {
  std::vector<Passage> passages;
  std::vector<std::string> ipa;       ///< Of the marks in all passages.
  std::vector<std::string> warnings;  ///< One sentence each.
  bool marked_up = false;             ///< It was SSML.
};

/// The passages of a text, which is SSML if it begins with <speak>, with the lexicon's pronunciations.
/// `language` says how numbers of <say-as> are read. Any bytes; ill-formed UTF-8 becomes U+FFFD in a plain
/// text. kBadData for SSML that is no XML, with its line and column. Any thread.
[[nodiscard]] Result<Script> make_script(std::string_view text, const Lexicon& lexicon,
                                         const std::string& language);

/// Takes the SSML apart. Its errors are those of make_script().
[[nodiscard]] Result<Script> read_ssml(std::string_view text, const Lexicon& lexicon,
                                       const std::string& language);

}  // namespace vat::tts
