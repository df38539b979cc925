#include "media/audio_format.h"

#include <array>
#include <string>

#include "base/text.h"

namespace vat::media {
namespace {

struct Name {
  std::string_view text;
  AudioFormat format;
};
constexpr std::array kNames = {
    Name{"mp3", AudioFormat::kMp3}, Name{"opus", AudioFormat::kOpus}, Name{"ogg", AudioFormat::kOpus},
    Name{"m4a", AudioFormat::kM4a}, Name{"aac", AudioFormat::kAac},   Name{"flac", AudioFormat::kFlac},
    Name{"wav", AudioFormat::kWav},
};

}  // namespace

std::optional<AudioFormat> parse_audio_format(std::string_view name) {
  if (name.starts_with('.')) name.remove_prefix(1);
  const std::string folded = fold_case(name);
  for (const Name& known : kNames) {
    if (known.text == folded) return known.format;
  }
  return std::nullopt;
}

std::string_view audio_format_name(AudioFormat format) {
  switch (format) {
    case AudioFormat::kMp3:
      return "mp3";
    case AudioFormat::kOpus:
      return "opus";
    case AudioFormat::kM4a:
      return "m4a";
    case AudioFormat::kAac:
      return "aac";
    case AudioFormat::kFlac:
      return "flac";
    case AudioFormat::kWav:
      return "wav";
  }
  return "";
}

std::string_view audio_format_mime_type(AudioFormat format) {
  switch (format) {
    case AudioFormat::kMp3:
      return "audio/mpeg";
    case AudioFormat::kOpus:
      return "audio/ogg";
    case AudioFormat::kM4a:
      return "audio/mp4";
    case AudioFormat::kAac:
      return "audio/aac";
    case AudioFormat::kFlac:
      return "audio/flac";
    case AudioFormat::kWav:
      return "audio/wav";
  }
  return "";
}

}  // namespace vat::media
