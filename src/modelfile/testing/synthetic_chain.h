// The embeddings that make a synthetic model emit a fixed chain of tokens.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "modelfile/testing/random.h"
#include "modelfile/testing/synthetic.h"

namespace vat::modelfile {

/// Numbers of the special tokens, which follow from the size of the vocabulary.
struct SpecialTokens {
  /// 51,864 tokens of the English models, 51,865 of the others, 51,866 of version 3.
  explicit SpecialTokens(std::int32_t vocabulary);
  std::int32_t end_of_text;
  std::int32_t start_of_transcript;
  std::int32_t english;  ///< The English models do not use this one and the next two.
  std::int32_t translate;
  std::int32_t transcribe;
  std::int32_t no_timestamps;
  std::int32_t first_timestamp;
};

/// Number of tokens in the spec's vocabulary, including special ones.
[[nodiscard]] std::int32_t vocabulary_size(const SyntheticSpec& spec);
[[nodiscard]] bool is_version3(SyntheticShape shape);

/// One word of the chain, followed by others that are nearly as likely in its place, so that several
/// different beams survive.
using WordChoices = std::array<std::int32_t, 6>;

/// The words of a spec's chain: depends only on the seed and the number of words.
[[nodiscard]] std::vector<WordChoices> chain_words(const SyntheticSpec& spec);

/// Embeddings of all the tokens that have a place in the chain: the token in place k has the direction R^k u
/// for the rotation R and a random u, so that a decoder that rotates its input by R emits the next one. Each
/// has the length `length`.
[[nodiscard]] std::map<std::int32_t, std::vector<float>> chain_embeddings(const SyntheticSpec& spec,
                                                                          const SquareMatrix& rotation,
                                                                          float length, Random& random);

}  // namespace vat::modelfile
