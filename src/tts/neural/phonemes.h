// From text to the symbols that neural voices were trained on: eSpeak NG's IPA with the text's punctuation.
// Internal to tts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/synthesizer.h"

namespace vat::tts {

/// How a model wants its phonemes written.
enum class PhonemeStyle {
  kPiper,           ///< eSpeak's own, decomposed (NFD).
  kKokoroAmerican,  ///< Kokoro's letters for diphthongs and affricates, as its authors' misaki writes them.
  kKokoroBritish,
  kKokoroOther,
};

/// IPA with spaces between words and the marks . , ; : ! ? … — ( ) “ ” where the text has such. `voice` is a
/// name of eSpeak NG's, whose library must be open. Errors: kNotFound for an unknown voice. Any thread; calls
/// take turns.
[[nodiscard]] Result<std::string> phonemes_of(std::string_view text, const std::string& voice,
                                              PhonemeStyle style);

/// The same of an utterance: its pronunciations as they are, in the model's spelling, and the rest as
/// spoken_text() writes it out in `language`.
[[nodiscard]] Result<std::string> phonemes_of(const Utterance& utterance, const std::string& language,
                                              const std::string& voice, PhonemeStyle style);

/// The numbers of a model's symbols.
using SymbolIds = std::map<char32_t, std::vector<std::int64_t>>;

/// The symbols that the model knows, in runs of at most `max_symbols`, cut behind a mark if there is one,
/// else at a space, else anywhere. Symbols it does not know are left out. None for text without any.
[[nodiscard]] std::vector<std::u32string> symbol_runs(std::string_view phonemes, const SymbolIds& known,
                                                      std::size_t max_symbols);

}  // namespace vat::tts
