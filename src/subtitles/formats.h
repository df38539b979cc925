// The transcript formats: their names and writers. Every function may be called from any thread. Times of any
// length are written, hours past 99 with more digits. Whatever bytes a transcript contains, the output is
// well-formed in its format, and well-formed UTF-8, except for DOCX, which is a ZIP archive.
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

enum class Format { kTxt, kSrt, kVtt, kJson, kTsv, kCsv, kLrc, kMarkdown, kDocx, kRttm };

[[nodiscard]] std::span<const Format> all_formats();
/// "txt", "srt", "vtt", "json", "tsv", "csv", "lrc", "md", "docx", "rttm": the values of --format.
[[nodiscard]] std::string_view format_name(Format format);
/// kInvalidArgument, listing the names, for an unknown one. Case does not matter.
[[nodiscard]] Result<Format> parse_format(std::string_view name);
/// Without its dot: "srt".
[[nodiscard]] std::string_view file_extension(Format format);
/// For a Content-Type header: "text/vtt; charset=utf-8".
[[nodiscard]] std::string_view media_type(Format format);

struct WriteOptions {
  std::string title;  ///< Of the recording, for Markdown, LRC, DOCX and RTTM; may be empty.
  bool sounds =
      false;  ///< Include the transcript's sounds in what is made from its segments; JSON has them always.
  Millis paragraph_pause{
      2000};          ///< A silence of this length begins a new paragraph in TXT, Markdown and DOCX.
  bool times = true;  ///< Write when a paragraph begins into TXT with speakers, Markdown and DOCX.
};

/// The result in one format. SRT, VTT and LRC are made from the cues; TXT, JSON, TSV, CSV, Markdown and DOCX
/// from the transcript's segments, RTTM from its speakers' turns, and JSON also reports the cues' problems.
[[nodiscard]] std::string write(Format format, const Transcript& transcript, const ShapedCues& cues,
                                const WriteOptions& options = {});

/// A stretch of text between pauses.
struct Paragraph {
  Millis start{0};
  std::string text;
  std::string speaker;  ///< As it is shown; empty when unknown.
};
/// The transcript in paragraphs: split where the speaker changes, at silences of `pause` or more, and, where
/// nobody pauses, after the sentence that fills a paragraph.
[[nodiscard]] std::vector<Paragraph> paragraphs(const Transcript& transcript, Millis pause);

/// Streams TXT without speakers: the results of add() and finish(), concatenated, equal those of write() for
/// all segments of such a transcript. One thread at a time.
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

/// SubRip. Where the speaker changes, it is written before the text, unless dashes say so: "Anna: Hello".
/// Cues without text are left out, and a cue that does not end after it starts ends one millisecond later.
[[nodiscard]] std::string write_srt(std::span<const Cue> cues);
/// WebVTT (W3C Candidate Recommendation, 4 April 2019). A speaker is written as a voice span: "<v
/// Anna>Hello". `note` is a comment at the top.
[[nodiscard]] std::string write_vtt(std::span<const Cue> cues, std::string_view note = {});

/// The English name of a language in OpenAI's API: "en" is "english". Unknown codes are returned unchanged.
[[nodiscard]] std::string language_name(std::string_view code);

}  // namespace vat::subtitles
