// The part of SSML 1.1 (W3C) that local voices can follow, read by expat.
#include <expat.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "base/number.h"
#include "base/text.h"
#include "tts/pronounced_text.h"
#include "tts/say_as.h"
#include "tts/script.h"
#include "tts/sentences.h"

namespace vat::tts {
namespace {

constexpr std::size_t kMaxElements = 32;  // within each other
constexpr std::size_t kMaxWarnings = 10;
constexpr Millis kMaxBreak{60'000};
constexpr double kMinRate = 0.25;
constexpr double kMaxRate = 4;

template <class Value>
struct Named {
  std::string_view name;
  Value value;
};

constexpr std::array kBreaks = {Named<int>{"none", 0},     Named<int>{"x-weak", 100},
                                Named<int>{"weak", 200},   Named<int>{"medium", 400},
                                Named<int>{"strong", 700}, Named<int>{"x-strong", 1200}};
constexpr std::array kRates = {Named<double>{"x-slow", 0.5}, Named<double>{"slow", 0.75},
                               Named<double>{"medium", 1},   Named<double>{"default", 1},
                               Named<double>{"fast", 1.25},  Named<double>{"x-fast", 1.75}};

template <class List>
auto find_named(const List& list, std::string_view name) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.name == name; });
  return found == list.end() ? std::nullopt : std::make_optional(found->value);
}

/// "500ms", "1.5s"
std::optional<Millis> read_time(std::string_view text) {
  text = trim(text);
  const bool millis = text.ends_with("ms");
  if (!millis && !text.ends_with("s")) return std::nullopt;
  const auto number = parse_number<double>(text.substr(0, text.size() - (millis ? 2 : 1)));
  if (!number || !std::isfinite(*number) || *number < 0) return std::nullopt;
  constexpr double kFar = 1e9;  // for add_break() to shorten
  return Millis(static_cast<std::int64_t>(std::min(millis ? *number : *number * 1000, kFar)));
}

/// "fast", "120%", "+20%", "1.2"
std::optional<double> read_rate(std::string_view text) {
  text = trim(text);
  if (const auto named = find_named(kRates, text)) return named;
  const bool relative = text.starts_with('+') || text.starts_with('-');
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto number = parse_number<double>(text);
  if (!number || !std::isfinite(*number) || (relative && !percent)) return std::nullopt;
  const double rate = (relative ? 100 : 0) + *number;
  return std::clamp(percent ? rate / 100 : *number, kMinRate, kMaxRate);
}

/// An attribute list of expat's: names and values in turn, ended by null.
std::string_view attribute(const XML_Char** list, std::string_view name) {
  for (; list != nullptr && list[0] != nullptr; list += 2)
    if (list[0] == name) return list[1];
  return {};
}

class SsmlReader {
 public:
  SsmlReader(const Lexicon& lexicon, const std::string& language) : lexicon_(lexicon), language_(language) {}

  Result<Script> read(std::string_view text) {
    parser_.reset(XML_ParserCreate("UTF-8"));
    if (parser_ == nullptr) return fail(ErrorCode::kInternal, "There is no memory to read SSML.");
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), begin_element, end_element);
    XML_SetCharacterDataHandler(parser_.get(), characters);
    // Entities are declared in a document type only, so there are none.
    XML_SetStartDoctypeDeclHandler(parser_.get(), document_type);
    const auto status = XML_Parse(parser_.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
    if (status != XML_STATUS_OK) return fail(wrong());
    flush(PassageEnd::kParagraph);
    return std::move(script_);
  }

 private:
  /// An element that is open.
  struct Open {
    std::string name;
    double rate = 1;  ///< In it.
    std::string voice;
    std::string what;  ///< The phonemes, the alias, or how to say it.
    std::string format;
  };
  struct ParserFree {
    void operator()(XML_ParserStruct* parser) const { XML_ParserFree(parser); }
  };

  static void begin_element(void* self, const XML_Char* name, const XML_Char** attributes) {
    static_cast<SsmlReader*>(self)->begin(name, attributes);
  }
  static void end_element(void* self, const XML_Char* /*name*/) { static_cast<SsmlReader*>(self)->end(); }
  static void characters(void* self, const XML_Char* text, int length) {
    static_cast<SsmlReader*>(self)->add_text({text, static_cast<std::size_t>(length)});
  }
  static void document_type(void* self, const XML_Char* /*name*/, const XML_Char* /*system*/,
                            const XML_Char* /*public_id*/, int /*internal*/) {
    static_cast<SsmlReader*>(self)->stop("a document type is not allowed");
  }

  void stop(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  [[nodiscard]] Error wrong() const {
    const std::string reason = reason_.empty() ? XML_ErrorString(XML_GetErrorCode(parser_.get())) : reason_;
    return {ErrorCode::kBadData, "The SSML is not valid in line " +
                                     std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ", column " +
                                     std::to_string(XML_GetCurrentColumnNumber(parser_.get()) + 1) + ": " +
                                     reason + "."};
  }

  void begin(const std::string& name, const XML_Char** attributes) {
    if (open_.empty() && name != "speak") return stop("it must be within <speak>");
    if (open_.size() >= kMaxElements) return stop("its elements are nested too deep");
    // What is within one of these is only its text.
    const bool verbatim = !open_.empty() && is_verbatim(open_.back().name);
    Open open = open_.empty() ? Open() : Open{.rate = open_.back().rate, .voice = open_.back().voice};
    if (!verbatim) open.name = name;
    if (name == "break") {
      if (!verbatim) add_break(attributes);
    } else if (name == "prosody") {
      set_rate(open, attributes);
    } else if (name == "voice") {
      set_voice(open, attributes);
    } else if (name == "p" || name == "s" || name == "speak") {
      flush(PassageEnd::kSentence);
    } else if (name == "sub") {
      open.what = attribute(attributes, "alias");
    } else if (name == "say-as") {
      open.what = attribute(attributes, "interpret-as");
      open.format = attribute(attributes, "format");
    } else if (name == "phoneme") {
      set_phonemes(open, attributes);
    } else {
      warn("The voices here do not know SSML's <" + to_utf8(std::string_view(name).substr(0, 40)) +
           ">; its text is spoken as it is.");
    }
    if (is_verbatim(name)) settle();
    if (verbatim) open.name = kWithinVerbatim;
    open_.push_back(std::move(open));
  }

  static bool is_verbatim(std::string_view name) {
    return name == "sub" || name == "say-as" || name == "phoneme" || name == kWithinVerbatim;
  }

  void end() {
    const Open open = std::move(open_.back());
    open_.pop_back();
    if (open.name == "sub" || open.name == "say-as" || open.name == "phoneme") {
      const std::string inner = std::exchange(inner_, {});
      replace(open, std::string(trim(inner)));
    } else if (open.name == "prosody" || open.name == "voice") {
      flush(PassageEnd::kNothing, open);
    } else if (open.name == "s") {
      flush(PassageEnd::kSentence, open);
    } else if (open.name == "p" || open.name == "speak") {
      flush(PassageEnd::kParagraph, open);
    }
  }

  /// What is said in place of the element's words.
  void replace(const Open& open, const std::string& words) {
    if (open.name == "sub") {
      text_ += without_pronunciation_marks(open.what.empty() ? words : open.what);
    } else if (open.name == "say-as") {
      const auto said = say_as(words, open.what, open.format, language_);
      if (!said)
        warn("The voices here do not know SSML's interpret-as=\"" +
             to_utf8(std::string_view(open.what).substr(0, 40)) + "\"; its text is spoken as it is.");
      text_ += without_pronunciation_marks(said.value_or(words));
    } else if (open.what.empty()) {
      text_ += without_pronunciation_marks(words);
    } else {
      const std::string shown = without_pronunciation_marks(words);
      append_pronounced(text_, shown.empty() ? open.what : shown, open.what, script_.ipa);
    }
  }

  void set_phonemes(Open& open, const XML_Char** attributes) {
    const std::string_view alphabet = attribute(attributes, "alphabet");
    const std::string_view phonemes = trim(attribute(attributes, "ph"));
    if (!alphabet.empty() && alphabet != "ipa")
      return warn(
          "The voices here know phonemes in the alphabet ipa only; other words are read as they are.");
    if (!is_ipa_text(phonemes))
      return warn("A <phoneme> of the SSML has signs that are not IPA; its words are read as they are.");
    open.what = phonemes;
  }

  /// Of several names, which are separated by spaces, the first.
  void set_voice(Open& open, const XML_Char** attributes) {
    const std::string_view names = trim(attribute(attributes, "name"));
    flush(PassageEnd::kNothing);
    if (names.empty())
      return warn("The voices here are chosen by the name in SSML's <voice>, and one of them has none.");
    open.voice = names.substr(0, names.find_first_of(" \t\r\n"));
  }

  void set_rate(Open& open, const XML_Char** attributes) {
    for (const XML_Char** one = attributes; *one != nullptr; one += 2)
      if (std::string_view(one[0]) != "rate")
        warn("The voices here follow only the rate of SSML's <prosody>.");
    const std::string_view wanted = attribute(attributes, "rate");
    flush(PassageEnd::kNothing);
    if (wanted.empty()) return;
    const auto rate = read_rate(wanted);
    if (!rate) return warn("A rate of the SSML's <prosody> is not valid; the speed stays.");
    open.rate = std::clamp(open.rate * *rate, kMinRate, kMaxRate);
  }

  void add_break(const XML_Char** attributes) {
    const std::string_view time = attribute(attributes, "time");
    const std::string_view strength = attribute(attributes, "strength");
    const auto named = find_named(kBreaks, strength.empty() ? "medium" : strength);
    const auto exact = time.empty() ? std::nullopt : read_time(time);
    if ((!time.empty() && !exact) || !named)
      warn("A <break> of the SSML is not valid, so it has the usual length.");
    const Millis pause = exact.value_or(Millis(named.value_or(400)));
    flush(PassageEnd::kNothing);
    // Its pause is that of the passage before it; of several in a row, all.
    if (script_.passages.empty()) script_.passages.push_back({.end = PassageEnd::kNothing});
    std::optional<Millis>& last = script_.passages.back().pause;
    last = last.value_or(Millis(0)) + pause;
    if (*last <= kMaxBreak) return;
    warn("A <break> of the SSML is longer than a minute, so it is a minute.");
    last = kMaxBreak;
  }

  /// Lines and columns of the XML say nothing about paragraphs.
  void add_text(std::string_view text) {
    const bool verbatim = !open_.empty() && is_verbatim(open_.back().name);
    std::string& target = verbatim ? inner_ : raw_;
    for (const char c : text) {
      const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
      if (!space) target += c;
      if (space && (target.empty() || target.back() != ' ')) target += ' ';
    }
  }

  /// Of what was read, the words that the lexicon knows.
  void settle() {
    text_ += lexicon_.apply(without_pronunciation_marks(std::exchange(raw_, {})), script_.ipa);
  }

  /// What was gathered becomes a passage.
  void flush(PassageEnd end) { flush(end, open_.empty() ? Open() : open_.back()); }
  void flush(PassageEnd end, const Open& open) {
    settle();
    const std::string text = std::exchange(text_, {});
    if (!trim(text).empty()) {
      script_.passages.push_back({.text = text, .rate = open.rate, .end = end, .voice = open.voice});
    } else if (!script_.passages.empty()) {
      // The end of an element right behind another's.
      script_.passages.back().end = std::max(script_.passages.back().end, end);
    }
  }

  void warn(const std::string& sentence) {
    auto& list = script_.warnings;
    if (list.size() < kMaxWarnings && std::find(list.begin(), list.end(), sentence) == list.end())
      list.push_back(sentence);
  }

  static constexpr const char* kWithinVerbatim = "#text";
  const Lexicon& lexicon_;
  const std::string& language_;
  std::unique_ptr<XML_ParserStruct, ParserFree> parser_;
  Script script_;
  std::vector<Open> open_;
  std::string text_;   ///< Of the passage that is being read.
  std::string raw_;    ///< What follows it, without the lexicon.
  std::string inner_;  ///< Of a <sub>, <say-as> or <phoneme> that is open.
  std::string reason_;
};

}  // namespace

Result<Script> read_ssml(std::string_view text, const Lexicon& lexicon, const std::string& language) {
  constexpr std::size_t kMaxSsmlBytes = 256U << 20U;  // far above any request's; expat counts in ints
  if (text.size() > kMaxSsmlBytes) return fail(ErrorCode::kLimit, "The SSML is longer than 256 MiB.");
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  // Where an XML declaration must be the first. Lines are counted from there, which is where <speak> is.
  return SsmlReader(lexicon, language).read(text.substr(std::min(begin, text.size())));
}

}  // namespace vat::tts
