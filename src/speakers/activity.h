// Who is active in ten seconds, as the segmentation model hears it: up to three voices, which have no names
// beyond their window. Internal to speakers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace vat::speakers {

inline constexpr std::size_t kWindowSamples = 160'000;  ///< 10 s at 16 kHz.
inline constexpr std::size_t kWindowShift = 16'000;     ///< From one window to the next: 1 s.
inline constexpr std::size_t kWindowFrames = 589;       ///< That the model returns for a window.
inline constexpr std::size_t kFrameShift = 270;         ///< Samples.
inline constexpr std::size_t kFrameSamples = 991;       ///< That a frame looks at.
inline constexpr std::size_t kVoices = 3;               ///< In a window, at most; two of them at a time.
inline constexpr std::size_t kClasses = 7;              ///< Nobody, one of three, two of three.

/// One window's voices, a byte for each and each frame.
class Activity {
 public:
  /// From the model's logarithms of probabilities, kClasses for a frame.
  Activity(std::uint64_t start, std::span<const float> log_probabilities);

  /// Position of the first sample.
  [[nodiscard]] std::uint64_t start() const { return start_; }
  /// The frame of the recording that the first frame is.
  [[nodiscard]] std::size_t first_frame() const;
  /// Whether the likeliest class has this voice.
  [[nodiscard]] bool active(std::size_t frame, std::size_t voice) const;
  /// Of the voice, whoever else speaks; in [0, 1].
  [[nodiscard]] float probability(std::size_t frame, std::size_t voice) const;
  /// How many voices are active.
  [[nodiscard]] std::size_t count(std::size_t frame) const;
  /// In how many frames it is active.
  [[nodiscard]] std::size_t frames(std::size_t voice) const;
  /// In how many of these no other is.
  [[nodiscard]] std::size_t frames_alone(std::size_t voice) const;

 private:
  std::uint64_t start_;
  std::array<std::uint8_t, kWindowFrames * kVoices> values_{};
};

}  // namespace vat::speakers
