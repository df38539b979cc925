#include "asr/sherpa/heard.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <optional>
#include <utility>

#include "asr/segment_words.h"
#include "asr/whisper_words.h"
#include "base/text.h"

namespace vat::asr {
namespace {

namespace json = boost::json;

constexpr double kMaxSeconds = 3600;
constexpr std::size_t kMaxHeardTokens = 100'000;
/// How long a token of unknown duration may sound on before the next one: a stressed syllable.
constexpr double kLongestToken = 0.4;
/// A pause at which a new segment begins, and the same behind the end of a sentence.
constexpr Millis kPause{600};
constexpr Millis kPauseOfSentence{150};

tl::unexpected<Error> no_answer() {
  return fail(ErrorCode::kInternal, "sherpa-onnx answered with something that is no text.");
}

std::string string_of(const json::object& root, std::string_view name) {
  const json::value* const value = root.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// The numbers, if there are as many as tokens.
std::vector<double> numbers_of(const json::object& root, std::string_view name, std::size_t count) {
  const json::value* const value = root.if_contains(name);
  const json::array* const array = value == nullptr ? nullptr : value->if_array();
  std::vector<double> numbers;
  if (array == nullptr || array->size() != count) return numbers;
  for (const json::value& one : *array) {
    boost::system::error_code error;
    const auto number = one.to_number<double>(error);
    if (error || !std::isfinite(number)) return {};
    numbers.push_back(number);
  }
  return numbers;
}

/// "en" of "<|en|>"; nothing of "<|nospeech|>".
std::string language_of(std::string_view label) {
  if (!label.starts_with("<|") || !label.ends_with("|>") || label.size() < 4) return "";
  const std::string_view code = label.substr(2, label.size() - 4);
  const bool plausible = (code.size() == 2 || code.size() == 3) &&
                         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return plausible ? std::string(code) : std::string();
}

/// The byte of "<0xE2>", a token of models that spell rare characters in bytes.
std::optional<char> spelled_byte(std::string_view text) {
  if (text.size() != 6 || !text.starts_with("<0x") || !text.ends_with('>')) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(3, 2)) {
    const std::string_view digits = "0123456789ABCDEF";
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value * 16 + static_cast<int>(digit);
  }
  return static_cast<char>(value);
}

/// SentencePiece marks the begin of a word with U+2581, and others the middle of one with @@ behind it.
std::string plain_token(std::string_view text) {
  constexpr std::string_view kWordBegin = "\u2581";
  if (const auto byte = spelled_byte(text)) return std::string(1, *byte);
  std::string plain;
  if (text.starts_with(kWordBegin)) {
    text.remove_prefix(kWordBegin.size());
    plain = " ";
  }
  if (text.ends_with("@@")) text.remove_suffix(2);
  return plain.append(text);
}

std::string without_spaces(std::string_view text) {
  std::string bare;
  std::copy_if(text.begin(), text.end(), std::back_inserter(bare), [](char c) { return c != ' '; });
  return bare;
}

/// The text knows where words begin, which not every model's tokens say. It is the tokens', unless the
/// library rewrote it; then the tokens' own spaces count.
void take_spaces_of_text(Heard& heard) {
  std::string all;
  for (const HeardToken& token : heard.tokens) all += token.text;
  if (without_spaces(all) != without_spaces(heard.text)) return;
  std::string_view left = heard.text;
  for (HeardToken& token : heard.tokens) {
    const std::string bare = without_spaces(token.text);
    if (bare.empty()) continue;
    const bool space = left.starts_with(' ');
    left.remove_prefix(std::min(left.find_first_not_of(' '), left.size()));
    token.text = (space ? " " : "") + bare;
    // A token may have a space within it.
    for (std::size_t i = 0; i < bare.size() && !left.empty(); left.remove_prefix(1))
      if (left.front() != ' ') ++i;
  }
}

void read_tokens(const json::object& root, Heard& heard) {
  const json::value* const value = root.if_contains("tokens");
  const json::array* const names = value == nullptr ? nullptr : value->if_array();
  if (names == nullptr || names->size() > kMaxHeardTokens) return;
  const std::vector<double> starts = numbers_of(root, "timestamps", names->size());
  if (starts.empty()) return;
  const std::vector<double> durations = numbers_of(root, "durations", names->size());
  const std::vector<double> probabilities = numbers_of(root, "ys_log_probs", names->size());
  double latest = 0;
  for (std::size_t i = 0; i < names->size(); ++i) {
    const json::value& name = (*names)[i];
    HeardToken token;
    token.text = name.is_string() ? plain_token(name.get_string()) : std::string();
    // Times may not go back, whatever the model says.
    token.start = latest = std::clamp(starts[i], latest, kMaxSeconds);
    if (!durations.empty()) token.duration = std::clamp(durations[i], 0.0, kMaxSeconds);
    if (!probabilities.empty()) token.log_probability = std::min(probabilities[i], 0.0);
    heard.tokens.push_back(std::move(token));
  }
}

std::vector<TextToken> timed_tokens(const Heard& heard, Millis length) {
  std::vector<TextToken> tokens;
  for (std::size_t i = 0; i < heard.tokens.size(); ++i) {
    const HeardToken& token = heard.tokens[i];
    const bool last = i + 1 == heard.tokens.size();
    const double next = last ? to_seconds(length) : heard.tokens[i + 1].start;
    const double lasts = token.duration > 0 ? token.duration : kLongestToken;
    tokens.push_back(
        {.bytes = token.text,
         .probability = static_cast<float>(std::exp(std::min(token.log_probability, 0.0))),
         .start = std::min(from_seconds(token.start), length),
         .end = std::min(from_seconds(std::min(token.start + lasts, std::max(next, token.start))), length)});
  }
  return tokens;
}

bool closes_sentence(std::string_view text) {
  constexpr std::array<std::string_view, 7> kEnds = {".", "?", "!", "\u3002", "\uFF1F", "\uFF01", "\u2026"};
  return std::any_of(kEnds.begin(), kEnds.end(),
                     [text](std::string_view end) { return text.ends_with(end); });
}

bool begins_segment(const Word& before, const Word& word) {
  const Millis pause = word.start - before.end;
  return pause >= kPause || (pause >= kPauseOfSentence && closes_sentence(before.text));
}

float mean_log_probability(const std::vector<Word>& words) {
  double sum = 0;
  for (const Word& word : words) sum += std::log(std::max(word.confidence, 1e-6F));
  return words.empty() ? 0.0F : static_cast<float>(sum / static_cast<double>(words.size()));
}

/// A model may have written several languages' characters without telling its language.
std::string_view spacing_of(const Heard& heard) {
  if (!heard.language.empty()) return heard.language;
  const bool spaced = heard.text.find(' ') != std::string::npos;
  const bool wide = std::any_of(heard.text.begin(), heard.text.end(), [](char c) {
    // The first bytes of kana and Chinese characters.
    return c >= '\xE3' && c <= '\xE9';
  });
  return !spaced && wide ? "zh" : "";
}

}  // namespace

Result<Heard> read_heard(std::string_view text) {
  json::parse_options limits;
  limits.max_depth = 8;
  boost::system::error_code error;
  const json::value parsed = json::parse(text, error, {}, limits);
  const json::object* const root = error ? nullptr : parsed.if_object();
  if (root == nullptr) return no_answer();
  Heard heard;
  heard.text = to_utf8(trim(string_of(*root, "text")));
  heard.language = language_of(string_of(*root, "lang"));
  read_tokens(*root, heard);
  take_spaces_of_text(heard);
  return heard;
}

std::vector<Segment> heard_segments(const Heard& heard, Millis length, bool word_times) {
  std::vector<Segment> segments;
  if (heard.tokens.empty()) {
    if (heard.text.empty()) return segments;
    segments.push_back({.start = Millis(0), .end = length, .text = heard.text});
    return segments;
  }
  const bool sure = heard.tokens.front().log_probability <= 0;
  std::vector<std::vector<Word>> parts;
  for (Word& word : tokens_to_words(timed_tokens(heard, length), spacing_of(heard))) {
    if (!sure) word.confidence = kNoConfidence;
    if (parts.empty() || begins_segment(parts.back().back(), word)) parts.emplace_back();
    parts.back().push_back(std::move(word));
  }
  for (std::vector<Word>& words : parts) {
    Segment segment;
    set_words(segment, std::move(words));
    if (sure) segment.average_log_probability = mean_log_probability(segment.words);
    if (!word_times) segment.words.clear();
    segments.push_back(std::move(segment));
  }
  return segments;
}

}  // namespace vat::asr
