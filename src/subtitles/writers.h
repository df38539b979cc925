// One writer per format; formats.h selects among them. Private to the module.
#pragma once

#include <span>
#include <string>

#include "domain/transcript.h"
#include "subtitles/formats.h"

namespace vat::subtitles {

[[nodiscard]] std::string write_txt(const Transcript& transcript, const WriteOptions& options);
[[nodiscard]] std::string write_markdown(const Transcript& transcript, const WriteOptions& options);
/// Office Open XML (ECMA-376, transitional).
[[nodiscard]] std::string write_docx(const Transcript& transcript, const WriteOptions& options);
/// NIST's Rich Transcription Time Marked: who speaks when, without words.
[[nodiscard]] std::string write_rttm(const Transcript& transcript, const WriteOptions& options);
/// Like whisper's own: whole milliseconds, a header line "start end text", with a column for the speaker
/// where there are any.
[[nodiscard]] std::string write_tsv(const Transcript& transcript);
/// RFC 4180 with a header line. A text that a spreadsheet would run as a formula gets an apostrophe before
/// it.
[[nodiscard]] std::string write_csv(const Transcript& transcript);
/// OpenAI's verbose_json with additional fields, listed in docs/formats.md.
[[nodiscard]] std::string write_json(const Transcript& transcript, const ShapedCues& cues);
[[nodiscard]] std::string write_lrc(const Transcript& transcript, std::span<const Cue> cues,
                                    const WriteOptions& options);

}  // namespace vat::subtitles
