// Reads media through the real reader and analyses the audio, for tests. Link vat_media_testing.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "domain/audio.h"

namespace vat::media::testing {

/// Everything that a source returned, at 16 kHz.
struct DecodedAudio {
  std::vector<float> samples;
  std::vector<std::string> warnings;
  std::optional<Millis> duration;

  [[nodiscard]] double seconds() const { return static_cast<double>(samples.size()) / kRecognitionRate; }
};

[[nodiscard]] Result<DecodedAudio> decode_all(AudioSource& source);
/// The file's audio track by number; 0 takes the default.
[[nodiscard]] Result<DecodedAudio> decode_all(const std::filesystem::path& path, int track = 0);

/// Amplitude of one frequency's sine (Goertzel's algorithm) between two times in seconds.
[[nodiscard]] double amplitude_at(const DecodedAudio& decoded, double frequency, double from, double to);
/// When the audio first rises above a quarter of full scale, in seconds; negative if never.
[[nodiscard]] double first_loud(const DecodedAudio& decoded);

}  // namespace vat::media::testing
