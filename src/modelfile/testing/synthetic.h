// Writes Whisper model files with random weights, in the real format and real shapes, which whisper.cpp loads
// and runs at the real cost.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "modelfile/weight_type.h"

namespace vat::modelfile {

/// The published shapes, and kMicro for tests: 3 layers of 64 channels and one head, a file of about 8 MB.
/// The shapes of version 3 have 128 mel bands and one more language, and no ".en" models.
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

/// The properties of a synthetic model. Equal specs give equal words everywhere, and equal files from one
/// build.
///
/// With `trained_chain` the model ignores the audio: the next token depends on the last one only, so every
/// window that whisper_full() decodes reads <|0.00|>, the words, <|advance|>, end of text. It does so
/// greedily, with beam search, with and without a prompt, and with log-probabilities and an entropy that
/// cause no temperature fallback. The detected language is English. Consequences: - A recording yields the
/// words once per started 30 s, each time with the same text: whisper_full() takes
///   one timestamp before the end of the text for silence up to the window's end, whatever `advance_seconds`.
/// - If the audio is shorter than advance_seconds, all words are still there, and the segment ends
///   past the end of the audio. So for chunks of 10 s write a model with advance_seconds <= 10.
/// - A smaller `audio_ctx` changes only the cost. - Without timestamps the words end with a full stop.
struct SyntheticSpec {
  SyntheticShape shape = SyntheticShape::kMicro;
  WeightType weights = WeightType::kF16;
  bool trained_chain = true;   ///< False: only random weights; they load and run, but mean nothing.
  bool english_only = false;   ///< The vocabulary of the ".en" models, which has no language and no task.
  int tokens_per_window = 96;  ///< Words in each window, 1 to 200. 96 in 30 s is an ordinary speaking rate.
  double advance_seconds = 30.0;  ///< Timestamp after the words, where their segment ends: 0.02 to 30.00.
  std::uint64_t seed = 1;         ///< Determines the weights and the words.
};

/// Writes the model, replacing a file of that name when it is complete. kInvalidArgument for a spec out of
/// range. One thread, bounded memory, about 100 MB per second: well under a second for kMicro and kTiny, a
/// few seconds for kBase. May be called from any thread.
[[nodiscard]] Result<> write_synthetic(const std::filesystem::path& path, const SyntheticSpec& spec);

/// The words of each window of a model with `trained_chain`, in order: {"zovemu", "kila", ...}.
[[nodiscard]] std::vector<std::string> synthetic_words(const SyntheticSpec& spec);

/// The same as one text, with the leading space that whisper.cpp gives it: " zovemu kila ...".
[[nodiscard]] std::string synthetic_text(const SyntheticSpec& spec);

}  // namespace vat::modelfile
