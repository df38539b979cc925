#include "net/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace vat::net {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

bool has(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return false;
  curl_free(text);
  return true;
}

/// curl takes one slash to three, where other parsers take two.
bool has_two_slashes(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  text.remove_prefix(colon + 1);
  return text.starts_with("//") && !text.starts_with("///");
}

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, curl_free);
  return text;
}

}  // namespace

std::string Url::display() const {
  const bool usual = port == (scheme == "https" ? "443" : "80");
  return usual ? host : host + ":" + port;
}

Result<Url> parse_url(const std::string& text) {
  const auto invalid = [&text] {
    return fail(ErrorCode::kInvalidArgument, "The URL must be a complete http or https URL.", "URL: " + text);
  };
  // A control character would end the string early or reach the request line.
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; }))
    return invalid();
  if (!has_two_slashes(text)) return invalid();
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return invalid();
  Url result{.scheme = part(url.get(), CURLUPART_SCHEME),
             .host = part(url.get(), CURLUPART_HOST),
             .port = part(url.get(), CURLUPART_PORT),
             .has_user = has(url.get(), CURLUPART_USER) || has(url.get(), CURLUPART_PASSWORD),
             .has_zone = has(url.get(), CURLUPART_ZONEID),
             .has_fragment = has(url.get(), CURLUPART_FRAGMENT)};
  std::transform(result.host.begin(), result.host.end(), result.host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if ((result.scheme != "http" && result.scheme != "https") || result.host.empty()) return invalid();
  return result;
}

}  // namespace vat::net
