// IPA as eSpeak NG writes phonemes. Internal to tts.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vat::tts {

/// The phonemes of one voice: each in IPA, and its name with eSpeak.
struct EspeakPhoneme {
  std::string ipa;
  std::string name;
  bool vowel = false;
};

/// Names that eSpeak's voices may have; not all have each.
[[nodiscard]] const std::vector<std::pair<std::string_view, bool>>& espeak_phoneme_names();

/// The IPA in the names of phonemes, for "[[...]]"; stress goes before its vowel, as eSpeak wants it. Signs
/// that the voice has no phoneme for are left out; empty if nothing is left. `phonemes` are those of the
/// voice, the longest IPA first.
[[nodiscard]] std::string to_espeak_phonemes(std::string_view ipa,
                                             const std::vector<EspeakPhoneme>& phonemes);

/// A text of which eSpeak takes nothing for phonemes: "[[" becomes "[ [".
[[nodiscard]] std::string without_phoneme_brackets(std::string text);

}  // namespace vat::tts
