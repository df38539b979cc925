// The transcript formats: their names and writers. Every function may be called from any thread. Times of any
// length are written, hours past 99 with more digits. Whatever bytes a transcript contains, the output is
// well-formed UTF-8 and well-formed in its format.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/transcript.h"
#include "subtitles/cues.h"

namespace vat::subtitles {

enum class Format { kTxt, kSrt, kVtt, kJson, kTsv, kCsv, kLrc, kMarkdown };

[[nodiscard]] std::span<const Format> all_formats();
/// "txt", "srt", "vtt", "json", "tsv", "csv", "lrc", "md": the values of --format.
[[nodiscard]] std::string_view format_name(Format format);
/// kInvalidArgument, listing the names, for an unknown one. Case does not matter.
[[nodiscard]] Result<Format> parse_format(std::string_view name);
/// Without its dot: "srt".
[[nodiscard]] std::string_view file_extension(Format format);
/// For a Content-Type header: "text/vtt; charset=utf-8".
[[nodiscard]] std::string_view media_type(Format format);

struct WriteOptions {
  std::string title;  ///< Of the recording, for Markdown and LRC; may be empty.
  bool sounds =
      false;  ///< Include the transcript's sounds in what is made from its segments; JSON has them always.
  Millis paragraph_pause{2000};  ///< A silence of this length begins a new paragraph in TXT and Markdown.
};

/// The result in one format. SRT, VTT and LRC are made from the cues; TXT, JSON, TSV, CSV and Markdown from
/// the transcript's segments, and JSON also reports the cues' problems.
[[nodiscard]] std::string write(Format format, const Transcript& transcript, const ShapedCues& cues,
                                const WriteOptions& options = {});

/// A stretch of text between pauses.
struct Paragraph {
  Millis start{0};
  std::string text;
};
/// The transcript in paragraphs: split at silences of `pause` or more, and, where nobody pauses, after the
/// sentence that fills a paragraph.
[[nodiscard]] std::vector<Paragraph> paragraphs(const Transcript& transcript, Millis pause);

/// Streams TXT: the results of add() and finish(), concatenated, equal those of write() for all segments. One
/// thread at a time.
class TextStream {
 public:
  explicit TextStream(Millis paragraph_pause = WriteOptions().paragraph_pause) : pause_(paragraph_pause) {}
  /// Segments must be added in the recording's order.
  [[nodiscard]] std::string add(const Segment& segment);
  [[nodiscard]] std::string finish();

 private:
  Millis pause_;
  Millis end_{0};          ///< Of the segments so far.
  std::string paragraph_;  ///< So far; empty before the first.
};

/// SubRip. A speaker is written before the text: "Anna: Hello". Cues without text are left out, and a cue
/// that does not end after it starts ends one millisecond later.
[[nodiscard]] std::string write_srt(std::span<const Cue> cues);
/// WebVTT (W3C Candidate Recommendation, 4 April 2019). A speaker is written as a voice span: "<v
/// Anna>Hello". `note` is a comment at the top.
[[nodiscard]] std::string write_vtt(std::span<const Cue> cues, std::string_view note = {});

/// The English name of a language in OpenAI's API: "en" is "english". Unknown codes are returned unchanged.
[[nodiscard]] std::string language_name(std::string_view code);

}  // namespace vat::subtitles
