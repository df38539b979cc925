#include "media/testing/listen.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "media/audio_reader.h"

namespace vat::media::testing {

Result<DecodedAudio> decode_all(AudioSource& source) {
  DecodedAudio decoded;
  std::vector<float> block(4000);
  while (true) {
    VAT_ASSIGN(const std::size_t count, source.read(block));
    if (count == 0) break;
    decoded.samples.insert(decoded.samples.end(), block.begin(),
                           block.begin() + static_cast<std::ptrdiff_t>(count));
  }
  decoded.warnings = source.warnings();
  decoded.duration = source.duration();
  return decoded;
}

Result<DecodedAudio> decode_all(const std::filesystem::path& path, int track) {
  VAT_ASSIGN(auto reader, AudioReader::open(path, ReaderOptions{.track = track, .stop = {}}));
  return decode_all(*reader);
}

double amplitude_at(const DecodedAudio& decoded, double frequency, double from, double to) {
  const auto begin = static_cast<std::size_t>(from * kRecognitionRate);
  const auto end = std::min(static_cast<std::size_t>(to * kRecognitionRate), decoded.samples.size());
  double real = 0;
  double imaginary = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double angle = 2 * std::numbers::pi * frequency * static_cast<double>(i) / kRecognitionRate;
    real += decoded.samples[i] * std::cos(angle);
    imaginary += decoded.samples[i] * std::sin(angle);
  }
  return end > begin ? 2 * std::hypot(real, imaginary) / static_cast<double>(end - begin) : 0.0;
}

double first_loud(const DecodedAudio& decoded) {
  for (std::size_t i = 0; i < decoded.samples.size(); ++i) {
    if (std::abs(decoded.samples[i]) > 0.25F) return static_cast<double>(i) / kRecognitionRate;
  }
  return -1;
}

}  // namespace vat::media::testing
