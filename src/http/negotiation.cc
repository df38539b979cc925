// Which of several forms of a content a client gets (RFC 9110, section 12), and whether it already has it
// (section 8.8).
#include <algorithm>

#include "http/content.h"
#include "http/fields.h"

namespace vat::http {
namespace {

constexpr int kNotNamed = -1;

/// How well an element of an Accept field fits a media type: 3 by name, 2 by "type/*", 1 by "*/*", 0 not at
/// all.
int precision(std::string_view element, std::string_view type) {
  if (element == "*/*") return 1;
  if (equals_ignoring_case(element, type)) return 3;
  if (element.size() > 2 && element.ends_with("/*") && type.size() > element.size() - 1 &&
      equals_ignoring_case(element.substr(0, element.size() - 1), type.substr(0, element.size() - 1)))
    return 2;
  return 0;
}

/// The most precise element decides (RFC 9110, section 12.5.1).
int weight_of(const std::vector<Weighted>& accepted, std::string_view type) {
  int weight = 0;
  int best = 0;
  for (const Weighted& element : accepted) {
    const int fits = precision(element.name, type);
    if (fits <= best) continue;
    best = fits;
    weight = element.weight;
  }
  return weight;
}

std::string_view without_weakness(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

}  // namespace

bool etag_matches(std::string_view field, std::string_view etag) {
  for (const std::string_view tag : split_list(field)) {
    if (tag == "*") return true;
    if (!etag.empty() && without_weakness(tag) == without_weakness(etag)) return true;
  }
  return false;
}

Encoding choose_encoding(std::string_view accept_encoding, bool gzip, bool brotli) {
  int gzip_weight = kNotNamed;
  int brotli_weight = kNotNamed;
  int identity_weight = kNotNamed;
  int other_weight = 0;
  for (const Weighted& element : parse_weighted_list(accept_encoding)) {
    if (equals_ignoring_case(element.name, "gzip") || equals_ignoring_case(element.name, "x-gzip"))
      gzip_weight = element.weight;
    else if (equals_ignoring_case(element.name, "br"))
      brotli_weight = element.weight;
    else if (equals_ignoring_case(element.name, "identity"))
      identity_weight = element.weight;
    else if (element.name == "*")
      other_weight = element.weight;
  }
  if (gzip_weight == kNotNamed) gzip_weight = other_weight;
  if (brotli_weight == kNotNamed) brotli_weight = other_weight;
  if (!gzip) gzip_weight = 0;
  if (!brotli) brotli_weight = 0;
  const int best = std::max(gzip_weight, brotli_weight);
  if (best == 0 || identity_weight > best) return Encoding::kIdentity;
  return brotli_weight == best ? Encoding::kBrotli : Encoding::kGzip;
}

std::string_view choose_media_type(std::string_view accept, const std::vector<std::string_view>& offered) {
  if (offered.empty()) return {};
  if (trim_blanks(accept).empty()) return offered.front();
  const std::vector<Weighted> accepted = parse_weighted_list(accept);
  std::string_view chosen;
  int best = 0;
  for (const std::string_view type : offered) {
    const int weight = weight_of(accepted, trim_blanks(type.substr(0, type.find(';'))));
    if (weight <= best) continue;
    best = weight;
    chosen = type;
  }
  return chosen;
}

}  // namespace vat::http
