#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.h"
#include "domain/speaker_edits.h"
#include "subtitles/break_quality.h"
#include "subtitles/formats.h"
#include "subtitles/line_text.h"
#include "subtitles/script.h"
#include "subtitles/writers.h"

namespace vat::subtitles {
namespace {

/// Columns after which the end of a sentence ends a paragraph if nobody pauses: about ten printed lines.
constexpr std::size_t kFullParagraph = 800;

std::string three_decimals(Millis time) {
  const auto millis = std::max<std::int64_t>(time.count(), 0);
  std::array<char, 40> buffer{};
  const int length =
      std::snprintf(buffer.data(), buffer.size(), "%lld.%03lld", static_cast<long long>(millis / 1000),
                    static_cast<long long>(millis % 1000));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

/// Spreadsheets run a cell that begins with one of these (OWASP, "CSV Injection"); the full-width forms count
/// too.
bool begins_formula(std::string_view text) {
  static constexpr std::array<std::int32_t, 8> kStarts = {'=', '+', '-', '@', 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20};
  return std::find(kStarts.begin(), kStarts.end(), first_code_point(text)) != kStarts.end();
}

std::string csv_field(std::string_view text) {
  std::string field = "\"";
  if (begins_formula(text)) field += '\'';
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

/// Mean confidence of the words with three decimals; empty when there are none or their engine does not tell.
std::string mean_confidence(const Segment& segment) {
  if (segment.words.empty() || segment.words.front().confidence < 0) return {};
  double sum = 0;
  for (const Word& word : segment.words) sum += std::clamp(static_cast<double>(word.confidence), 0.0, 1.0);
  if (!(sum >= 0)) return {};
  return three_decimals(from_seconds(sum / static_cast<double>(segment.words.size())));
}

/// Markdown (CommonMark 0.31): a backslash before what could be markup.
std::string escape_markdown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_[]<>#|~&").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string or_unknown(std::string_view text) {
  const std::string clean = escape_markdown(one_line(text));
  return clean.empty() ? "unknown" : clean;
}

/// Whether text after `silence` begins a new paragraph.
bool begins_paragraph(const std::string& before, Millis silence, Millis pause) {
  return silence >= pause || (ends_sentence(before) && display_width(before) >= kFullParagraph);
}

}  // namespace

std::vector<Paragraph> paragraphs(const Transcript& transcript, Millis pause) {
  std::vector<Paragraph> result;
  Millis end{0};
  std::string_view speaker;
  for (const Segment& segment : transcript.segments) {
    if (one_line(segment.text).empty()) continue;
    if (result.empty() || segment.speaker != speaker ||
        begins_paragraph(result.back().text, segment.start - end, pause))
      result.push_back({segment.start, {}, one_line(speaker_label(transcript, segment.speaker))});
    speaker = segment.speaker;
    append_segment(result.back().text, segment);
    end = std::max(end, segment.end);
  }
  return result;
}

std::string TextStream::add(const Segment& segment) {
  if (one_line(segment.text).empty()) return {};
  std::string out;
  if (!paragraph_.empty() && begins_paragraph(paragraph_, segment.start - end_, pause_)) {
    out = "\n\n";
    paragraph_.clear();
  }
  const std::size_t before = paragraph_.size();
  append_segment(paragraph_, segment);
  end_ = std::max(end_, segment.end);
  return out.append(paragraph_, before);
}

std::string TextStream::finish() { return paragraph_.empty() ? "" : "\n"; }

namespace {

/// With who speaks, and since when.
std::string write_dialogue(const Transcript& transcript, const WriteOptions& options) {
  std::string out;
  for (const Paragraph& paragraph : paragraphs(transcript, options.paragraph_pause)) {
    if (!out.empty()) out += '\n';
    if (options.times) out += '[' + clock_time(paragraph.start) + "] ";
    if (!paragraph.speaker.empty()) out += paragraph.speaker + ": ";
    out += paragraph.text + '\n';
  }
  return out;
}

}  // namespace

std::string write_txt(const Transcript& transcript, const WriteOptions& options) {
  if (!transcript.speakers.empty()) return write_dialogue(transcript, options);
  TextStream stream(options.paragraph_pause);
  std::string out;
  for (const Segment& segment : transcript.segments) out += stream.add(segment);
  return out + stream.finish();
}

std::string write_markdown(const Transcript& transcript, const WriteOptions& options) {
  const std::string title = one_line(options.title);
  std::string out = "# " + (title.empty() ? "Transcript" : escape_markdown(title)) + "\n\n";
  out += "- Length: " + clock_time(transcript.duration) + '\n';
  out += "- Language: " + or_unknown(language_name(transcript.language)) + '\n';
  out +=
      "- Recognised by: " + or_unknown(transcript.engine) + ", model " + or_unknown(transcript.model) + '\n';
  for (const std::string& warning : transcript.warnings) {
    out += "- Note: " + escape_markdown(one_line(warning)) + '\n';
  }
  for (const Paragraph& paragraph : paragraphs(transcript, options.paragraph_pause)) {
    std::string label = options.times ? '[' + clock_time(paragraph.start) + ']' : "";
    if (!paragraph.speaker.empty()) append_item(label, escape_markdown(paragraph.speaker) + ':', " ");
    out += (label.empty() ? "\n" : "\n**" + label + "** ") + escape_markdown(paragraph.text) + '\n';
  }
  return out;
}

std::string write_tsv(const Transcript& transcript) {
  const bool spoken = !transcript.speakers.empty();
  std::string out = spoken ? "start\tend\ttext\tspeaker\n" : "start\tend\ttext\n";
  for (const Segment& segment : transcript.segments) {
    const Millis start = std::max(segment.start, Millis(0));
    out += std::to_string(start.count()) + '\t';
    out += std::to_string(std::max(segment.end, start).count()) + '\t';
    out += one_line(segment.text);
    if (spoken) out += '\t' + one_line(speaker_label(transcript, segment.speaker));
    out += '\n';
  }
  return out;
}

std::string write_csv(const Transcript& transcript) {
  const bool spoken = !transcript.speakers.empty();
  std::string out = spoken ? "start,end,text,confidence,speaker\r\n" : "start,end,text,confidence\r\n";
  for (const Segment& segment : transcript.segments) {
    const Millis start = std::max(segment.start, Millis(0));
    out += three_decimals(start) + ',' + three_decimals(std::max(segment.end, start)) + ',';
    out += csv_field(one_line(segment.text)) + ',' + mean_confidence(segment);
    if (spoken) out += ',' + csv_field(one_line(speaker_label(transcript, segment.speaker)));
    out += "\r\n";
  }
  return out;
}

}  // namespace vat::subtitles
