// The line of a subtitle file that says when a cue is shown. Private to this module.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "base/time.h"

namespace vat::subtitles {

/// Every time that is read is shorter.
inline constexpr Millis kMaxReadTime = std::chrono::hours(1'000'000'000) - Millis(1);

/// The start and the end: "00:00:01,500 --> 00:00:02.5 position:10%". Empty for any other line.
[[nodiscard]] std::optional<std::pair<Millis, Millis>> parse_cue_times(std::string_view line);

/// Whether the line has "-->", which WebVTT allows only between times.
[[nodiscard]] bool has_arrow(std::string_view line);

/// True for a line that begins with a time that has hours or a fraction: "00:00:01,500".
[[nodiscard]] bool begins_with_time(std::string_view line);

/// True for a line that has two such times with any sign between them: "00:00:01,500 –› 00:00:02,000".
[[nodiscard]] bool joins_two_times(std::string_view line);

}  // namespace vat::subtitles
