// What the containers of a dub can contain, and their names for it. Containers are named as libav's muxers:
// "mp4", "mov", "matroska", "webm".
#pragma once

#include <string>

#include "media/input.h"

namespace vat::media {

[[nodiscard]] bool can_hold(const std::string& container, const AVCodecParameters* parameters);

/// "A video track", to begin a sentence with.
[[nodiscard]] const char* kind_of(const AVStream* stream);

struct ContainerChoice {
  std::string container;
  std::string reason;  ///< One sentence if the original's own container cannot contain a track; else empty.
};
/// The original's own container if it can contain all video and audio, else Matroska, which can contain
/// almost everything.
[[nodiscard]] ContainerChoice choose_container(const Input& original, const Input* audio);

/// The encoder of the container's own kind of subtitles.
[[nodiscard]] const char* subtitle_encoder(const std::string& container);

/// ISO 639-2's three letters, which the containers store, for ISO 639-1's two. QuickTime has its own list
/// (QuickTime File Format, "Language Code Values"), for which libav uses the bibliographic codes.
[[nodiscard]] std::string three_letters(const std::string& language, const std::string& container);

}  // namespace vat::media
