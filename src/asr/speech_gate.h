// Decides from speech probabilities which frames of a recording are kept for recognition.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace vat::asr {

/// All lengths in frames of the detector.
struct SpeechGateOptions {
  float onset = 0.4F;                ///< A probability from here on starts a span of speech.
  float offset = 0.2F;               ///< One from here on continues it.
  std::int64_t minimum_speech = 1;   ///< Shorter spans are noise.
  std::int64_t minimum_silence = 1;  ///< Shorter pauses do not end a span.
  std::int64_t padding = 0;          ///< Kept on both sides of a span.
  std::int64_t longest_silence =
      0;  ///< Pauses up to this are kept whole; longer ones shrink to their paddings.
};

/// Takes one probability per frame and decides, at most a second or so later, whether the frame is kept. The
/// decisions depend only on the probabilities, not on how they are grouped into calls. One thread at a time.
class SpeechGate {
 public:
  explicit SpeechGate(const SpeechGateOptions& options) : options_(options) {}

  /// The next frame. A probability that is not a number counts as silence.
  void push(float probability);
  /// There are no more frames: decides everything.
  void finish();

  /// Frames [begin, end) of the recording are kept.
  struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  /// The kept frames that became certain since the last call, in order; ranges never touch within one call.
  [[nodiscard]] std::vector<Range> take() { return std::exchange(kept_, {}); }
  /// Frames before this are decided: returned by take(), or dropped.
  [[nodiscard]] std::int64_t decided() const { return decided_; }

 private:
  void follow_run(float probability);
  void follow_span(float probability);
  void confirm_span();
  void decide_silence();
  void keep_until(std::int64_t end);
  void drop_until(std::int64_t end);

  SpeechGateOptions options_;
  std::int64_t next_ = 0;                   // index of the frame that push() takes next
  std::optional<std::int64_t> run_begin_;   // where the current run of frames at or above `offset` began
  std::optional<std::int64_t> span_begin_;  // where the current span, perhaps still too short, began
  bool confirmed_ = false;                  // the current span is long enough
  std::int64_t speech_end_ = 0;  // one past the last frame of the current span at or above `offset`
  std::optional<std::int64_t> previous_end_;  // the same for the last confirmed span that has ended
  std::int64_t decided_ = 0;
  std::vector<Range> kept_;  // not yet taken
};

}  // namespace vat::asr
