#include "asr/whisper_hotwords.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

#include "asr/whisper_tokens.h"
#include "base/text.h"

namespace vat::asr {
namespace {

/// How much less likely, as a natural logarithm, an expected word may be than what was written. Measured:
/// where it was said, 0 to 6; where another of nearly the same sound was said (coat for goat), from 4;
/// elsewhere 13 and more.
constexpr double kExpected = 5;
/// The same where both are spelled alike, so that the sound cannot tell them apart.
constexpr double kExpectedOfSameSound = 10;
/// Tokens after the place that are scored with it: a wrong word makes what follows less likely.
constexpr std::ptrdiff_t kFollowing = 6;

bool is_punctuation(const std::string& bytes) { return comparable_words(bytes).empty(); }

double log_of_sum(std::span<const float> logits) {
  const float most = *std::max_element(logits.begin(), logits.end());
  const double sum = std::accumulate(logits.begin(), logits.end(), 0.0, [most](double all, float logit) {
    return all + std::exp(logit - most);
  });
  return most + std::log(sum);
}

/// The text tokens. Their bytes belong to the context.
std::vector<std::string_view> vocabulary_of(whisper_context* context) {
  std::vector<std::string_view> vocabulary;
  for (whisper_token token = 0; token < whisper_token_eot(context); ++token)
    vocabulary.emplace_back(whisper_token_to_str(context, token));
  return vocabulary;
}

/// With a capital if the text that it replaces has one.
std::string in_case_of(std::string phrase, std::string_view replaced) {
  if (!replaced.empty() && replaced[0] >= 'A' && replaced[0] <= 'Z' && phrase[0] >= 'a' && phrase[0] <= 'z')
    phrase[0] = static_cast<char>(phrase[0] - 'a' + 'A');
  return phrase;
}

}  // namespace

ExpectedWords::ExpectedWords(const std::string& list, whisper_context* context)
    : list_(list), hotwords_(list), tokenizer_(vocabulary_of(context)) {}

HotwordCheck::HotwordCheck(const ExpectedWords& expected, whisper_context* context, whisper_state* state,
                           bool translate, int threads)
    : expected_(expected), context_(context), state_(state), translate_(translate), threads_(threads) {}

void HotwordCheck::begin_window() {
  said_.clear();
  decoded_.clear();
}

void HotwordCheck::check_last_segment() {
  if (said_.empty()) begin_text();
  const int segment = whisper_full_n_segments_from_state(state_) - 1;
  std::vector<Piece> pieces = pieces_of(segment);
  const bool changed = check(pieces);
  append_ids(pieces, said_);
  // The next segment begins with the time at which this one ends.
  if (!pieces.empty() && pieces.back().id > whisper_token_beg(context_)) said_.push_back(pieces.back().id);
  if (!changed) return;
  std::erase_if(pieces, [this](const Piece& piece) { return !is_text(context_, piece.id); });
  replaced_[segment] = std::move(pieces);
}

void HotwordCheck::begin_text() {
  said_.push_back(whisper_token_sot(context_));
  if (!whisper_is_multilingual(context_)) return;
  said_.push_back(whisper_token_lang(context_, whisper_full_lang_id_from_state(state_)));
  said_.push_back(translate_ ? whisper_token_translate(context_) : whisper_token_transcribe(context_));
}

bool HotwordCheck::check(std::vector<Piece>& pieces) {
  const std::vector<Place> places = words_in(pieces);
  std::vector<std::string> words;
  for (const Place& place : places) {
    std::string& word = words.emplace_back();
    for (std::size_t i = place.begin; i < place.end; ++i) word += pieces[i].text.bytes;
  }
  // From the end, so that the places before stay as they are, and the decoder has read what comes before
  // them.
  std::vector<SoundsLike> found = expected_.hotwords().find(words);
  std::stable_sort(found.begin(), found.end(),
                   [](const SoundsLike& a, const SoundsLike& b) { return a.begin > b.begin; });
  std::size_t free = places.size();
  bool changed = false;
  for (const SoundsLike& like : found) {
    if (like.end > free) continue;
    if (!replace(pieces, {places[like.begin].begin, places[like.end - 1].end}, like)) continue;
    free = like.begin;
    changed = true;
  }
  return changed;
}

const std::vector<HotwordCheck::Piece>* HotwordCheck::tokens_of(int segment) const {
  const auto found = replaced_.find(segment);
  return found == replaced_.end() ? nullptr : &found->second;
}

void HotwordCheck::append_ids(std::span<const Piece> pieces, std::vector<whisper_token>& ids) {
  std::transform(pieces.begin(), pieces.end(), std::back_inserter(ids),
                 [](const Piece& piece) { return piece.id; });
}

std::vector<HotwordCheck::Piece> HotwordCheck::pieces_of(int segment) const {
  std::vector<Piece> pieces;
  const int count = whisper_full_n_tokens_from_state(state_, segment);
  for (int i = 0; i < count; ++i) {
    const whisper_token_data token = whisper_full_get_token_data_from_state(state_, segment, i);
    Piece& piece = pieces.emplace_back(Piece{.id = token.id, .place = {.first = i, .last = i}});
    if (is_text(context_, token.id)) piece.text = text_token(context_, token);
  }
  return pieces;
}

std::vector<HotwordCheck::Place> HotwordCheck::words_in(std::span<const Piece> pieces) const {
  const bool by_token = written_without_spaces(whisper_lang_str(whisper_full_lang_id_from_state(state_)));
  std::vector<Place> words;
  bool open = false;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::string& bytes = pieces[i].text.bytes;
    if (bytes.empty()) open = false;
    if (bytes.empty() || is_punctuation(bytes)) continue;
    if (!open || by_token || bytes.starts_with(' ')) words.push_back({.begin = i});
    words.back().end = i + 1;
    open = true;
  }
  return words;
}

bool HotwordCheck::replace(std::vector<Piece>& pieces, const Place& place, const SoundsLike& like) {
  const auto begin = pieces.begin() + static_cast<std::ptrdiff_t>(place.begin);
  const auto end = pieces.begin() + static_cast<std::ptrdiff_t>(place.end);
  const bool spaced = begin->text.bytes.starts_with(' ');
  const std::string text =
      in_case_of(like.phrase, std::string_view(begin->text.bytes).substr(spaced ? 1 : 0));
  const std::vector<whisper_token> expected = expected_.tokenizer().encode((spaced ? " " : "") + text);
  if (expected.empty()) return false;

  std::vector<whisper_token> before = said_;
  append_ids({pieces.begin(), begin}, before);
  const auto following = std::find_if(end, end + std::min<std::ptrdiff_t>(kFollowing, pieces.end() - end),
                                      [](const Piece& piece) { return piece.text.bytes.empty(); });
  std::vector<whisper_token> with_original;
  append_ids({begin, following}, with_original);
  std::vector<whisper_token> with_expected = expected;
  append_ids({end, following}, with_expected);
  const Score score =
      better(before, with_original, with_expected, like.same_sound ? kExpectedOfSameSound : kExpected);
  if (score.probabilities.empty()) return false;

  std::vector<Piece> instead;
  for (std::size_t i = 0; i < expected.size(); ++i)
    instead.push_back(
        {expected[i],
         {.bytes = whisper_token_to_str(context_, expected[i]), .probability = score.probabilities[i]},
         {begin->place.first, std::prev(end)->place.last, i, expected.size()}});
  pieces.insert(pieces.erase(begin, end), instead.begin(), instead.end());
  return true;
}

HotwordCheck::Score HotwordCheck::better(const std::vector<whisper_token>& before,
                                         const std::vector<whisper_token>& original,
                                         const std::vector<whisper_token>& expected, double tolerance) {
  if (before.size() + std::max(original.size(), expected.size()) >=
      static_cast<std::size_t>(whisper_n_text_ctx(context_)))
    return {};
  const Score written = score(before, original, -std::numeric_limits<double>::infinity());
  return score(before, expected, written.sum - tolerance);
}

HotwordCheck::Score HotwordCheck::score(std::vector<whisper_token> before,
                                        std::span<const whisper_token> tokens, double least) {
  Score score;
  for (const whisper_token token : tokens) {
    if (!decode(before)) return {};
    const std::span<const float> logits(whisper_get_logits_from_state(state_),
                                        static_cast<std::size_t>(whisper_n_vocab(context_)));
    const double log_probability = logits[static_cast<std::size_t>(token)] - log_of_sum(logits);
    score.sum += log_probability;
    if (score.sum < least) return {};
    score.probabilities.push_back(static_cast<float>(std::exp(log_probability)));
    before.push_back(token);
  }
  return score;
}

bool HotwordCheck::decode(std::span<const whisper_token> tokens) {
  // The decoder makes room for the logits of each token that it is given at once.
  constexpr std::size_t kAtOnce = 16;
  std::size_t past = static_cast<std::size_t>(
      std::mismatch(decoded_.begin(), decoded_.end(), tokens.begin(), tokens.end()).first - decoded_.begin());
  past = std::min(past, tokens.size() - 1);  // for the logits after the last one
  decoded_.assign(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(past));
  while (past < tokens.size()) {
    // The last one alone, because the logits are then the first in the state.
    const std::size_t others = tokens.size() - past - 1;
    const auto some = tokens.subspan(past, std::clamp(others, std::size_t{1}, kAtOnce));
    if (whisper_decode_with_state(context_, state_, some.data(), static_cast<int>(some.size()),
                                  static_cast<int>(past), threads_) != 0) {
      decoded_.clear();
      return false;
    }
    decoded_.insert(decoded_.end(), some.begin(), some.end());
    past += some.size();
  }
  return true;
}

}  // namespace vat::asr
