#include "subtitles/line_text.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "base/ascii.h"
#include "base/text.h"
#include "subtitles/references.h"
#include "subtitles/script.h"

namespace vat::subtitles {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";

std::string replace_references(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t length =
        text[i] == '&' ? read_reference(text.substr(i), References::kStandard, out) : 0;
    if (length == 0) out += text[i];
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

/// Length of the WebVTT tag at the front of `text`, or 0: a lone "<" stays text.
std::size_t vtt_tag_length(std::string_view text, std::size_t from) {
  if (from + 1 >= text.size()) return 0;
  const char next = text[from + 1];
  if (!is_alphanumeric(next) && next != '/' && next != '.' && next != '>') return 0;
  const std::size_t close = text.find('>', from);
  return close == std::string_view::npos ? 0 : close - from + 1;
}

/// "v.loud Anna" -> "Anna"; empty for every other tag.
std::string_view voice_name(std::string_view tag) {
  if (tag.empty() || tag.front() != 'v') return {};
  const std::size_t space = tag.find_first_of(kSpace);
  if (space == std::string_view::npos || (space > 1 && tag[1] != '.')) return {};
  return tag.substr(space);
}

/// Length of a tag that SRT players know, or 0; anything else in angle brackets is spoken text.
std::size_t srt_tag_length(std::string_view text, std::size_t from) {
  static constexpr std::array<std::string_view, 11> kTags = {"i",    "b",    "u", "s", "em", "strong",
                                                             "font", "span", "c", "v", "br"};
  std::size_t at = from + 1;
  if (at < text.size() && text[at] == '/') ++at;
  const std::size_t name_begin = at;
  while (at < text.size() && is_letter(text[at])) ++at;
  const std::string name = fold_case(text.substr(name_begin, std::min<std::size_t>(at - name_begin, 8)));
  if (std::find(kTags.begin(), kTags.end(), name) == kTags.end() || at == text.size()) return 0;
  if (text[at] != '>' && text[at] != ' ' && text[at] != '.' && text[at] != '/') return 0;
  const std::size_t close = text.find('>', at);
  return close == std::string_view::npos ? 0 : close - from + 1;
}

/// Length of an override block of SubStation Alpha or MicroDVD, found in some SRT files: "{\an8}", "{y:i}".
std::size_t override_length(std::string_view text, std::size_t from) {
  constexpr std::string_view kMicroDvd = "CcFfoPSsYy";
  if (from + 2 >= text.size()) return 0;
  const bool micro_dvd = kMicroDvd.find(text[from + 1]) != std::string_view::npos && text[from + 2] == ':';
  if (text[from + 1] != '\\' && !micro_dvd) return 0;
  const std::size_t close = text.find('}', from);
  return close == std::string_view::npos ? 0 : close - from + 1;
}

/// Whether the block draws a shape, whose coordinates follow as if they were text: {\p1} begins, {\p0} ends
/// it.
bool draws(std::string_view block, bool before) {
  for (std::size_t at = block.find("\\p"); at != std::string_view::npos; at = block.find("\\p", at + 2))
    if (at + 2 < block.size() && is_digit(block[at + 2])) before = block[at + 2] != '0';
  return before;
}

/// One pass over a line of SRT.
class SrtStripper {
 public:
  explicit SrtStripper(std::string_view text) : text_(text), last_angle_(last('>')), last_brace_(last('}')) {}

  std::string run() {
    out_.reserve(text_.size());
    std::size_t i = 0;
    while (i < text_.size()) {
      if (i == 0 || text_[i - 1] == ' ') in_path_ = begins_path(i);
      const std::size_t length = markup_at(i);
      if (length == 0 && !drawing_) out_ += text_[i];
      i += std::max<std::size_t>(length, 1);
    }
    return std::move(out_);
  }

 private:
  /// Past the last closing bracket of its kind nothing opens a tag; without this, many "<" would cost a
  /// search each.
  [[nodiscard]] std::size_t last(char bracket) const {
    const std::size_t at = text_.rfind(bracket);
    return at == std::string_view::npos ? 0 : at;
  }

  /// "C:\Notes" and "\\server\home" are names of files, not line breaks.
  [[nodiscard]] bool begins_path(std::size_t i) const {
    const std::string_view rest = text_.substr(i);
    return rest.starts_with("\\\\") ||
           (rest.size() > 2 && is_letter(rest[0]) && rest[1] == ':' && rest[2] == '\\');
  }

  /// Length of the markup at `i`, or 0; what it stands for goes into the output.
  std::size_t markup_at(std::size_t i) {
    if (text_[i] == '{' && i < last_brace_) {
      const std::size_t length = override_length(text_, i);
      if (length > 0) drawing_ = draws(text_.substr(i, length), drawing_);
      return length;
    }
    if (drawing_) return 0;
    if (text_[i] == '<' && i < last_angle_) return srt_tag_length(text_, i);
    if (text_[i] == '&') return read_reference(text_.substr(i), References::kClosed, out_);
    if (text_[i] == '\\' && !in_path_ && i + 1 < text_.size()) return escape_at(i);
    return 0;
  }

  /// SubStation Alpha's \N, \n (line breaks) and \h (a space).
  std::size_t escape_at(std::size_t i) {
    const char c = text_[i + 1];
    if (c != 'N' && c != 'n' && c != 'h') return 0;
    out_ += c == 'h' ? ' ' : '\n';
    return 2;
  }

  std::string_view text_;
  std::size_t last_angle_;
  std::size_t last_brace_;
  std::string out_;
  bool in_path_ = false;
  bool drawing_ = false;
};

/// `written`: the name as in the tag; empty: it is another tag.
void begin_voice(std::string_view written, std::vector<VoiceText>& said) {
  std::string name = one_line(replace_references(written));
  if (name.empty() || name == said.back().voice) return;
  if (!said.back().voice.empty()) said.emplace_back();
  said.back().voice = std::move(name);
}

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string strip_srt_markup(std::string_view text) { return SrtStripper(text).run(); }

std::vector<VoiceText> strip_vtt_markup(std::string_view text) {
  std::vector<VoiceText> said(1);
  const std::size_t last_close = text.rfind('>');
  std::size_t i = 0;
  while (i < text.size()) {
    std::size_t length = 0;
    if (text[i] == '<' && last_close != std::string_view::npos && i < last_close) {
      length = vtt_tag_length(text, i);
      if (length > 2) begin_voice(voice_name(text.substr(i + 1, length - 2)), said);
    } else if (text[i] == '&') {
      length = read_reference(text.substr(i), References::kStandard, said.back().text);
    }
    if (length == 0) said.back().text += text[i];
    i += std::max<std::size_t>(length, 1);
  }
  return said;
}

std::string clock_time(Millis time) {
  const auto seconds = std::max<std::int64_t>(time.count(), 0) / 1000;
  std::array<char, 40> buffer{};
  const int length = std::snprintf(
      buffer.data(), buffer.size(), "%02lld:%02lld:%02lld", static_cast<long long>(seconds / 3600),
      static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

std::string clock_time(Millis time, char separator) {
  const auto millis = std::max<std::int64_t>(time.count(), 0) % 1000;
  std::string text = clock_time(time) + separator;
  text += static_cast<char>('0' + millis / 100);
  text += static_cast<char>('0' + millis / 10 % 10);
  text += static_cast<char>('0' + millis % 10);
  return text;
}

bool joins_without_space(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) return false;
  return is_unspaced(last_code_point(left)) && is_unspaced(first_code_point(right));
}

void append_segment(std::string& text, const Segment& segment) {
  const std::string added = one_line(segment.text);
  if (added.empty()) return;
  const bool joined = segment.words.empty() ? joins_without_space(text, added) : segment.words.front().joined;
  if (!text.empty() && !joined) text += ' ';
  text += added;
}

}  // namespace vat::subtitles
