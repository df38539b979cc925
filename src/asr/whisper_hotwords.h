// Words that are expected, in place of what Whisper wrote. Private to asr.
#pragma once

#include <whisper.h>

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "asr/byte_pairs.h"
#include "asr/hotwords.h"
#include "asr/whisper_token_times.h"
#include "asr/whisper_words.h"

namespace vat::asr {

/// What a check needs of the model and of the list, for many calls.
class ExpectedWords {
 public:
  /// Reads the context here only.
  ExpectedWords(const std::string& list, whisper_context* context);

  [[nodiscard]] const std::string& list() const { return list_; }
  [[nodiscard]] const Hotwords& hotwords() const { return hotwords_; }
  [[nodiscard]] const BytePairs& tokenizer() const { return tokenizer_; }

 private:
  std::string list_;
  Hotwords hotwords_;
  BytePairs tokenizer_;
};

/// Asks the decoder, for each place in a segment that is written like an expected word, how likely that word
/// would have been there: both versions are scored with the words that follow (rescoring, on the window that
/// is already encoded). The word takes the place if it is not much less likely. Nothing else changes, so no
/// speech is lost for it, as it is by a prompt. For one call of whisper_full, on its thread.
class HotwordCheck {
 public:
  /// All are used until destruction.
  HotwordCheck(const ExpectedWords& expected, whisper_context* context, whisper_state* state, bool translate,
               int threads);

  /// Before each window is encoded.
  void begin_window();
  /// After each new segment, while its window's encoding is in the state.
  void check_last_segment();
  /// A token, and which tokens of whisper.cpp it stands for.
  struct Piece {
    whisper_token id = 0;
    TextToken text;  ///< Without times.
    TokenPlace place;
  };
  /// The text tokens of a segment in which something took the place of something else; null for others.
  [[nodiscard]] const std::vector<Piece>* tokens_of(int segment) const;

 private:
  struct Place {
    std::size_t begin = 0;  ///< Pieces [begin, end).
    std::size_t end = 0;
  };
  struct Score {
    double sum = 0;                    ///< Of their logarithms.
    std::vector<float> probabilities;  ///< Of each token.
  };

  static void append_ids(std::span<const Piece> pieces, std::vector<whisper_token>& ids);
  void begin_text();
  [[nodiscard]] bool check(std::vector<Piece>& pieces);
  [[nodiscard]] std::vector<Piece> pieces_of(int segment) const;
  [[nodiscard]] std::vector<Place> words_in(std::span<const Piece> pieces) const;
  /// Whether the phrase took the place.
  [[nodiscard]] bool replace(std::vector<Piece>& pieces, const Place& place, const SoundsLike& like);
  /// The score of what is expected after `before`, if it is less likely than the original by no more than
  /// `tolerance`, a natural logarithm; else empty.
  [[nodiscard]] Score better(const std::vector<whisper_token>& before,
                             const std::vector<whisper_token>& original,
                             const std::vector<whisper_token>& expected, double tolerance);
  /// Empty if the sum falls below `least`, or the decoder fails.
  [[nodiscard]] Score score(std::vector<whisper_token> before, std::span<const whisper_token> tokens,
                            double least);
  /// Makes the logits after the last of the tokens; those that were decoded already are not again.
  [[nodiscard]] bool decode(std::span<const whisper_token> tokens);

  const ExpectedWords& expected_;
  whisper_context* context_;
  whisper_state* state_;
  bool translate_;
  int threads_;
  std::vector<whisper_token> said_;     ///< In this window, and how it begins.
  std::vector<whisper_token> decoded_;  ///< What the decoder's memory holds.
  std::map<int, std::vector<Piece>> replaced_;
};

}  // namespace vat::asr
