#include "modelfile/testing/synthetic_chain.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "modelfile/testing/synthetic_vocabulary.h"

namespace vat::modelfile {
namespace {

constexpr std::int32_t kEnglishVocabulary = 51'864;

constexpr std::int32_t kFullStop = '.' - '!';  // index among GPT-2's bytes
constexpr double kTimestampStep = 0.02;

// A direction whose cosine with `centre` is `cosine`.
std::vector<float> near(const std::vector<float>& centre, float cosine, Random& random) {
  std::vector<float> other = random.direction(centre.size());
  const float along = std::inner_product(centre.begin(), centre.end(), other.begin(), 0.0F);
  const float factor = std::sqrt((1 - cosine * cosine) / (1 - along * along));
  for (std::size_t i = 0; i < other.size(); ++i)
    other[i] = cosine * centre[i] + factor * (other[i] - along * centre[i]);
  return other;
}

}  // namespace

// 1501 timestamps end the vocabulary. Before them are, from the end: no timestamps, no speech, the text
// before, the text that begins it (both for prompts), transcribe, translate.
SpecialTokens::SpecialTokens(std::int32_t vocabulary)
    : end_of_text(vocabulary == kEnglishVocabulary ? 50'256 : 50'257),
      start_of_transcript(end_of_text + 1),
      english(start_of_transcript + 1),
      translate(vocabulary - 1507),
      transcribe(vocabulary - 1506),
      no_timestamps(vocabulary - 1502),
      first_timestamp(vocabulary - 1501) {}

bool is_version3(SyntheticShape shape) {
  return shape == SyntheticShape::kMicroV3 || shape == SyntheticShape::kLargeV3 ||
         shape == SyntheticShape::kLargeV3Turbo;
}

std::int32_t vocabulary_size(const SyntheticSpec& spec) {
  if (spec.english_only) return kEnglishVocabulary;
  return is_version3(spec.shape) ? kEnglishVocabulary + 2 : kEnglishVocabulary + 1;
}

std::vector<WordChoices> chain_words(const SyntheticSpec& spec) {
  constexpr std::uint64_t kStream = 0x776f726473;  // separate from the stream for the weights
  Random random(spec.seed ^ kStream);
  const auto end = static_cast<std::size_t>(SpecialTokens(kEnglishVocabulary).end_of_text);
  std::vector<std::int32_t> tokens(end - kFirstWord);
  std::iota(tokens.begin(), tokens.end(), static_cast<std::int32_t>(kFirstWord));
  std::vector<WordChoices> words(static_cast<std::size_t>(spec.tokens_per_window));
  std::size_t taken = 0;
  for (WordChoices& choices : words) {
    for (std::int32_t& token : choices) {
      std::swap(tokens[taken], tokens[taken + random.below(tokens.size() - taken)]);
      token = tokens[taken++];
    }
  }
  return words;
}

std::map<std::int32_t, std::vector<float>> chain_embeddings(const SyntheticSpec& spec,
                                                            const SquareMatrix& rotation, float length,
                                                            Random& random) {
  constexpr float kSynonym = 0.85F;
  const SpecialTokens special(vocabulary_size(spec));
  std::map<std::int32_t, std::vector<float>> embeddings;
  std::vector<float> place = random.direction(rotation.size);
  const auto advance = [&] { place = product(rotation, place); };
  if (spec.english_only) {
    embeddings[special.start_of_transcript] = place;
  } else {
    embeddings[special.start_of_transcript] = place;
    advance();
    embeddings[special.english] = place;
    advance();
    embeddings[special.transcribe] = embeddings[special.translate] = place;
  }
  advance();
  embeddings[special.first_timestamp] = place;
  embeddings[special.no_timestamps] = near(place, 0.9F, random);
  for (const WordChoices& choices : chain_words(spec)) {
    advance();
    for (const std::int32_t token : choices)
      embeddings[token] = token == choices.front() ? place : near(place, kSynonym, random);
  }
  advance();
  embeddings[special.first_timestamp + static_cast<int>(std::lround(spec.advance_seconds / kTimestampStep))] =
      place;
  embeddings[kFullStop] = near(place, 0.8F, random);  // ends the text when timestamps are off
  advance();
  embeddings[special.end_of_text] = place;
  for (auto& [token, embedding] : embeddings)
    for (float& value : embedding) value *= length;
  return embeddings;
}

}  // namespace vat::modelfile
