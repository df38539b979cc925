#include "sign_in_options.h"

#include <algorithm>
#include <cstdlib>

#include "base/ascii.h"
#include "base/text.h"
#include "net/url.h"

namespace vat::app {
namespace {

constexpr const char* kGoogleIssuer = "https://accounts.google.com";

tl::unexpected<Error> wrong_setting(const std::string& sentence) {
  return fail(ErrorCode::kInvalidArgument, sentence);
}

std::string setting_or_variable(const std::string& value, const char* variable) {
  if (!value.empty()) return value;
  const char* const found = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nothing calls setenv
  return found == nullptr ? "" : found;
}

/// "a, b" -> {"a", "b"}; empty ones are kept, as they have their place.
std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> items;
  if (trim(text).empty()) return items;
  std::string_view rest = text;
  for (;;) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    items.emplace_back(trim(rest.substr(0, comma)));
    if (comma == rest.size()) return items;
    rest.remove_prefix(comma + 1);
  }
}

std::vector<std::string> lower_list_of(const std::string& text) {
  std::vector<std::string> items;
  for (const std::string& item : list_of(text)) {
    if (!item.empty()) items.push_back(to_lower(item));
  }
  return items;
}

/// "https://login.example/x" -> "login.example", for a provider without a name.
std::string host_of_issuer(const std::string& issuer) {
  const auto url = net::parse_url(issuer);
  return url ? url->host : issuer;
}

/// A name for addresses: letters and digits of the provider's name.
std::string id_of(const std::string& name, std::size_t number) {
  std::string id;
  for (const char c : to_lower(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) id += c;
  }
  return id.empty() ? "provider" + std::to_string(number) : id;
}

Result<std::vector<auth::Algorithm>> algorithms_of(const std::string& text) {
  std::vector<auth::Algorithm> algorithms;
  for (const std::string& name : list_of(text)) {
    const auto algorithm = auth::parse_algorithm(name);
    if (!algorithm)
      return wrong_setting("--oidc-algorithms (VAT_OIDC_ALGORITHMS) takes RS256, PS256 and ES256, not \"" +
                           name + "\".");
    algorithms.push_back(*algorithm);
  }
  return algorithms;
}

Result<std::vector<auth::ProviderSettings>> oidc_providers(const ServeSettings& settings) {
  const auto issuers = list_of(settings.oidc_issuer);
  const auto clients = list_of(settings.oidc_client_id);
  const auto secrets = list_of(settings.oidc_client_secret);
  const auto names = list_of(settings.oidc_name);
  const auto scopes = list_of(settings.oidc_scopes);
  VAT_ASSIGN(const std::vector<auth::Algorithm> algorithms, algorithms_of(settings.oidc_algorithms));
  if (clients.size() != issuers.size() || secrets.size() > issuers.size() || names.size() > issuers.size() ||
      scopes.size() > std::max<std::size_t>(issuers.size(), 1))
    return wrong_setting(
        "--oidc-issuer (VAT_OIDC_ISSUER) and --oidc-client-id (VAT_OIDC_CLIENT_ID) need as many entries as "
        "each "
        "other, and the other OIDC settings no more.");
  std::vector<auth::ProviderSettings> providers;
  const auto entry = [](const std::vector<std::string>& list, std::size_t i) {
    return i < list.size() ? list[i] : std::string();
  };
  for (std::size_t i = 0; i < issuers.size(); ++i) {
    auth::ProviderSettings one{.issuer = issuers[i], .client_id = clients[i]};
    one.client_secret = entry(secrets, i);
    one.name = entry(names, i).empty() ? host_of_issuer(one.issuer) : entry(names, i);
    one.id = id_of(one.name, i + 1);
    if (!entry(scopes, i).empty()) one.scopes = entry(scopes, i);
    if (!algorithms.empty()) one.algorithms = algorithms;
    if (const auto valid = auth::validate(one); !valid)
      return wrong_setting("--oidc-issuer (VAT_OIDC_ISSUER): " + valid.error().message);
    providers.push_back(std::move(one));
  }
  return providers;
}

Result<std::vector<auth::ProviderSettings>> providers_of(const ServeSettings& settings) {
  VAT_ASSIGN(std::vector<auth::ProviderSettings> providers, oidc_providers(settings));
  const std::string id = setting_or_variable(settings.google_client_id, "GOOGLE_CLIENT_ID");
  const std::string secret = setting_or_variable(settings.google_client_secret, "GOOGLE_CLIENT_SECRET");
  if (id.empty() != secret.empty())
    return wrong_setting(
        "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET (--google-client-id, --google-client-secret) must be set "
        "together.");
  if (!id.empty())
    providers.insert(providers.begin(), auth::ProviderSettings{.id = "google",
                                                               .name = "Google",
                                                               .issuer = kGoogleIssuer,
                                                               .client_id = id,
                                                               .client_secret = secret,
                                                               .algorithms = {auth::Algorithm::kRs256}});
  for (std::size_t i = 0; i < providers.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (providers[i].issuer == providers[j].issuer || providers[i].id == providers[j].id)
        return wrong_setting(
            "--oidc-issuer (VAT_OIDC_ISSUER) and --oidc-name (VAT_OIDC_NAME) must not name \"" +
            providers[i].name + "\" twice.");
    }
  }
  return providers;
}

/// "https://vat.example"; without one, this machine's own address, if only this machine is served.
Result<std::string> base_url_of(const ServeSettings& settings) {
  std::string text = settings.base_url;
  if (text.empty()) {
    if (!is_local_only(settings) || settings.port == 0)
      return wrong_setting(
          "With sign-in, --base-url (VAT_BASE_URL) must say the address in the browser, such as "
          "https://vat.example.");
    const char* const scheme = settings.tls_certificate.empty() ? "http" : "https";
    return scheme + ("://localhost:" + std::to_string(settings.port));
  }
  if (text.ends_with('/')) text.pop_back();
  const auto url = net::parse_url(text);
  const std::size_t begin = text.find("://");
  if (!url || url->has_user || begin == std::string::npos ||
      text.find_first_of("/?#", begin + 3) != std::string::npos || text != to_lower(text))
    return wrong_setting(
        "--base-url (VAT_BASE_URL) must be an origin in lower case, such as https://vat.example, not \"" +
        settings.base_url + "\".");
  return text;
}

}  // namespace

Result<std::optional<auth::SignInOptions>> sign_in_options(const ServeSettings& settings) {
  VAT_ASSIGN(std::vector<auth::ProviderSettings> providers, providers_of(settings));
  if (providers.empty() && !settings.require_sign_in) {
    if (is_local_only(settings)) return std::optional<auth::SignInOptions>();
    return wrong_setting(
        "Without sign-in, the service listens on loopback only: set GOOGLE_CLIENT_ID and "
        "GOOGLE_CLIENT_SECRET, or "
        "VAT_OIDC_ISSUER, or VAT_REQUIRE_SIGN_IN, for people to sign in; or --address (VAT_ADDRESS) must be "
        "127.0.0.1, ::1 or localhost, not \"" +
        settings.address + "\".");
  }
  auth::SignInOptions options;
  options.providers = std::move(providers);
  VAT_ASSIGN(options.base_url, base_url_of(settings));
  options.rules.domains = lower_list_of(settings.allowed_domains);
  options.rules.emails = lower_list_of(settings.allowed_emails);
  options.rules.admins = lower_list_of(settings.admin_emails);
  options.rules.invited_only = settings.invited_only;
  options.lifetimes.idle = std::chrono::hours(settings.session_idle);
  options.lifetimes.absolute = std::chrono::hours(settings.session_lifetime);
  return std::optional<auth::SignInOptions>(std::move(options));
}

std::vector<std::string> hosts_of(const ServeSettings& settings,
                                  const std::optional<auth::SignInOptions>& sign_in) {
  std::vector<std::string> hosts = allowed_hosts(settings);
  if (!sign_in) return hosts;
  if (const auto url = net::parse_url(sign_in->base_url)) hosts.push_back(url->host);
  return hosts;
}

}  // namespace vat::app
