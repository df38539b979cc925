// What a user chose in the pages, for all their browsers.
#include <utility>

#include "api/account/preferences.h"
#include "api/common/handler.h"
#include "api/routes.h"
#include "http/content.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

Response preferences_response(std::string document) {
  const std::string tag = preferences_tag(document);
  Response response = json_response(200, std::move(document));
  response.set("ETag", tag);
  return response;
}

Answer get_preferences(const Services& services, const User& user, Request& /*request*/) {
  auto work = [&] { return services.preferences.preferences(user.id); };
  VAT_CO_ASSIGN(std::string document, co_await services.pool.run(work));
  co_return preferences_response(std::move(document));
}

Answer patch_preferences(const Services& services, const User& user, Request& request, JsonFields& fields) {
  VAT_CO_TRY(check_preferences(fields));
  const std::string patch = fields.canonical();
  const std::string_view expected = request.header("If-Match");
  const auto change = [&](const std::string& stored) -> Result<std::string> {
    if (!expected.empty() && !http::etag_matches(expected, preferences_tag(stored)))
      return fail(http_refusal(412, "The preferences have changed; ask for them again.", "If-Match"));
    return merge_preferences(stored, patch);
  };
  auto work = [&] { return services.preferences.change_preferences(user.id, change); };
  VAT_CO_ASSIGN(std::string document, co_await services.pool.run(work));
  co_return preferences_response(std::move(document));
}

}  // namespace

void add_preference_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/me/preferences", route(services, get_preferences));
  router.add(Method::kPatch, "/api/v1/me/preferences",
             json_route(services, patch_preferences, kMaxPreferenceBytes * kJsonEscapeBytes));
}

}  // namespace vat::api
