#include "subtitles/reader.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/encoding.h"
#include "base/text.h"
#include "subtitles/cue_times.h"
#include "subtitles/line_text.h"

namespace vat::subtitles {
namespace {

bool is_number(std::string_view line) { return all_digits(trim(line)); }

/// "00:00:01,000 –› 00:00:02,000": a typing error, better reported than read as words.
bool looks_like_times(std::string_view line) {
  line = trim(line);
  return has_arrow(line) ||
         (!line.empty() && is_digit(line.front()) && line.find(':') < 12 &&
          line.find("->") != std::string_view::npos) ||
         joins_two_times(line);
}

/// The line for an error message, shortened.
std::string quoted(std::string_view line) {
  std::string text = one_line(line.substr(0, 60));
  if (line.size() > 60) text += "...";
  return '"' + text + '"';
}

/// Walks the lines of a text once. All views point into the text.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) { next(); }

  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] std::string_view line() const { return line_; }
  /// A line of spaces is blank in SRT only: in WebVTT it is text (YouTube's captions begin with one).
  [[nodiscard]] bool blank() const { return strict_ ? line_.empty() : trim(line_).empty(); }
  void be_strict() { strict_ = true; }
  [[nodiscard]] std::size_t number() const { return number_; }
  /// The line after this one; empty at the end.
  [[nodiscard]] std::string_view peek() const { return LineReader::first_line(rest_); }

  void next() {
    if (rest_.empty()) {
      done_ = true;
      line_ = {};
      return;
    }
    line_ = first_line(rest_);
    rest_.remove_prefix(line_.size());
    if (rest_.substr(0, 2) == "\r\n") {
      rest_.remove_prefix(2);
    } else if (!rest_.empty()) {
      rest_.remove_prefix(1);
    }
    ++number_;
  }

 private:
  static std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find_first_of("\r\n"));
  }

  std::string_view rest_;
  std::string_view line_;
  std::size_t number_ = 0;
  bool done_ = false;
  bool strict_ = false;
};

class SubtitleParser {
 public:
  explicit SubtitleParser(std::string_view text) : lines_(text) {}

  Result<std::vector<Cue>> parse() {
    VAT_TRY(read_header());
    while (!lines_.done()) {
      if (lines_.blank()) {
        lines_.next();
        continue;
      }
      VAT_TRY(read_block());
    }
    finish_cue();
    if (!any_times_)
      return fail(ErrorCode::kBadData, "The file contains no subtitles; give an SRT or WebVTT file.");
    std::stable_sort(cues_.begin(), cues_.end(),
                     [](const Cue& a, const Cue& b) { return a.start < b.start; });
    return std::move(cues_);
  }

 private:
  /// WebVTT is declared in the first line, and may have text there and below, up to the first empty line.
  Result<> read_header() {
    const std::string_view line = lines_.line();
    constexpr std::string_view kSignature = "WEBVTT";
    vtt_ = line.substr(0, kSignature.size()) == kSignature &&
           (line.size() == kSignature.size() || line[kSignature.size()] == ' ' ||
            line[kSignature.size()] == '\t');
    if (!vtt_) return {};
    lines_.be_strict();
    any_times_ = true;  // A WebVTT file without cues is valid.
    lines_.next();
    while (!lines_.done() && !lines_.blank() && !has_arrow(lines_.line())) lines_.next();
    return {};
  }

  /// The line after a cue's number, when it can only be meant as its times.
  [[nodiscard]] bool times_follow() const {
    return looks_like_times(lines_.peek()) || (!open_ && begins_with_time(lines_.peek()));
  }

  /// One block of lines up to an empty line: a cue, several without empty lines between them, a comment, or
  /// stray text.
  Result<> read_block() {
    if (looks_like_times(lines_.line())) return read_cue();
    if (vtt_ ? looks_like_times(lines_.peek()) : is_number(lines_.line()) && times_follow()) {
      lines_.next();  // The cue's number or name.
      return read_cue();
    }
    if (vtt_) {
      skip_block();  // NOTE, STYLE, REGION, and what later versions may add: the standard says to ignore it.
      return {};
    }
    return read_stray_text();
  }

  void skip_block() {
    while (!lines_.done() && !lines_.blank() && !has_arrow(lines_.line())) lines_.next();
  }

  /// In SRT, text after an empty line still belongs to the previous cue; the number of a truncated cue does
  /// not.
  Result<> read_stray_text() {
    if (!open_) {
      return fail(ErrorCode::kBadData,
                  "Line " + std::to_string(lines_.number()) + " is " + quoted(lines_.line()) +
                      ", where a subtitle's number or times were expected; give an SRT or WebVTT file.");
    }
    if (is_number(lines_.line()) && trim(lines_.line()) == std::to_string(cues_read_ + 1) &&
        trim(lines_.peek()).empty()) {
      lines_.next();
      return {};
    }
    while (!lines_.done() && !lines_.blank() && !looks_like_times(lines_.line())) {
      if (is_number(lines_.line()) && looks_like_times(lines_.peek())) break;
      take_text();
    }
    return {};
  }

  Result<> read_cue() {
    const auto times = parse_cue_times(lines_.line());
    if (!times) {
      return fail(ErrorCode::kBadData,
                  "Line " + std::to_string(lines_.number()) + " is " + quoted(lines_.line()) +
                      ", which is not a valid time such as 00:01:02,500 --> 00:01:04,000; correct it.");
    }
    finish_cue();
    if (cues_.size() >= kMaxCues) {
      return fail(ErrorCode::kLimit, "The file contains more than " + std::to_string(kMaxCues) +
                                         " subtitles by line " + std::to_string(lines_.number()) +
                                         "; split it.");
    }
    const Millis start = std::min(times->first, kMaxReadTime - Millis(1));
    open_ = Cue{start, std::max(times->second, start + Millis(1)), {}, {}};
    any_times_ = true;
    ++cues_read_;
    lines_.next();
    read_text();
    return {};
  }

  /// Up to an empty line, or to the next cue if the empty line is missing.
  void read_text() {
    while (!lines_.done() && !lines_.blank()) {
      if (begins_cue(lines_.line())) return;
      if (is_number(lines_.line()) &&
          (begins_cue(lines_.peek()) || (!vtt_ && joins_two_times(lines_.peek()))))
        return;
      take_text();
    }
  }

  /// WebVTT does not allow the arrow in text; SRT may contain one.
  [[nodiscard]] bool begins_cue(std::string_view line) const {
    return has_arrow(line) && (vtt_ || parse_cue_times(line).has_value());
  }

  void take_text() {
    text_ += lines_.line();
    text_ += '\n';
    lines_.next();
  }

  /// Adds the open cue, its markup removed, unless it is empty.
  void finish_cue() {
    if (!open_) return;
    if (vtt_) {
      // A tag may span lines.
      for (const VoiceText& said : strip_vtt_markup(text_)) add_voice(said);
    } else {
      // One of SRT may not.
      std::string_view rest = text_;
      while (!rest.empty()) add_lines(strip_srt_markup(take_part(rest, '\n')), open_->lines);
    }
    if (!open_->lines.empty()) cues_.push_back(std::move(*open_));
    open_.reset();
    text_.clear();
  }

  /// A cue has room for two voices, and the second one has a line. What others say is a cue of the same time.
  void add_voice(const VoiceText& said) {
    std::vector<std::string> lines;
    add_lines(said.text, lines);
    if (lines.empty()) return;
    const bool first = open_->lines.empty();
    const bool second = open_->last_speaker.empty() && lines.size() == 1;
    if (!first && !second) {
      const Cue next{open_->start, open_->end, {}, {}};
      cues_.push_back(std::exchange(*open_, next));
    }
    (!first && second ? open_->last_speaker : open_->speaker) = said.voice;
    std::move(lines.begin(), lines.end(), std::back_inserter(open_->lines));
  }

  static void add_lines(std::string_view text, std::vector<std::string>& lines) {
    while (!text.empty()) {
      std::string line = one_line(take_part(text, '\n'));
      if (!line.empty()) lines.push_back(std::move(line));
    }
  }

  LineReader lines_;
  bool vtt_ = false;
  bool any_times_ = false;
  std::size_t cues_read_ = 0;
  std::optional<Cue> open_;
  std::string text_;
  std::vector<Cue> cues_;
};

}  // namespace

bool looks_like_subtitles(std::string_view bytes) {
  constexpr std::size_t kEnough = 400;
  const std::string begin = decode_text(bytes.substr(0, kEnough));
  LineReader lines(begin);
  while (!lines.done() && lines.blank()) lines.next();
  if (lines.done()) return false;
  if (lines.line().starts_with("WEBVTT")) return true;
  const std::string_view times = is_number(lines.line()) ? lines.peek() : lines.line();
  return parse_cue_times(times).has_value();
}

Result<std::vector<Cue>> read_subtitles(std::string_view bytes) {
  if (bytes.size() > kMaxSubtitleBytes) {
    return fail(ErrorCode::kLimit, "The subtitle file is larger than " +
                                       std::to_string(kMaxSubtitleBytes >> 20) + " MiB; split it.");
  }
  const std::string text = decode_text(bytes);
  return SubtitleParser(text).parse();
}

}  // namespace vat::subtitles
