#include "http/message.h"

#include <array>
#include <cstdlib>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/text.h"
#include "http/fields.h"
#include "http/too_long.h"

namespace vat::http {
namespace {

/// Characters that are not allowed in a file's name in a field or on a disk.
bool is_hostile(char c) { return is_control(c) || c == '/' || c == '\\'; }

/// The name in ASCII for clients that do not support filename*: one '_' for each character that is not in it.
std::string ascii_name(std::string_view name) {
  std::string ascii;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xC0 || c == '"' || c == '%')
      ascii += '_';
    else if (byte < 0x80)
      ascii += c;
  }
  return ascii;
}

/// RFC 8187, section 3.2.
std::string extended_value(std::string_view name) { return "UTF-8''" + percent_encode(name, "!#$&+^`|"); }

}  // namespace

std::string_view method_name(Method method) {
  static constexpr std::array<std::string_view, 7> kNames = {"GET",   "HEAD",   "POST",   "PUT",
                                                             "PATCH", "DELETE", "OPTIONS"};
  return kNames[static_cast<std::size_t>(method)];
}

Task<Result<std::string>> BodyReader::read_all(std::size_t max_bytes) {
  std::string all;
  if (const auto announced = length()) {
    if (*announced > max_bytes) co_return too_long("The request", max_bytes);
    all.reserve(*announced);
  }
  while (true) {
    Result<std::string_view> piece = co_await read();
    if (!piece) co_return fail(std::move(piece).error());
    if (piece->empty()) co_return all;
    if (piece->size() > max_bytes - all.size()) co_return too_long("The request", max_bytes);
    all += *piece;
  }
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

const std::string& Request::parameter(std::string_view name) const {
  const auto found = parameters.find(name);
  if (found == parameters.end()) std::abort();  // The route's pattern and its handler disagree.
  return found->second;
}

Response text_response(int status, std::string content_type, std::string body) {
  Response response;
  response.status = status;
  response.set("Content-Type", std::move(content_type));
  response.body = std::move(body);
  return response;
}

Response empty_response(int status) {
  Response response;
  response.status = status;
  return response;
}

Response redirect_response(int status, std::string location) {
  Response response;
  response.status = status;
  response.set("Location", std::move(location));
  return response;
}

std::string content_disposition(std::string_view type, std::string_view filename) {
  std::string name = to_utf8(filename);
  for (char& c : name)
    if (is_hostile(c)) c = '_';
  if (name.empty()) return std::string(type);
  const std::string ascii = ascii_name(name);
  std::string field = std::string(type) + "; filename=\"" + ascii + "\"";
  if (ascii != name) field += "; filename*=" + extended_value(name);
  return field;
}

}  // namespace vat::http
