#include "api/common/warnings.h"

#include "base/text.h"

namespace vat::api {
namespace {

/// A quoted-string (RFC 9110, section 5.6.4).
std::string quoted_ascii(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c >= ' ' && c <= '~' ? c : '?';
  }
  return quoted + '"';
}

}  // namespace

void set_warnings(http::Response& response, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return;
  response.set("Warning",
               join(sentences, ", ", [](const std::string& text) { return "299 - " + quoted_ascii(text); }));
}

}  // namespace vat::api
