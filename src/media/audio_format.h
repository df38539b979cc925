// The sound formats that speech is delivered in, their names and file name endings.
#pragma once

#include <optional>
#include <string_view>

namespace vat::media {

/// AAC comes in MP4 (kM4a) or bare, in ADTS (kAac), which has no title and no language.
enum class AudioFormat { kMp3, kOpus, kM4a, kAac, kFlac, kWav };

/// By a name or a file name's ending, with or without its dot, in any case: "mp3", ".MP3", "opus", "ogg",
/// "m4a", "aac", "flac", "wav".
[[nodiscard]] std::optional<AudioFormat> parse_audio_format(std::string_view name);
/// "mp3", "opus", "m4a", "aac", "flac", "wav": also the file name's ending, without a dot.
[[nodiscard]] std::string_view audio_format_name(AudioFormat format);
/// IANA media type: "audio/mpeg".
[[nodiscard]] std::string_view audio_format_mime_type(AudioFormat format);

}  // namespace vat::media
