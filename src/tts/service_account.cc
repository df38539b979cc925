#include "tts/service_account.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/base64.h"
#include "tts/json_fields.h"

namespace vat::tts {
namespace {

namespace json = boost::json;

constexpr std::string_view kScope = "https://www.googleapis.com/auth/cloud-platform";
constexpr std::chrono::seconds kAssertionLifetime{3600};
/// A token is renewed this long before it expires, so that none expires in transit.
constexpr std::chrono::seconds kEarly{60};

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct DigestFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;

Key read_key(const std::string& pem) {
  const std::unique_ptr<BIO, BioFree> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return nullptr;
  // Without a callback OpenSSL would ask for a password at the terminal.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (key && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) key.reset();
  return key;
}

std::optional<std::string> sign_rs256(EVP_PKEY* key, std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, DigestFree> context(EVP_MD_CTX_new());
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) {
    return std::nullopt;
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                     text.size()) != 1)
    return std::nullopt;
  signature.resize(size);
  return signature;
}

bool is_loopback_http(std::string_view url) {
  return url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:") ||
         url.starts_with("http://[::1]:");
}

/// Consists of characters that need no escape in a form.
std::string form_body(const std::string& assertion) {
  return "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + assertion;
}

}  // namespace

Result<ServiceAccount> parse_service_account(std::string_view text) {
  constexpr std::string_view kWhat = "The Google service account file";
  VAT_ASSIGN(const json::object fields, parse_object(text, kWhat));
  const std::string type = string_field(fields, "type");
  if (type != "service_account") {
    return fail(ErrorCode::kBadData, std::string(kWhat) +
                                         " is not a service account's key: its \"type\" is not "
                                         "\"service_account\"; create one in the Google Cloud console.");
  }
  ServiceAccount account{string_field(fields, "client_email"), string_field(fields, "private_key"),
                         string_field(fields, "private_key_id"), string_field(fields, "token_uri")};
  if (account.client_email.empty() || account.private_key.empty())
    return fail(ErrorCode::kBadData,
                std::string(kWhat) + " lacks client_email or private_key; download it again.");
  if (account.token_uri.empty()) account.token_uri = "https://oauth2.googleapis.com/token";
  if (!account.token_uri.starts_with("https://") && !is_loopback_http(account.token_uri))
    return fail(ErrorCode::kBadData, std::string(kWhat) + " has a token_uri that is not an https URL.");
  if (!read_key(account.private_key)) {
    return fail(ErrorCode::kBadData,
                std::string(kWhat) + " has a private_key that is not an RSA key; download it again.");
  }
  return account;
}

Result<std::string> sign_assertion(const ServiceAccount& account, std::chrono::system_clock::time_point now) {
  const std::int64_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  json::object header{{"alg", "RS256"}, {"typ", "JWT"}};
  if (!account.private_key_id.empty()) header["kid"] = account.private_key_id;
  const json::object claims{{"iss", account.client_email},
                            {"scope", kScope},
                            {"aud", account.token_uri},
                            {"iat", seconds},
                            {"exp", seconds + kAssertionLifetime.count()}};
  const std::string input =
      base64url_encode(json::serialize(header)) + "." + base64url_encode(json::serialize(claims));
  const Key key = read_key(account.private_key);
  const auto signature = key ? sign_rs256(key.get(), input) : std::nullopt;
  if (!signature) return fail(ErrorCode::kInternal, "The assertion for Google could not be signed.");
  return input + "." + base64url_encode(*signature);
}

Result<AccessToken> parse_access_token(std::string_view text) {
  VAT_ASSIGN(const json::object fields, parse_object(text, "Google's token response"));
  AccessToken token{string_field(fields, "access_token"), std::chrono::seconds(0)};
  if (token.value.empty() || !check_header_value(token.value, ""))
    return fail(ErrorCode::kBadData, "Google's token response contains no access token.");
  const json::value* const lifetime = fields.if_contains("expires_in");
  const std::int64_t* const seconds = lifetime == nullptr ? nullptr : lifetime->if_int64();
  token.lifetime =
      std::chrono::seconds(std::clamp<std::int64_t>(seconds == nullptr ? 0 : *seconds, 0, 86'400));
  return token;
}

TokenSource::TokenSource(ServiceAccount account, std::shared_ptr<HttpClient> client, RemotePolicy policy)
    : account_(std::move(account)), client_(std::move(client)), policy_(std::move(policy)) {}

Result<std::string> TokenSource::token(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [&] { return !fetching_; }))
    return fail(ErrorCode::kCancelled, "Speech was cancelled.");
  const auto now = policy_.now();
  if (!token_.empty() && now < renew_at_) return token_;
  fetching_ = true;
  lock.unlock();
  Result<AccessToken> fetched = fetch(std::move(stop));
  lock.lock();
  fetching_ = false;
  changed_.notify_all();
  if (!fetched) return fail(std::move(fetched).error());
  token_ = std::move(fetched->value);
  renew_at_ = now + std::max(fetched->lifetime - kEarly, fetched->lifetime / 2);
  return token_;
}

void TokenSource::refuse(const std::string& token) {
  const std::lock_guard lock(mutex_);
  if (token_ == token) token_.clear();
}

Result<AccessToken> TokenSource::fetch(std::stop_token stop) {
  VAT_ASSIGN(const std::string assertion, sign_assertion(account_, policy_.now()));
  HttpRequest request{.method = "POST", .url = account_.token_uri};
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  request.body = form_body(assertion);
  request.max_response_bytes = 1U << 20U;
  VAT_ASSIGN(const HttpResponse response,
             send_patiently(*client_, std::move(request), policy_, std::move(stop)));
  if (response.status == 200) return parse_access_token(response.body);
  // RFC 6749, section 5.2: a refused grant is a 400 with {"error", "error_description"}.
  const auto fields = parse_object(response.body, "The answer");
  std::string explanation;
  if (fields) explanation = string_field(*fields, "error") + " " + string_field(*fields, "error_description");
  Error error = remote_error("Google's sign-in for service accounts", response.status, explanation);
  if (error.code == ErrorCode::kInvalidArgument) error.code = ErrorCode::kUnauthorized;
  return fail(std::move(error));
}

}  // namespace vat::tts
