#include "asr/pocketsphinx_words.h"

#include <sphinxbase/logmath.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace vat::asr {
namespace {

constexpr Millis kFrameTime{10};
/// A pause at which a new segment begins.
constexpr Millis kSegmentPause{600};

bool is_filler(std::string_view word) {
  return word.empty() || word.front() == '<' || word.front() == '[' || word.starts_with("++");
}

/// "read(2)", the dictionary's second pronunciation, is "read".
std::string_view without_pronunciation(std::string_view word) { return word.substr(0, word.find('(', 1)); }

/// The dictionary has no capitals; English text without this one looks broken.
std::string as_written(std::string word) {
  if (word == "i" || word.starts_with("i'")) word[0] = 'I';
  return word;
}

std::vector<DecodedWord> best_words(ps_decoder_t* decoder) {
  std::vector<DecodedWord> words;
  for (ps_seg_t* segment = ps_seg_iter(decoder); segment != nullptr; segment = ps_seg_next(segment)) {
    const char* word = ps_seg_word(segment);
    if (word == nullptr || is_filler(word)) continue;
    DecodedWord decoded;
    decoded.text = without_pronunciation(word);
    ps_seg_frames(segment, &decoded.first_frame, &decoded.last_frame);
    words.push_back(std::move(decoded));
  }
  return words;
}

/// Adds the posterior probability of `link` to the equal word in the same place.
void credit(std::vector<DecodedWord>& words, ps_lattice_t* lattice, ps_latlink_t* link) {
  const char* text = ps_latlink_baseword(lattice, link);
  if (text == nullptr || is_filler(text)) return;
  int16 first = 0;
  const int last = ps_latlink_times(link, &first);
  const double probability =
      logmath_exp(ps_lattice_get_logmath(lattice), ps_latlink_prob(lattice, link, nullptr));
  const auto middle = [](const DecodedWord& word) { return (word.first_frame + word.last_frame) / 2; };
  auto word = std::lower_bound(words.begin(), words.end(), static_cast<int>(first),
                               [&](const DecodedWord& w, int frame) { return middle(w) < frame; });
  for (; word != words.end() && middle(*word) <= last; ++word)
    if (word->text == without_pronunciation(text)) word->probability += probability;
}

/// A word's confidence is the probability that it is spoken at the middle of its time: the sum over all paths
/// of the word lattice that contain it there (Wessel et al. 2001, "Confidence measures for large vocabulary
/// continuous speech recognition"). The library's own ps_seg_prob() considers one path only, and so says
/// little about a word whose boundaries or pronunciation are uncertain. Call after ps_seg_iter(), which
/// computes the lattice's posteriors.
void measure_confidence(ps_decoder_t* decoder, std::vector<DecodedWord>& words) {
  ps_lattice_t* lattice = ps_get_lattice(decoder);
  if (lattice == nullptr) return;
  for (auto* node = ps_latnode_iter(lattice); node != nullptr; node = ps_latnode_iter_next(node)) {
    auto* exit = ps_latnode_exits(ps_latnode_iter_node(node));
    for (; exit != nullptr; exit = ps_latlink_iter_next(exit))
      credit(words, lattice, ps_latlink_iter_link(exit));
  }
}

float average_log_probability(const std::vector<Word>& words) {
  double sum = 0;
  for (const Word& word : words) sum += std::log(std::max(word.confidence, 1e-6F));
  return words.empty() ? 0.0F : static_cast<float>(sum / static_cast<double>(words.size()));
}

void finish_segment(Segment segment, std::vector<Segment>& segments) {
  if (segment.words.empty()) return;
  segment.start = segment.words.front().start;
  segment.end = segment.words.back().end;
  segment.text = join_words(segment.words);
  segment.average_log_probability = average_log_probability(segment.words);
  segments.push_back(std::move(segment));
}

}  // namespace

std::vector<DecodedWord> decoded_words(ps_decoder_t* decoder) {
  std::vector<DecodedWord> words = best_words(decoder);
  measure_confidence(decoder, words);
  return words;
}

std::vector<Segment> to_segments(const std::vector<DecodedWord>& words, Millis length, bool word_times) {
  std::vector<Segment> segments;
  Segment current;
  for (const DecodedWord& one : words) {
    Word word;
    word.start = std::min(one.first_frame * kFrameTime, length);
    word.end = std::min((one.last_frame + 1) * kFrameTime, length);
    word.text = as_written(one.text);
    word.confidence = static_cast<float>(std::clamp(one.probability, 0.0, 1.0));
    if (!current.words.empty() && word.start - current.words.back().end > kSegmentPause)
      finish_segment(std::exchange(current, {}), segments);
    current.words.push_back(std::move(word));
  }
  finish_segment(std::move(current), segments);
  if (!word_times)
    for (Segment& segment : segments) segment.words.clear();
  return segments;
}

}  // namespace vat::asr
