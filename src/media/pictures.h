// Still pictures of a recording, for those who show it in a list or look for a place in it: JPEG files.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace vat::media {

/// How wide and high a thumbnail is at most, in pixels.
inline constexpr int kSmallThumbnail = 160;
inline constexpr int kLargeThumbnail = 640;

/// Pictures at an even interval in one sheet, row by row; the last row may have black places at its end.
struct Filmstrip {
  static constexpr int kMaxFrames = 100;
  static constexpr int kMaxColumns = 10;
  static constexpr int kMaxSide = 160;

  std::string sheet;   ///< A JPEG file.
  Millis interval{0};  ///< The picture number i, from 0, shows a moment from i to i + 1 intervals.
  int frames = 0;      ///< 2 to kMaxFrames.
  int columns = 0;     ///< 1 to kMaxColumns.
  int width = 0;       ///< Of a picture, in pixels, at most kMaxSide.
  int height = 0;
};

struct Pictures {
  /// JPEG files, at most kSmallThumbnail and kLargeThumbnail wide and high; both empty if there is nothing to
  /// see.
  std::string small, large;
  std::optional<Filmstrip> filmstrip;  ///< Of a video that has several pictures and is longer than a second.

  [[nodiscard]] bool none() const { return large.empty(); }
};

/// The names of the files of write_pictures(): "thumbnail-640.jpg".
[[nodiscard]] std::string thumbnail_name(int size);
inline constexpr const char* kFilmstripName = "filmstrip.json";
inline constexpr const char* kSheetName = "filmstrip.jpg";

struct PictureFile {
  std::filesystem::path path;
  const char* kind = "";  ///< "thumbnail" or "filmstrip".
  const char* content_type = "";
};
/// All of them as files in the folder, the filmstrip as its sheet and its description. Errors: those of
/// writing.
[[nodiscard]] Result<std::vector<PictureFile>> write_pictures(const Pictures& pictures,
                                                              const std::filesystem::path& folder);

/// The description of the strip as JSON: "interval_seconds", "frames", "columns", "width", "height".
[[nodiscard]] std::string to_json(const Filmstrip& filmstrip);

/// The thumbnail is the richest picture of the filmstrip, or of the first seconds of a video whose length is
/// not known, or the cover of a recording without video. Upright, and in square pixels. A short video is
/// decoded; of a long one only its key frames near the wanted moments are, so that the pictures of hours cost
/// seconds. None where nothing can be decoded, or takes too much to decode. The errors are those of probe().
/// Any thread.
[[nodiscard]] Result<Pictures> make_pictures(const std::filesystem::path& path, std::stop_token stop = {});

}  // namespace vat::media
