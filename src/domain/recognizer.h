// The port to a speech recogniser: a model that is loaded once, and recognisers that each transcribe one
// chunk at a time. Implemented by asr.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/audio.h"
#include "domain/transcript.h"

namespace vat {

/// The user's recognition options, with the program's defaults.
struct RecognitionOptions {
  std::string language = "auto";  ///< ISO 639-1, or "auto".
  /// The language may change within the recording: each stretch of speech is recognised in its own. Only with
  /// "auto".
  bool mixed_languages = false;
  bool translate = false;  ///< Into English.
  std::string prompt;      ///< Names and style, given to every chunk.
  std::string hotwords;    ///< Words and phrases to expect, with commas between them.
  bool carry_text =
      false;          ///< Give each chunk the text of the previous one; chunks then run one after another.
  int beam_size = 1;  ///< 1 decodes greedily.
  int best_of = 5;    ///< Candidates when sampling at a temperature above zero.
  float temperature = 0;
  float temperature_step = 0.2F;  ///< Added after a failed decode; 0 turns the fallback off.
  bool word_times = true;
  bool short_context = false;  ///< Limit the encoder to the chunk's own length, instead of 30 s.
  bool half_context =
      false;  ///< Encode a chunk of a few seconds as if it ended after 15 s, for half the time.

  friend bool operator==(const RecognitionOptions&, const RecognitionOptions&) = default;
};

/// The text of one chunk. Times are relative to the chunk's first sample.
struct ChunkText {
  std::vector<Segment> segments;
  std::string language;  ///< Detected or given.
  float language_probability = 0;
  Removed removed;
  std::vector<SoundEvent> sounds;

  friend bool operator==(const ChunkText&, const ChunkText&) = default;
};

struct DetectedLanguage {
  std::string code;  ///< ISO 639-1.
  float probability = 0;
};

/// Transcribes one chunk at a time, on one CPU thread (more when cores would be idle) or on its share of a
/// GPU. Not thread-safe; create one per thread.
class Recognizer {
 public:
  virtual ~Recognizer() = default;
  /// How many CPU threads the calls from now on may use; 1 by default. `threads` is asked by them on their
  /// own threads, again and again, as cores become idle or are needed elsewhere. Engines that use one thread
  /// ignore it.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): engines keep it
  virtual void use_threads(std::function<int()> /*threads*/) {}
  /// Where a detector heard speech in the samples of the next call of recognize(), in order; nowhere known by
  /// default. An engine that may end before all is said goes on instead. Others ignore it.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): engines keep it
  virtual void expect_speech(std::vector<TimeSpan> /*speech*/) {}
  /// `samples`: 16 kHz mono in [-1, 1], at most `RecognitionModel::longest_chunk()`. `options.language` is a
  /// code if the caller knows it. Returns kCancelled soon after `stop` is requested.
  [[nodiscard]] virtual Result<ChunkText> recognize(std::span<const float> samples,
                                                    const RecognitionOptions& options,
                                                    std::stop_token stop) = 0;
  /// The language spoken in the samples. Engines of one language return it without looking at the samples,
  /// those that cannot tell an empty code.
  [[nodiscard]] virtual Result<DetectedLanguage> detect_language(std::span<const float> samples,
                                                                 std::stop_token stop) = 0;
};

/// A loaded model. Immutable and shared by all its recognisers; safe to use from any thread.
class RecognitionModel {
 public:
  virtual ~RecognitionModel() = default;
  [[nodiscard]] virtual std::string engine() const = 0;   ///< "whisper", "pocketsphinx", "sherpa".
  [[nodiscard]] virtual std::string name() const = 0;     ///< "base.en".
  [[nodiscard]] virtual std::string version() const = 0;  ///< Of the engine's library.
  /// Identifies the exact weights, so that a checkpoint of other weights is not reused.
  [[nodiscard]] virtual std::string fingerprint() const = 0;
  /// Checks the options against the model's capabilities before any work. kInvalidArgument for an unknown
  /// language, or translation by an English-only model.
  [[nodiscard]] virtual Result<> validate(const RecognitionOptions& options) const = 0;
  [[nodiscard]] virtual Millis longest_chunk() const = 0;
  /// Whether its recognisers may end, or leave out something, while somebody still speaks, so that it is
  /// worth giving them the speech that has no words once more.
  [[nodiscard]] virtual bool may_leave_out_speech() const { return false; }
  /// Whether its recognisers look at the prompt.
  [[nodiscard]] virtual bool takes_prompts() const { return false; }
  /// How many recognisers may exist at once; empty when only the number of threads bounds them. A GPU has as
  /// many as fit into its memory.
  [[nodiscard]] virtual std::optional<int> max_recognizers() const = 0;
  /// Allocates one recogniser's state. The model outlives it (shared ownership inside).
  [[nodiscard]] virtual Result<std::unique_ptr<Recognizer>> make_recognizer() const = 0;
};

/// Detects speech in a stream as it passes. One thread at a time.
class SpeechDetector {
 public:
  virtual ~SpeechDetector() = default;
  [[nodiscard]] virtual std::string name() const = 0;  ///< "silero", "webrtc".
  /// Samples in one frame, at 16 kHz.
  [[nodiscard]] virtual std::size_t frame_samples() const = 0;
  /// Appends to `probabilities` the speech probability in [0, 1] of each whole frame of `samples`, whose size
  /// is a multiple of frame_samples(). State carries over from the previous call.
  [[nodiscard]] virtual Result<> detect(std::span<const float> samples,
                                        std::vector<float>& probabilities) = 0;
};

}  // namespace vat
