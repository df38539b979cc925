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
#include "subtitles/script.h"

namespace vat::subtitles {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";

struct NamedReference {
  std::string_view name;
  std::string_view text;
};
// Those that WebVTT writers use and those found in old SRT files; HTML has two thousand more.
constexpr std::array<NamedReference, 8> kReferences = {{{"amp", "&"},
                                                        {"lt", "<"},
                                                        {"gt", ">"},
                                                        {"quot", "\""},
                                                        {"apos", "'"},
                                                        {"nbsp", "\xc2\xa0"},
                                                        {"lrm", "\xe2\x80\x8e"},
                                                        {"rlm", "\xe2\x80\x8f"}}};
constexpr std::size_t kMaxReferenceLength = 10;

std::optional<UChar32> parse_code_point(std::string_view digits) {
  const bool hexadecimal = !digits.empty() && (digits.front() == 'x' || digits.front() == 'X');
  if (hexadecimal) digits.remove_prefix(1);
  if (digits.empty()) return std::nullopt;
  UChar32 value = 0;
  for (const char c : digits) {
    int digit = 0;
    if (is_digit(c)) {
      digit = c - '0';
    } else if (hexadecimal && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
      digit = (c | 0x20) - 'a' + 10;
    } else {
      return std::nullopt;
    }
    value = value * (hexadecimal ? 16 : 10) + digit;
    if (value > 0x10FFFF) return std::nullopt;
  }
  if (value == 0 || U_IS_SURROGATE(value)) return std::nullopt;
  return value;
}

/// Reads the reference at the front of `text` ("&amp;...") into `out`; returns its length, or 0 when there is
/// none.
std::size_t read_reference(std::string_view text, std::string& out) {
  const std::size_t end = text.substr(0, kMaxReferenceLength + 2).find(';');
  if (end == std::string_view::npos || end < 2) return 0;
  const std::string_view name = text.substr(1, end - 1);
  if (name.front() == '#') {
    const std::optional<UChar32> point = parse_code_point(name.substr(1));
    if (!point) return 0;
    std::array<char, U8_MAX_LENGTH> bytes{};
    std::size_t length = 0;
    U8_APPEND_UNSAFE(bytes.data(), length, *point);
    out.append(bytes.data(), length);
    return end + 1;
  }
  for (const NamedReference& reference : kReferences) {
    if (reference.name != name) continue;
    out += reference.text;
    return end + 1;
  }
  return 0;
}

std::string replace_references(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t length = text[i] == '&' ? read_reference(text.substr(i), out) : 0;
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

/// Length of an override block of SubStation Alpha, found in some SRT files: "{\an8}".
std::size_t override_length(std::string_view text, std::size_t from) {
  if (from + 1 >= text.size() || text[from + 1] != '\\') return 0;
  const std::size_t close = text.find('}', from);
  return close == std::string_view::npos ? 0 : close - from + 1;
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

std::string strip_srt_markup(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  // Past the last closing bracket of its kind nothing opens a tag; without this, many "<" would cost a search
  // each.
  const auto last = [text](char bracket) {
    const std::size_t at = text.rfind(bracket);
    return at == std::string_view::npos ? 0 : at;
  };
  const std::size_t last_angle = last('>');
  const std::size_t last_brace = last('}');
  std::size_t i = 0;
  while (i < text.size()) {
    std::size_t length = 0;
    if (text[i] == '<' && i < last_angle) length = srt_tag_length(text, i);
    if (text[i] == '{' && i < last_brace) length = override_length(text, i);
    if (text[i] == '&') length = read_reference(text.substr(i), out);
    if (length == 0) out += text[i];
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string strip_vtt_markup(std::string_view text, std::string& speaker) {
  std::string out;
  out.reserve(text.size());
  const std::size_t last_close = text.rfind('>');
  std::size_t i = 0;
  while (i < text.size()) {
    std::size_t length = 0;
    if (text[i] == '<' && last_close != std::string_view::npos && i < last_close) {
      length = vtt_tag_length(text, i);
      if (length > 2 && speaker.empty()) {
        speaker = one_line(replace_references(voice_name(text.substr(i + 1, length - 2))));
      }
    } else if (text[i] == '&') {
      length = read_reference(text.substr(i), out);
    }
    if (length == 0) out += text[i];
    i += std::max<std::size_t>(length, 1);
  }
  return out;
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
