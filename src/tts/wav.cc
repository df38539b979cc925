#include "tts/wav.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

namespace vat::tts {
namespace {

constexpr std::uint16_t kInteger = 1;
constexpr std::uint16_t kFloat = 3;
constexpr std::uint16_t kExtensible = 0xFFFE;

struct Format {
  std::uint16_t coding = 0;
  std::uint16_t channels = 0;
  std::uint32_t sample_rate = 0;
  std::uint16_t bits = 0;
};

tl::unexpected<Error> bad(const char* why) {
  return fail(ErrorCode::kBadData, "The speech service sent audio that is not a readable WAV file.", why);
}

std::uint32_t little(std::string_view bytes, std::size_t offset, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = count; i > 0; --i)
    value = value << 8U | static_cast<unsigned char>(bytes[offset + i - 1]);
  return value;
}

std::optional<Format> read_format(std::string_view chunk) {
  if (chunk.size() < 16) return std::nullopt;
  Format format{static_cast<std::uint16_t>(little(chunk, 0, 2)),
                static_cast<std::uint16_t>(little(chunk, 2, 2)), little(chunk, 4, 4),
                static_cast<std::uint16_t>(little(chunk, 14, 2))};
  // The sub-format's first two bytes repeat the coding.
  if (format.coding == kExtensible) {
    if (chunk.size() < 26) return std::nullopt;
    format.coding = static_cast<std::uint16_t>(little(chunk, 24, 2));
  }
  const bool known = (format.coding == kInteger &&
                      (format.bits == 8 || format.bits == 16 || format.bits == 24 || format.bits == 32)) ||
                     (format.coding == kFloat && format.bits == 32);
  const bool sane = format.channels >= 1 && format.channels <= 64 && format.sample_rate >= 1'000 &&
                    format.sample_rate <= 768'000;
  if (!known || !sane) return std::nullopt;
  return format;
}

float sample_at(std::string_view bytes, std::size_t offset, const Format& format) {
  const std::size_t size = format.bits / 8U;
  const std::uint32_t raw = little(bytes, offset, size);
  if (format.coding == kFloat) {
    float value = 0;
    std::memcpy(&value, &raw, sizeof value);
    return std::isfinite(value) ? std::clamp(value, -1.0F, 1.0F) : 0.0F;
  }
  if (format.bits == 8) return (static_cast<float>(raw) - 128.0F) / 128.0F;
  // Shifted to the top, so that the sign bit is in place.
  const auto value = static_cast<std::int32_t>(raw << (32U - format.bits));
  return static_cast<float>(value) / 2147483648.0F;
}

Pcm read_samples(std::string_view data, const Format& format) {
  const std::size_t sample_size = format.bits / 8U;
  const std::size_t frame_size = sample_size * format.channels;
  Pcm pcm{static_cast<int>(format.sample_rate), std::vector<float>(data.size() / frame_size)};
  for (std::size_t frame = 0; frame < pcm.samples.size(); ++frame) {
    float sum = 0;
    for (std::size_t channel = 0; channel < format.channels; ++channel)
      sum += sample_at(data, frame * frame_size + channel * sample_size, format);
    pcm.samples[frame] = sum / static_cast<float>(format.channels);
  }
  return pcm;
}

}  // namespace

bool is_wav(std::string_view bytes) {
  return bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WAVE";
}

Result<Pcm> parse_wav(std::string_view bytes) {
  if (!is_wav(bytes)) return bad("no RIFF header");
  bytes.remove_prefix(12);
  std::optional<Format> format;
  while (bytes.size() >= 8) {
    const std::string_view name = bytes.substr(0, 4);
    const std::size_t size = little(bytes, 4, 4);
    bytes.remove_prefix(8);
    if (name == "fmt ") {
      format = read_format(bytes.substr(0, size));
      if (!format) return bad("unknown format");
    } else if (name == "data") {
      if (!format) return bad("data before format");
      // A streaming server writes 0 or the largest number, because it does not know the size yet.
      return read_samples(size == 0 ? bytes : bytes.substr(0, size), *format);
    }
    bytes.remove_prefix(std::min(bytes.size(), size + size % 2));
  }
  return bad("no data chunk");
}

Pcm parse_pcm16(std::string_view bytes, int sample_rate) {
  return read_samples(bytes, {kInteger, 1, static_cast<std::uint32_t>(sample_rate), 16});
}

}  // namespace vat::tts
