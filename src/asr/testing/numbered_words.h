// A recording whose words are numbers encoded in its samples, and the detector, recogniser and model that
// decode them, so that a test can tell exactly which words were lost, doubled, cut or moved. Test-only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/audio.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// A word is a burst of one level, which holds its number exactly; its first and last samples are negative,
/// so that a burst without one of them is known to be cut. In samples of the recording.
struct NumberedWord {
  int number = 0;  ///< Below 2^18. Louder or softer by number modulo 14.
  std::int64_t begin = 0;
  std::int64_t length = 2;

  [[nodiscard]] std::int64_t end() const { return begin + length; }
};

struct NumberedRecording {
  std::vector<NumberedWord> words;  ///< In order, without overlaps, numbered 0, 1, 2, ...
  std::int64_t length = 0;          ///< Samples.
};

/// The parameters of a random recording. Lengths are uniform between their bounds.
struct NumberedSpeech {
  Millis length{60'000};
  Millis shortest_word{300};
  Millis longest_word{800};
  Millis longest_silence{20'000};
  Millis longest_stretch{40'000};  ///< Of words that follow each other without any pause.
};
[[nodiscard]] NumberedRecording make_numbered_recording(const NumberedSpeech& speech, std::mt19937& random);

/// Plays the recording as it is read, in reads of changing sizes; a long one takes no memory.
class NumberedSource : public AudioSource {
 public:
  explicit NumberedSource(NumberedRecording recording) : recording_(std::move(recording)) {}
  [[nodiscard]] Result<std::size_t> read(std::span<float> out) override;
  [[nodiscard]] std::optional<Millis> duration() const override { return samples_to_time(recording_.length); }

 private:
  NumberedRecording recording_;
  std::int64_t position_ = 0;
  std::size_t next_word_ = 0;
  std::size_t reads_ = 0;
};

/// Detects everything that is not digital silence, `lag` too late, and continues for `hang` after it ended.
class NumberedDetector : public SpeechDetector {
 public:
  explicit NumberedDetector(std::size_t frame = 320, Millis lag = Millis(0), Millis hang = Millis(0))
      : frame_(frame), lag_(time_to_samples(lag)), hang_(time_to_samples(hang)) {}
  [[nodiscard]] std::string name() const override { return "numbered"; }
  [[nodiscard]] std::size_t frame_samples() const override { return frame_; }
  [[nodiscard]] Result<> detect(std::span<const float> samples, std::vector<float>& probabilities) override;

 private:
  std::size_t frame_;
  std::int64_t lag_;
  std::int64_t hang_;
  std::int64_t sounding_ = 0;      // samples since the current sound began
  std::int64_t silent_ = 1 << 30;  // samples since the last sound
};

/// The errors of the recogniser. The same chunk always gives the same text.
struct NumberedHearing {
  Millis jitter{100};  ///< Each time is off by up to this.
  /// The worst that may happen to a cut word; any of the earlier values may happen as well.
  enum class Cut { kUnheard, kPart, kNeighbour } cut = Cut::kNeighbour;
  bool word_times = true;           ///< Otherwise segments have text only.
  std::size_t longest_segment = 8;  ///< Words.
  Millis longest_chunk{30'000};     ///< A longer one is rejected.
  std::optional<int> max_recognizers;
  /// Called to detect a language; "en" for sure if empty.
  std::function<DetectedLanguage()> language;
  /// Called before each chunk, on the recogniser's thread; its error is returned by the recogniser.
  std::function<Result<>(std::span<const float> samples, std::stop_token stop)> before;
};

/// The text of a word, without the capitals and commas that the recogniser adds: "word17".
[[nodiscard]] std::string numbered_text(int number);

class NumberedModel : public RecognitionModel {
 public:
  explicit NumberedModel(NumberedHearing hearing = {}) : hearing_(std::move(hearing)) {}
  [[nodiscard]] std::string engine() const override { return "numbered"; }
  [[nodiscard]] std::string name() const override { return "numbers"; }
  [[nodiscard]] std::string version() const override { return "1"; }
  [[nodiscard]] std::string fingerprint() const override { return "numbered-1"; }
  [[nodiscard]] Result<> validate(const RecognitionOptions& options) const override;
  [[nodiscard]] Millis longest_chunk() const override { return hearing_.longest_chunk; }
  [[nodiscard]] std::optional<int> max_recognizers() const override { return hearing_.max_recognizers; }
  /// The recogniser refers to the model, which must outlive it.
  [[nodiscard]] Result<std::unique_ptr<Recognizer>> make_recognizer() const override;

 private:
  NumberedHearing hearing_;
};

}  // namespace vat::asr
