#include "subtitles/formats.h"

#include <array>

#include "base/text.h"
#include "subtitles/sound_captions.h"
#include "subtitles/writers.h"

namespace vat::subtitles {
namespace {

struct FormatRow {
  Format format;
  std::string_view name;
  std::string_view media_type;
};

// SubRip, LRC and RTTM have no registered media type; these are the ones in use. TSV is IANA's
// text/tab-separated-values, CSV is RFC 4180, Markdown is RFC 7763.
constexpr std::array<FormatRow, 10> kRows = {{
    {Format::kTxt, "txt", "text/plain; charset=utf-8"},
    {Format::kSrt, "srt", "application/x-subrip; charset=utf-8"},
    {Format::kVtt, "vtt", "text/vtt; charset=utf-8"},
    {Format::kJson, "json", "application/json"},
    {Format::kTsv, "tsv", "text/tab-separated-values; charset=utf-8"},
    {Format::kCsv, "csv", "text/csv; charset=utf-8; header=present"},
    {Format::kLrc, "lrc", "text/x-lrc; charset=utf-8"},
    {Format::kMarkdown, "md", "text/markdown; charset=utf-8"},
    {Format::kDocx, "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {Format::kRttm, "rttm", "text/x-rttm; charset=utf-8"},
}};

constexpr std::array<Format, 10> kFormats = {Format::kTxt,  Format::kSrt, Format::kVtt, Format::kJson,
                                             Format::kTsv,  Format::kCsv, Format::kLrc, Format::kMarkdown,
                                             Format::kDocx, Format::kRttm};

const FormatRow& row(Format format) {
  for (const FormatRow& candidate : kRows) {
    if (candidate.format == format) return candidate;
  }
  return kRows.front();
}

/// "Recognised by whisper, model base.en."; empty when no engine is named.
std::string recognised_by(const Transcript& transcript) {
  if (transcript.engine.empty()) return {};
  return "Recognised by " + transcript.engine +
         (transcript.model.empty() ? "" : ", model " + transcript.model) + ".";
}

}  // namespace

std::span<const Format> all_formats() { return kFormats; }

std::string_view format_name(Format format) { return row(format).name; }

std::string_view file_extension(Format format) { return row(format).name; }

std::string_view media_type(Format format) { return row(format).media_type; }

Result<Format> parse_format(std::string_view name) {
  const std::string folded = fold_case(name);
  for (const FormatRow& candidate : kRows)
    if (candidate.name == folded) return candidate.format;
  const std::string names = join(kRows, ", ", [](const FormatRow& candidate) { return candidate.name; });
  return fail(ErrorCode::kInvalidArgument,
              "There is no format \"" + to_utf8(name) + "\"; choose one of: " + names + ".");
}

namespace {

std::string write_format(Format format, const Transcript& transcript, const ShapedCues& cues,
                         const WriteOptions& options) {
  switch (format) {
    case Format::kTxt:
      return write_txt(transcript, options);
    case Format::kSrt:
      return write_srt(cues.cues);
    case Format::kVtt:
      return write_vtt(cues.cues, recognised_by(transcript));
    case Format::kJson:
      return write_json(transcript, cues);
    case Format::kTsv:
      return write_tsv(transcript);
    case Format::kCsv:
      return write_csv(transcript);
    case Format::kLrc:
      return write_lrc(transcript, cues.cues, options);
    case Format::kMarkdown:
      return write_markdown(transcript, options);
    case Format::kDocx:
      return write_docx(transcript, options);
    case Format::kRttm:
      return write_rttm(transcript, options);
  }
  return {};
}

}  // namespace

std::string write(Format format, const Transcript& transcript, const ShapedCues& cues,
                  const WriteOptions& options) {
  if (options.sounds && format != Format::kJson)
    return write_format(format, with_sounds(transcript), cues, options);
  return write_format(format, transcript, cues, options);
}

}  // namespace vat::subtitles
