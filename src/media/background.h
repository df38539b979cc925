// The original sound of a recording, kept under the speech of a dub.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "media/audio_format.h"
#include "media/media.h"

namespace vat::media {

enum class Background {
  kOff,   ///< The dub is the speech alone.
  kDuck,  ///< As loud as the dub, and kDuckedBelow it while anybody speaks.
  kKeep,  ///< kKeptBelow the dub throughout.
};
[[nodiscard]] std::string_view background_name(Background background);  ///< "off", "duck", "keep".
[[nodiscard]] std::optional<Background> parse_background(std::string_view name);

/// dB. WCAG 2.2 (success criterion 1.4.7) asks for 20 between speech and what is behind it; loudness is a
/// mean, which the words of the original exceed now and then by some dB.
inline constexpr double kDuckedBelow = 24;
/// dB. The original is heard all the time, and the dub understood before it.
inline constexpr double kKeptBelow = 12;

struct BackgroundMix {
  std::filesystem::path original;
  int track = 0;                 ///< As ReaderOptions::track.
  std::filesystem::path speech;  ///< A file of one's own, of one channel.
  Background background = Background::kDuck;
  std::vector<TimeSpan>
      spoken;  ///< Where the original or the dub speaks; in any order, and they may overlap.
  AudioFormat format = AudioFormat::kM4a;
};

/// Writes `output` (pass AtomicFile::temporary_path()): stereo at 48 kHz, as long as the longer of the two,
/// at the loudness of the speech, no peak above kMaxTruePeak before encoding. The original is read twice, by
/// `media`; memory does not depend on its length. `progress` gets the fraction done and may be empty. The
/// errors are those of AudioReader and AudioEncoder.
[[nodiscard]] Result<> mix_background(Media& media, const BackgroundMix& mix,
                                      const std::filesystem::path& output,
                                      const std::function<void(double)>& progress, std::stop_token stop);

}  // namespace vat::media
