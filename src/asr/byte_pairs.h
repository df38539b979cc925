// Text into tokens as Whisper was trained on them. Private to asr.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vat::asr {

/// Byte pair encoding as GPT-2 and Whisper have it (Sennrich et al., "Neural Machine Translation of Rare
/// Words with Subword Units", 2016): of two neighbours the pair that was learnt first, that is with the
/// lowest number, is joined. whisper.cpp's own tokenizer takes the longest token that fits, which is often
/// one that the model has never seen there. Immutable; safe from any thread.
class BytePairs {
 public:
  /// `vocabulary`: the bytes of each token, by its number; used until destruction.
  explicit BytePairs(std::span<const std::string_view> vocabulary);

  /// Empty if a part of the text has no token.
  [[nodiscard]] std::vector<int> encode(std::string_view text) const;

 private:
  [[nodiscard]] bool encode_word(std::string_view word, std::vector<int>& tokens) const;
  [[nodiscard]] int find(std::string_view bytes) const;

  std::unordered_map<std::string_view, int> numbers_;
};

}  // namespace vat::asr
