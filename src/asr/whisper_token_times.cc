#include "asr/whisper_token_times.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "asr/token_alignment.h"
#include "asr/whisper_tokens.h"
#include "domain/recognizer.h"

namespace vat::asr {
namespace {

constexpr Millis kPosition(20);  // of the encoder
/// What one window's tokens attend to, and where their times belong.
class AttentiveWindow {
 public:
  explicit AttentiveWindow(int seek) : seek_(seek) {}

  [[nodiscard]] int seek() const { return seek_; }
  void add(std::span<const float> row, TimeSpan& time) {
    attention_.insert(attention_.end(), row.begin(), row.end());
    times_.push_back(&time);
  }
  void align(Millis late) const {
    if (times_.empty()) return;
    const std::size_t frames = attention_.size() / times_.size();
    const std::vector<std::size_t> begins = align_tokens(attention_, frames);
    const auto time_of = [](std::size_t frame) { return kPosition * static_cast<std::int64_t>(frame); };
    const auto at = [&](std::size_t frame) {
      return from_frames(seek_) + std::clamp(time_of(frame) - late, Millis(0), time_of(frames));
    };
    for (std::size_t i = 0; i < times_.size(); ++i)
      *times_[i] = {at(begins[i]), at(i + 1 < times_.size() ? begins[i + 1] : frames)};
  }

 private:
  int seek_;
  std::vector<float> attention_;
  std::vector<TimeSpan*> times_;
};

}  // namespace

Alignment alignment_of(int text_layers, int text_state, int mels, bool multilingual) {
  struct Shape {
    int layers;
    int state;
    int mels;
    Alignment multilingual;
    Alignment english;
  };
  // Measured by bench/word_times (`late by`) with the weights that were to be had: base and tiny.en.
  static constexpr std::array kShapes{
      Shape{4, 384, 80, {WHISPER_AHEADS_TINY}, {WHISPER_AHEADS_TINY_EN, Millis(100)}},
      Shape{6, 512, 80, {WHISPER_AHEADS_BASE, Millis(-50)}, {WHISPER_AHEADS_BASE_EN}},
      Shape{12, 768, 80, {WHISPER_AHEADS_SMALL}, {WHISPER_AHEADS_SMALL_EN}},
      Shape{24, 1024, 80, {WHISPER_AHEADS_MEDIUM}, {WHISPER_AHEADS_MEDIUM_EN}},
      // And of large-v1, from which large-v2 was trained on.
      Shape{32, 1280, 80, {WHISPER_AHEADS_LARGE_V2}, {}}, Shape{32, 1280, 128, {WHISPER_AHEADS_LARGE_V3}, {}},
      Shape{4, 1280, 128, {WHISPER_AHEADS_LARGE_V3_TURBO}, {}}};
  const auto* const shape = std::find_if(kShapes.begin(), kShapes.end(), [&](const Shape& one) {
    return one.layers == text_layers && one.state == text_state && one.mels == mels;
  });
  if (shape == kShapes.end()) return {};
  return multilingual ? shape->multilingual : shape->english;
}

WhisperTokenTimes::WhisperTokenTimes(whisper_state* state, const Alignment& alignment,
                                     [[maybe_unused]] std::size_t samples) {
  const int count = whisper_full_n_segments_from_state(state);
  segments_.resize(static_cast<std::size_t>(count));
  std::vector<AttentiveWindow> windows;
  for (int i = 0; i < count; ++i) {
    std::vector<TimeSpan>& times = segments_[static_cast<std::size_t>(i)];
    times.resize(static_cast<std::size_t>(whisper_full_n_tokens_from_state(state, i)));
    for (std::size_t t = 0; t < times.size(); ++t) {
      const whisper_token_data token = whisper_full_get_token_data_from_state(state, i, static_cast<int>(t));
      times[t] = {from_frames(token.t0), from_frames(token.t1)};
#ifdef VAT_WHISPER_PATCHED
      int positions = 0;
      int seek = 0;
      const float* const row =
          whisper_full_get_attention_from_state(state, static_cast<int>(token.t_dtw), &positions, &seek);
      if (row == nullptr) continue;
      if (windows.empty() || windows.back().seek() != seek) windows.emplace_back(seek);
      constexpr std::size_t kSamples = kRecognitionRate / 1000 * kPosition.count();
      const std::size_t before = static_cast<std::size_t>(seek) * (kRecognitionRate / kFramesPerSecond);
      const std::size_t heard = samples > before ? (samples - before + kSamples - 1) / kSamples : 1;
      windows.back().add({row, std::min(heard, static_cast<std::size_t>(positions))}, times[t]);
#endif
    }
  }
  for (const AttentiveWindow& window : windows) window.align(alignment.late);
}

TimeSpan WhisperTokenTimes::of(int segment, const TokenPlace& place) const {
  const std::vector<TimeSpan>& times = segments_[static_cast<std::size_t>(segment)];
  const Millis start = times[static_cast<std::size_t>(place.first)].start;
  const Millis length = times[static_cast<std::size_t>(place.last)].end - start;
  return {start + length * place.part / place.parts, start + length * (place.part + 1) / place.parts};
}

}  // namespace vat::asr
