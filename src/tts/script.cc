#include "tts/script.h"

#include <utility>

#include "base/text.h"
#include "tts/pronounced_text.h"
#include "tts/speech_text.h"

namespace vat::tts {

bool is_ssml(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text = trim(text);
  if (text.starts_with("<?xml")) {
    const std::size_t end = text.find("?>");
    if (end == std::string_view::npos) return false;
    text = trim(text.substr(end + 2));
  }
  constexpr std::string_view kRoot = "<speak";
  if (!text.starts_with(kRoot)) return false;
  constexpr std::string_view kNameEnds = " \t\r\n/>";
  return text.size() > kRoot.size() && kNameEnds.find(text[kRoot.size()]) != std::string_view::npos;
}

Result<Script> make_script(std::string_view text, const Lexicon& lexicon, const std::string& language) {
  if (is_ssml(text)) {
    VAT_ASSIGN(Script script, read_ssml(text, lexicon, language));
    script.marked_up = true;
    return script;
  }
  Script script;
  const std::string plain = without_pronunciation_marks(to_utf8(text));
  script.passages.push_back({.text = lexicon.apply(plain, script.ipa)});
  return script;
}

Result<SpeechText> read_speech_text(std::string_view text, const std::string& language) {
  VAT_ASSIGN(Script script, make_script(text, {}, language));
  SpeechText read;
  for (const Passage& passage : script.passages) {
    if (!read.words.empty()) read.words += ' ';
    read.words += read_pronounced(passage.text, script.ipa).text;
  }
  read.warnings = std::move(script.warnings);
  return read;
}

}  // namespace vat::tts
