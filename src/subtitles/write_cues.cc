#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/text.h"
#include "subtitles/cue_times.h"
#include "subtitles/formats.h"
#include "subtitles/line_text.h"
#include "subtitles/writers.h"

namespace vat::subtitles {
namespace {

/// A silence of this length clears a line of LRC from the screen.
constexpr Millis kClearAfter{2000};

/// The cue's lines, ready to be written: an empty line would end the cue.
std::vector<std::string> written_lines(const Cue& cue) {
  std::vector<std::string> lines;
  for (const std::string& line : cue.lines) {
    std::string clean = one_line(line);
    if (!clean.empty()) lines.push_back(std::move(clean));
  }
  return lines;
}

/// SRT has no escapes of its own, so text is escaped only where a player would read it as markup or a timing
/// line.
std::string srt_line(const std::string& line) {
  if (joins_two_times(line)) {
    const std::size_t digit = line.find_first_not_of(' ');
    return "&#" + std::to_string(static_cast<int>(line[digit])) + ";" + escape_markup(line.substr(digit + 1));
  }
  if (line.find("-->") == std::string::npos && strip_srt_markup(line) == line) return line;
  std::string escaped;
  for (const char c : escape_markup(line)) {
    if (c == '{') {
      escaped += "&#123;";
    } else if (c == '\\') {
      escaped += "&#92;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string vtt_voice(const std::string& speaker) {
  std::string tag = "<v " + escape_markup(speaker);
  // With the bracket that closes the tag, hyphens would be the arrow that begins a cue.
  if (tag.back() == '-') tag.replace(tag.size() - 1, 1, "&#45;");
  return tag + '>';
}

void append_times(std::string& out, const Cue& cue, char separator) {
  const Millis start = std::max(cue.start, Millis(0));
  const Millis end = std::max(cue.end, start + Millis(1));
  out += clock_time(start, separator);
  out += " --> ";
  out += clock_time(end, separator);
  out += '\n';
}

/// "[02:03.45]": LRC has minutes of any size and hundredths of a second.
std::string lrc_time(Millis time) {
  const auto hundredths = std::max<std::int64_t>(time.count(), 0) / 10;
  char buffer[40];
  const int length = std::snprintf(
      buffer, sizeof buffer, "[%02lld:%02lld.%02lld]", static_cast<long long>(hundredths / 6000),
      static_cast<long long>(hundredths / 100 % 60), static_cast<long long>(hundredths % 100));
  return {buffer, static_cast<std::size_t>(length)};
}

/// Whether the cue begins with another speaker than the one before it ended with, who is remembered.
bool changes_speaker(const Cue& cue, std::string& before) {
  const std::string& last = cue.last_speaker.empty() ? cue.speaker : cue.last_speaker;
  return cue.speaker != std::exchange(before, last);
}

/// The lines of a cue as one, with a space where the language writes one.
std::string line_of(const Cue& cue, bool named) {
  std::string text = named && !cue.dashed ? one_line(cue.speaker) : std::string();
  if (!text.empty()) text += ':';
  for (const std::string& line : written_lines(cue)) {
    if (!text.empty() && !joins_without_space(text, line)) text += ' ';
    text += line;
  }
  return text;
}

void append_lrc_tag(std::string& out, std::string_view name, std::string_view value) {
  std::string clean = one_line(value);
  std::replace(clean.begin(), clean.end(), ']', ')');
  if (clean.empty()) return;
  out += '[';
  out += name;
  out += ':';
  out += clean;
  out += "]\n";
}

}  // namespace

std::string write_srt(std::span<const Cue> cues) {
  std::string out;
  std::size_t number = 0;
  std::string before;
  for (const Cue& cue : cues) {
    const std::vector<std::string> lines = written_lines(cue);
    if (lines.empty()) continue;
    out += std::to_string(++number);
    out += '\n';
    append_times(out, cue, ',');
    const std::string speaker = one_line(cue.speaker);
    const bool changes = changes_speaker(cue, before) && !cue.dashed;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool named = i == 0 && changes && !speaker.empty();
      out += srt_line(named ? speaker + ": " + lines[i] : lines[i]) + '\n';
    }
    out += '\n';
  }
  return out;
}

std::string write_vtt(std::span<const Cue> cues, std::string_view note) {
  std::string out = "WEBVTT\n\n";
  // A comment block ends at an empty line and may not contain an arrow.
  if (!note.empty()) out += "NOTE\n" + escape_markup(one_line(note)) + "\n\n";
  for (const Cue& cue : cues) {
    const std::vector<std::string> lines = written_lines(cue);
    if (lines.empty()) continue;
    append_times(out, cue, '.');
    const std::string speaker = one_line(cue.speaker);
    const std::string last = one_line(cue.last_speaker);
    if (!speaker.empty()) out += vtt_voice(speaker);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      // The end of a voice may be left out only where it is the cue's.
      const bool second = i > 0 && i + 1 == lines.size() && !last.empty();
      if (second) out.insert(out.size() - 1, "</v>");
      out += (second ? vtt_voice(last) : "") + escape_markup(lines[i]) + (second ? "</v>\n" : "\n");
    }
    out += '\n';
  }
  return out;
}

std::string write_lrc(const Transcript& transcript, std::span<const Cue> cues, const WriteOptions& options) {
  std::string out;
  append_lrc_tag(out, "ti", options.title);
  append_lrc_tag(out, "la", transcript.language);
  append_lrc_tag(out, "re", "video-audio-text");
  if (transcript.duration > Millis(0)) {
    const std::string length = lrc_time(transcript.duration);
    append_lrc_tag(out, "length", std::string_view(length).substr(1, length.size() - 2));
  }
  std::string before;
  for (std::size_t i = 0; i < cues.size(); ++i) {
    const std::string text = line_of(cues[i], changes_speaker(cues[i], before));
    if (text.empty()) continue;
    out += lrc_time(cues[i].start);
    // Players read every bracket at the start of a line as a time.
    if (text.front() == '[') out += ' ';
    out += text;
    out += '\n';
    if (i + 1 < cues.size() && cues[i + 1].start - cues[i].end >= kClearAfter)
      out += lrc_time(cues[i].end) + '\n';
  }
  return out;
}

}  // namespace vat::subtitles
