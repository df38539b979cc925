// Writes Whisper model files with invented weights, in the real format and the real shapes, which whisper.cpp
// loads and runs at the real cost.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "modelfile/weight_type.h"

namespace vat::modelfile {

/// The published shapes, and kMicro for tests: 3 layers of 64 channels and one head, a file of about 8 MB.
/// The shapes of version 3 hear 128 mel bands and know one language more; they have no ".en" models.
enum class SyntheticShape {
  kMicro,
  kTiny,
  kBase,
  kSmall,
  kMedium,
  kLargeV2,
  kMicroV3,
  kLargeV3,
  kLargeV3Turbo
};

/// What a synthetic model is like. Equal specs give the same words everywhere, and equal files from one
/// build.
///
/// With `trained_chain` the model hears nothing: the next token depends on the last one alone, and so every
/// window that whisper_full() decodes, whatever its sound, reads <|0.00|>, the words, <|advance|>, end of
/// text. It does so greedily, by beam search, with and without a prompt, and with log-probabilities and an
/// entropy that cause no temperature fallback. The language it detects is English. Consequences:
/// - A recording gives the words once for each 30 s begun, each time with the same text: whisper_full() takes
///   one timestamp before the end of the text for silence up to the window's end, whatever `advance_seconds`.
/// - Where the sound is shorter than advance_seconds, the words are all there still, and the segment ends
///   past the end of the sound. So for chunks of 10 s write a model with advance_seconds <= 10.
/// - A smaller `audio_ctx` changes nothing but the cost.
/// - Without timestamps the words end with a full stop.
struct SyntheticSpec {
  SyntheticShape shape = SyntheticShape::kMicro;
  WeightType weights = WeightType::kF16;
  bool trained_chain = true;   ///< False: random weights everywhere; they load and run, and mean nothing.
  bool english_only = false;   ///< The vocabulary of the ".en" models, which has no language and no task.
  int tokens_per_window = 96;  ///< Words in each window, 1 to 200. 96 in 30 s is an ordinary speaking rate.
  double advance_seconds = 30.0;  ///< Timestamp after the words, where their segment ends: 0.02 to 30.00.
  std::uint64_t seed = 1;         ///< Chooses the weights and the words.
};

/// Writes the model, replacing a file of that name when it is complete. kInvalidArgument for a spec out of
/// range. One thread, bounded memory, some 100 MB a second: well under a second for kMicro and kTiny, a few
/// seconds for kBase. May be called from any thread.
[[nodiscard]] Result<> write_synthetic(const std::filesystem::path& path, const SyntheticSpec& spec);

/// The words that each window of a model with `trained_chain` reads, in order: {"zovemu", "kila", ...}.
[[nodiscard]] std::vector<std::string> synthetic_words(const SyntheticSpec& spec);

/// The same as one text, with the leading space that whisper.cpp gives it: " zovemu kila ...".
[[nodiscard]] std::string synthetic_text(const SyntheticSpec& spec);

}  // namespace vat::modelfile
