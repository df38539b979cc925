// What users send to be spoken: SSML and lexicons.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "tts/espeak_phonemes.h"
#include "tts/lexicon.h"
#include "tts/pronounced_text.h"
#include "tts/script.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat;
  using namespace vat::tts;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const Lexicon words = Lexicon::parse("a = bee\nvat = /væt/\nnew york = x").value();
  // The first line is a lexicon, the rest a text.
  const std::size_t line = std::min(bytes.find('\0'), size);
  const auto parsed = Lexicon::parse(bytes.substr(0, line));
  const std::string_view text = bytes.substr(std::min(line + 1, size));
  if (const auto script = make_script(text, parsed ? *parsed : words, "en")) {
    for (const Passage& passage : script->passages) {
      if (!is_utf8(passage.text) || passage.rate < 0.25 || passage.rate > 4) std::abort();
      const PronouncedText read = read_pronounced(passage.text, script->ipa);
      std::size_t done = 0;
      for (const Pronunciation& said : read.pronunciations) {
        if (said.begin < done || said.end <= said.begin || said.end > read.text.size()) std::abort();
        done = said.end;
      }
      const Utterance clean = without_marks(Utterance{read.text, "en", "", 1, read.pronunciations});
      for (const Pronunciation& said : clean.pronunciations)
        if (said.end < said.begin || said.end > clean.text.size()) std::abort();
    }
  }
  if (is_utf8(text)) (void)to_espeak_phonemes(text, {{"a", "a", true}, {"b", "b", false}});
  return 0;
}
