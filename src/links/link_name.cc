#include "links/link_name.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/ascii.h"
#include "base/file_name.h"
#include "base/text.h"

namespace vat::links {
namespace {

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char low = to_lower(c);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// What is no escape stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

/// Behind "scheme://".
std::string_view without_scheme(std::string_view url) {
  const std::size_t at = url.find("://");
  return at == std::string_view::npos ? url : url.substr(at + 3);
}

std::string_view authority(std::string_view url) {
  const std::string_view rest = without_scheme(url);
  return rest.substr(0, std::min(rest.find_first_of("/?#"), rest.size()));
}

std::string last_segment(std::string_view url) {
  std::string_view path = without_scheme(url);
  path.remove_prefix(authority(url).size());
  path = path.substr(0, std::min(path.find_first_of("?#"), path.size()));
  while (path.ends_with('/')) path.remove_suffix(1);
  // An escaped slash separates as well.
  return std::string(last_path_component(percent_decoded(path.substr(path.rfind('/') + 1))));
}

bool has_extension(std::string_view name) {
  constexpr std::size_t kMaxExtension = 5;
  const std::size_t dot = name.rfind('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < name.size() &&
         name.size() - dot - 1 <= kMaxExtension;
}

/// A parameter's value at the front, which is cut off: a token, or a quoted string (RFC 9110, section 5.6.4).
std::string take_value(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    value = trim(rest.substr(0, end));
    rest.remove_prefix(end);
    return value;
  }
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != '"') {
    if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
    value += rest.front();
    rest.remove_prefix(1);
  }
  rest.remove_prefix(std::min(rest.find(';'), rest.size()));
  return value;
}

/// "UTF-8''na%C3%AFve.mp4" (RFC 8187, section 3.2); empty for another form.
std::optional<std::string> extended_value(std::string_view text) {
  const std::size_t first = text.find('\'');
  const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string bytes = percent_decoded(text.substr(second + 1));
  if (equals_ignoring_case(text.substr(0, first), "UTF-8")) return bytes;
  if (!equals_ignoring_case(text.substr(0, first), "ISO-8859-1")) return std::nullopt;
  std::string utf8;
  for (const char c : bytes) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x80) utf8 += static_cast<char>(0xC0U | (code >> 6U));
    utf8 += code < 0x80 ? c : static_cast<char>(0x80U | (code & 0x3FU));
  }
  return utf8;
}

}  // namespace

std::string host_of_url(std::string_view url) {
  const std::string_view all = authority(url);
  return std::string(all.substr(all.rfind('@') + 1));
}

std::string name_of_url(std::string_view url) {
  std::string name = last_segment(url);
  return name.empty() ? host_of_url(url) : name;
}

std::string name_of_disposition(std::string_view field) {
  std::string plain;
  std::size_t semicolon = field.find(';');
  while (semicolon != std::string_view::npos) {
    field.remove_prefix(semicolon + 1);
    const std::size_t equals = field.find_first_of("=;");
    if (equals == std::string_view::npos) break;
    const std::string_view name = trim(field.substr(0, equals));
    const bool valued = field[equals] == '=';
    field.remove_prefix(equals + (valued ? 1 : 0));
    if (!valued) {
      semicolon = field.find(';');
      continue;
    }
    while (field.starts_with(' ') || field.starts_with('\t')) field.remove_prefix(1);
    const std::string value = take_value(field);
    if (equals_ignoring_case(name, "filename*")) {
      if (const auto extended = extended_value(value); extended && !extended->empty())
        return std::string(last_path_component(*extended));
    }
    if (plain.empty() && equals_ignoring_case(name, "filename")) plain = value;
    semicolon = field.find(';');
  }
  return std::string(last_path_component(plain));
}

std::string name_of_answer(std::string_view asked_url, const HttpResponse& answer) {
  std::string name = name_of_disposition(find_header(answer.headers, "Content-Disposition"));
  if (!name.empty()) return name;
  name = name_of_url(asked_url);
  if (has_extension(last_segment(asked_url)) || !has_extension(last_segment(answer.url))) return name;
  return name_of_url(answer.url);
}

}  // namespace vat::links
