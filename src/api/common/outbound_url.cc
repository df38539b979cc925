#include "api/common/outbound_url.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "base/text.h"
#include "net/address.h"
#include "net/url.h"

namespace vat::api {
namespace {

/// Visible ASCII without what no URL holds (RFC 3986, section 2), whose parsers disagree about it.
bool has_plain_characters(std::string_view url) {
  return url.find_first_of("\\\"<>^`{|}") == std::string_view::npos &&
         std::all_of(url.begin(), url.end(), is_graphic);
}

/// The last label begins with a digit, as only that of an address does.
bool is_numeric(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return !last.empty() && is_digit(last.front());
}

bool is_local_name(std::string_view name) {
  return name == "localhost" || name.ends_with(".localhost") || name.ends_with(".local") ||
         name.ends_with(".internal") || name.find('.') == std::string_view::npos;
}

bool is_name(std::string_view host) { return !host.starts_with('[') && !is_numeric(host); }

/// Whether a name stands in the URL as it is, and not behind percent signs, a user or a port that is none.
bool spells_name(std::string_view text, const net::Url& url) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
  if (url.host.find_first_not_of(kAllowed) != std::string::npos) return false;
  const std::string begin = url.scheme + "://" + url.host;
  if (!fold_case(text).starts_with(begin)) return false;
  const std::string_view rest = text.substr(begin.size());
  if (rest.starts_with(':')) return rest.size() > 1 && is_digit(rest[1]);
  return rest.empty() || rest.front() == '/' || rest.front() == '?';
}

bool is_plainly_private(std::string_view host) {
  while (host.ends_with('.')) host.remove_suffix(1);
  if (is_name(host)) return is_local_name(host);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return !net::is_public_address(host);
}

}  // namespace

Result<> check_outbound_url(std::string_view url, const UrlRules& rules) {
  const std::string noun(rules.noun);
  const auto refuse = [&] {
    return fail_field(std::string(rules.field), "A " + noun + " must be an http or https URL of at most " +
                                                    std::to_string(rules.max_bytes) +
                                                    " characters, without a user name.");
  };
  if (url.size() > rules.max_bytes || !has_plain_characters(url)) return refuse();
  const Result<net::Url> parsed = net::parse_url(std::string(url));
  if (!parsed || parsed->has_user || parsed->has_zone || parsed->has_fragment) return refuse();
  if (is_name(parsed->host) && !spells_name(url, *parsed)) return refuse();
  if (rules.allow_private || !is_plainly_private(parsed->host)) return {};
  return fail(Error(ErrorCode::kPermission, "The URL of a " + noun + " may not be on a private network.")
                  .about_field(std::string(rules.field)));
}

}  // namespace vat::api
