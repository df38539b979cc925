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

constexpr Millis kPosition(20);                          // of the encoder
constexpr int kFramesPerPosition = 2;                    // of the spectrogram
constexpr std::size_t kSamples = kRecognitionRate / 50;  // of a position

/// What one window's tokens attend to, and where their times belong.
class AttentiveWindow {
 public:
  explicit AttentiveWindow(int seek) : seek_(seek) {}

  [[nodiscard]] int seek() const { return seek_; }
  /// How many positions there are before `samples`.
  [[nodiscard]] std::size_t positions_before(std::size_t samples) const {
    const std::size_t skipped = static_cast<std::size_t>(seek_ / kFramesPerPosition) * kSamples;
    return samples > skipped ? (samples - skipped + kSamples - 1) / kSamples : 1;
  }
  void add(const float* row, TimeSpan& time) {
    rows_.push_back(row);
    times_.push_back(&time);
  }
  /// Gives the tokens their times within as many positions. `late`: what the heads are late by.
  void align(std::size_t positions, Millis late) const {
    std::vector<float> attention;
    for (const float* row : rows_) attention.insert(attention.end(), row, row + positions);
    const std::vector<std::size_t> begins = align_tokens(attention, positions);
    const auto time_of = [](std::size_t position) { return kPosition * static_cast<std::int64_t>(position); };
    const auto at = [&](std::size_t position) {
      return from_frames(seek_) + std::clamp(time_of(position) - late, Millis(0), time_of(positions));
    };
    for (std::size_t i = 0; i < times_.size(); ++i)
      *times_[i] = {at(begins[i]), at(i + 1 < times_.size() ? begins[i + 1] : positions)};
  }

 private:
  int seek_;
  std::vector<const float*> rows_;
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

WhisperTokenTimes::WhisperTokenTimes(whisper_state* state, const Alignment& alignment, std::size_t samples) {
  const int count = whisper_full_n_segments_from_state(state);
  segments_.resize(static_cast<std::size_t>(count));
  std::vector<AttentiveWindow> windows;
  [[maybe_unused]] int all_positions = 0;
  for (int i = 0; i < count; ++i) {
    std::vector<TimeSpan>& times = segments_[static_cast<std::size_t>(i)];
    times.resize(static_cast<std::size_t>(whisper_full_n_tokens_from_state(state, i)));
    for (std::size_t t = 0; t < times.size(); ++t) {
      const whisper_token_data token = whisper_full_get_token_data_from_state(state, i, static_cast<int>(t));
      times[t] = {from_frames(token.t0), from_frames(token.t1)};
#ifdef VAT_WHISPER_PATCHED
      int seek = 0;
      const float* const row =
          whisper_full_get_attention_from_state(state, static_cast<int>(token.t_dtw), &all_positions, &seek);
      if (row == nullptr) continue;
      if (windows.empty() || windows.back().seek() != seek) windows.emplace_back(seek);
      windows.back().add(row, times[t]);
#endif
    }
  }
  for (std::size_t i = 0; i < windows.size(); ++i) {
    std::size_t positions =
        std::min(windows[i].positions_before(samples), static_cast<std::size_t>(all_positions));
    // What is said from there on is written by the next window, though this one hears it.
    if (i + 1 < windows.size()) {
      const int length = windows[i + 1].seek() - windows[i].seek();
      positions =
          std::clamp<std::size_t>(static_cast<std::size_t>(length / kFramesPerPosition), 1, positions);
    }
    windows[i].align(positions, alignment.late);
  }
}

TimeSpan WhisperTokenTimes::of(int segment, const TokenPlace& place) const {
  const std::vector<TimeSpan>& times = segments_[static_cast<std::size_t>(segment)];
  const Millis start = times[static_cast<std::size_t>(place.first)].start;
  const Millis length = times[static_cast<std::size_t>(place.last)].end - start;
  return {start + length * place.part / place.parts, start + length * (place.part + 1) / place.parts};
}

}  // namespace vat::asr
