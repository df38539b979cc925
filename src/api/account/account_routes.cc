#include <array>
#include <utility>

#include "api/common/audit.h"
#include "api/common/cookies.h"
#include "api/common/handler.h"
#include "api/common/query.h"
#include "api/routes.h"
#include "auth/sign_in.h"
#include "base/hash.h"
#include "base/json_writer.h"
#include "base/random.h"
#include "base/text.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::size_t kMaxNameBytes = 400;
constexpr std::size_t kMaxKeyName = 100;  // code points
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kPrefixLength = 8;  // "vat_3fGk"
constexpr std::size_t kMaxApiKeys = 100;
constexpr std::size_t kVersionDigits = 16;

constexpr std::array kStates = {JobState::kQueued, JobState::kProcessing, JobState::kCompleted,
                                JobState::kFailed, JobState::kCancelled};

/// For a page that is signed in by a cookie; empty for others.
std::string csrf_token_of(const Services& services, const Caller& caller, const Request& request) {
  if (caller.session_id.empty()) return {};
  const std::string_view secret = find_cookie(request, services.sign_ins->session_cookie());
  return secret.empty() ? std::string() : auth::csrf_token(secret);
}

/// Of the picture that is kept here; it changes with the picture. Empty when there is none.
std::string picture_url(const std::optional<PictureFacts>& facts) {
  if (!facts || facts->digest.empty()) return {};
  return "/api/v1/me/picture?v=" + facts->digest.substr(0, kVersionDigits);
}

std::string me_json(const User& user, const std::optional<PictureFacts>& picture,
                    const std::vector<std::uint64_t>& counts, const std::string& csrf_token) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("id").string(user.id);
  json.key("name").string(user.name);
  json.key("email").string_or_null(user.email);
  json.key("picture_url").string_or_null(picture_url(picture));
  json.key("role").string(role_name(user.role));
  json.key("csrf_token").string_or_null(csrf_token);
  json.key("created_at").string(to_rfc3339(user.created_at));
  json.key("jobs").begin_object();
  for (const JobState state : kStates) {
    json.key(job_state_name(state))
        .integer(static_cast<std::int64_t>(counts.at(static_cast<std::size_t>(state))));
  }
  json.end_object();
  json.end_object();
  return body;
}

Answer get_me(const Services& services, const Caller& caller, const Request& request) {
  auto work = [&]() -> Result<std::string> {
    VAT_ASSIGN(const User whole, services.users.get(caller.id));
    VAT_ASSIGN(const std::vector<std::uint64_t> counts, services.jobs.count_by_state(caller.id));
    VAT_ASSIGN(const auto picture, services.users.picture_facts(caller.id));
    return me_json(whole, picture, counts, csrf_token_of(services, caller, request));
  };
  VAT_CO_ASSIGN(std::string body, co_await services.pool.run(work));
  co_return json_response(200, std::move(body));
}

/// It came from a stranger's host: the type is one that its bytes have, and the policy of every response that
/// is no page keeps it from being one.
Answer get_picture(const Services& services, const User& user, Request& /*request*/) {
  auto work = [&] { return services.users.picture(user.id); };
  VAT_CO_ASSIGN(Picture picture, co_await services.pool.run(work));
  Response response = http::text_response(200, picture.content_type, std::move(picture.bytes));
  response.set("Cache-Control", "private, max-age=86400");
  co_return response;
}

std::vector<std::string> scope_names(const Scopes& scopes) {
  std::vector<std::string> names;
  if (scopes.read) names.emplace_back("read");
  if (scopes.write) names.emplace_back("write");
  if (scopes.admin) names.emplace_back("admin");
  return names;
}

/// `secret` only in the response that creates the key.
void write_key(JsonWriter& json, const ApiKey& key, const std::string& secret = {}) {
  json.begin_object();
  json.key("id").string(key.id);
  json.key("name").string(key.name);
  json.key("prefix").string(key.prefix);
  json.key("created_at").string(to_rfc3339(key.created_at));
  json.key("last_used_at").string_or_null(to_rfc3339(key.last_used_at));
  json.key("expires_at").string_or_null(to_rfc3339(key.expires_at));
  json.key("scopes").strings(scope_names(key.scopes));
  if (!secret.empty()) json.key("secret").string(secret);
  json.end_object();
}

Answer list_keys(const Services& services, const User& user, Request& /*request*/) {
  auto work = [&] { return services.users.keys(user.id); };
  VAT_CO_ASSIGN(const std::vector<ApiKey> keys, co_await services.pool.run(work));
  co_return list_response(keys, [](JsonWriter& json, const ApiKey& key) { write_key(json, key); });
}

/// No key makes a mightier one.
Result<Scopes> read_scopes(JsonFields& fields, const Caller& caller, Scopes absent) {
  VAT_ASSIGN(const auto names, fields.texts("scopes", 3, {.min = 1, .max = 16}));
  if (!names) return absent;
  std::string text;
  for (const std::string& name : *names) text += name + " ";
  const std::optional<Scopes> scopes = parse_scopes(text);
  if (!scopes) return fail(fields.wrong("scopes", "The scopes of a key are some of read, write and admin."));
  if (!caller.scopes.contain(*scopes))
    return fail(http_refusal(403, "A key cannot make one that may do more than itself.", "scopes"));
  return *scopes;
}

Result<ApiKey> read_key(JsonFields& fields, const Caller& caller, bool local) {
  ApiKey key;
  VAT_ASSIGN(const std::optional<std::string> name, fields.text("name", {.min = 1, .max = kMaxNameBytes}));
  if (!name) return fail(fields.missing("name"));
  key.name = std::string(trim(*name));
  if (key.name.empty() || code_points(key.name) > kMaxKeyName)
    return fail(fields.wrong("name", "The name of a key must have 1 to 100 characters."));
  VAT_ASSIGN(const std::optional<std::string> expires, fields.text("expires_at", {.max = 64}));
  if (expires) {
    key.expires_at = parse_rfc3339(*expires);
    if (!key.expires_at || *key.expires_at <= utc_now())
      return fail(
          fields.wrong("expires_at", "The expiry time must be in the future, such as 2030-01-01T00:00:00Z."));
  }
  Scopes absent = caller.scopes;
  if (!local) absent.admin = false;
  VAT_ASSIGN(key.scopes, read_scopes(fields, caller, absent));
  VAT_TRY(fields.finish());
  return key;
}

Answer create_key(const Services& services, const Caller& user, Request& request, JsonFields& fields) {
  VAT_CO_ASSIGN(ApiKey key, read_key(fields, user, services.sign_ins == nullptr));
  const std::string secret = "vat_" + random_token(kKeyBytes);
  key.id = make_uuid();
  key.user_id = user.id;
  key.prefix = secret.substr(0, kPrefixLength);
  key.created_at = utc_now();
  auto work = [&]() -> Result<ApiKey> {
    VAT_ASSIGN(const std::vector<ApiKey> present, services.users.keys(user.id));
    if (present.size() >= kMaxApiKeys)
      return fail(ErrorCode::kExists, "You have 100 API keys, which is the limit; delete one first.");
    VAT_ASSIGN(ApiKey stored, services.users.create_key(key, hash_hex(Digest::kSha256, secret)));
    VAT_TRY(add_audit_entry(services, request, user, "key.created", stored.id, stored.prefix));
    return stored;
  };
  VAT_CO_ASSIGN(const ApiKey made, co_await services.pool.run(work));
  Response response =
      item_response(201, made, [&](JsonWriter& json, const ApiKey& one) { write_key(json, one, secret); });
  response.set("Location", "/api/v1/keys/" + made.id);
  co_return response;
}

Answer delete_key(const Services& services, const User& user, Request& request) {
  co_return co_await empty_response_after(services, [&]() -> Result<> {
    const std::string& id = request.parameter("id");
    VAT_TRY(services.users.remove_key(user.id, id));
    return add_audit_entry(services, request, user, "key.deleted", id);
  });
}

}  // namespace

void add_account_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/me",
             signed_in(services, [&services](const Caller& caller, Request& request) {
               return get_me(services, caller, request);
             }));
  router.add(Method::kGet, "/api/v1/me/picture", route(services, get_picture));
  router.add(Method::kGet, "/api/v1/keys", route(services, list_keys));
  router.add(Method::kPost, "/api/v1/keys",
             with_json(services, [&services](const Caller& caller, Request& request, JsonFields& fields) {
               return create_key(services, caller, request, fields);
             }));
  router.add(Method::kDelete, "/api/v1/keys/{id:uuid}", route(services, delete_key));
}

}  // namespace vat::api
