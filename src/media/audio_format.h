// The audio formats of speech, their names and file name extensions.
#pragma once

#include <optional>
#include <string_view>

namespace vat::media {

/// AAC is in MP4 (kM4a) or in ADTS (kAac), which has no title and no language.
enum class AudioFormat { kMp3, kOpus, kM4a, kAac, kFlac, kWav };

/// From a name or file name extension, with or without its dot, in any case: "mp3", ".MP3", "opus", "ogg",
/// "m4a", "aac", "flac", "wav".
[[nodiscard]] std::optional<AudioFormat> parse_audio_format(std::string_view name);
/// "mp3", "opus", "m4a", "aac", "flac", "wav": also the file name extension, without a dot.
[[nodiscard]] std::string_view audio_format_name(AudioFormat format);
/// IANA media type: "audio/mpeg".
[[nodiscard]] std::string_view audio_format_mime_type(AudioFormat format);

}  // namespace vat::media
