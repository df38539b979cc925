// Lines of text, and times, in the subtitle formats. Private to the module.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "domain/transcript.h"

namespace vat::subtitles {

/// & < > as character references, as HTML and WebVTT read them.
[[nodiscard]] std::string escape_markup(std::string_view text);

/// Removes what an SRT reader would take for markup: <i>, </font>, {\an8} and shapes drawn with {\p1}.
/// References such as &amp; are replaced, \h becomes a space, and \N a line end in the result.
[[nodiscard]] std::string strip_srt_markup(std::string_view text);
/// What a voice of WebVTT says.
struct VoiceText {
  std::string voice;  ///< Empty: the cue has no voices.
  std::string text;
};
/// The cue text of WebVTT without its tags, references replaced, by its voices. What stands before the first
/// one is of its text, too.
[[nodiscard]] std::vector<VoiceText> strip_vtt_markup(std::string_view text);

/// "01:02:03,456" with `separator` before the milliseconds. Negative times are zero.
[[nodiscard]] std::string clock_time(Millis time, char separator);
/// "01:02:03".
[[nodiscard]] std::string clock_time(Millis time);

/// True when there is no space between the two, because their scripts write none (Han, Kana, Thai, Lao,
/// Khmer, Myanmar).
[[nodiscard]] bool joins_without_space(std::string_view left, std::string_view right);

/// The segment's text, as clean_line() makes it, at the end of `text`, with a space before it where the
/// language writes one.
void append_segment(std::string& text, const Segment& segment);

}  // namespace vat::subtitles
