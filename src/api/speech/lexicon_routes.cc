// How a user wants words said, by the local voices.
#include <utility>

#include "api/common/handler.h"
#include "api/routes.h"
#include "tts/lexicon.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

Result<Response> lexicon_response(const std::string& text) {
  VAT_ASSIGN(const tts::Lexicon lexicon, tts::Lexicon::parse(text));
  return item_response(200, text, [&](JsonWriter& json, const std::string& stored) {
    json.begin_object();
    json.key("text").string(stored);
    json.key("words").integer(static_cast<std::int64_t>(lexicon.size()));
    json.end_object();
  });
}

Answer get_lexicon(const Services& services, const User& user, Request& /*request*/) {
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const std::string text, services.lexicons.lexicon(user.id));
    return lexicon_response(text);
  };
  co_return co_await services.pool.run(work);
}

Answer put_lexicon(const Services& services, const User& user, Request& /*request*/, JsonFields& fields) {
  VAT_CO_ASSIGN(std::optional<std::string> text,
                fields.text("text", {.min = 0, .max = tts::kMaxLexiconBytes}));
  if (!text) co_return fail(fields.missing("text"));
  VAT_CO_TRY(fields.finish());
  if (const auto parsed = tts::Lexicon::parse(*text); !parsed)
    co_return fail_field("text", parsed.error().message);
  auto work = [&]() -> Result<Response> {
    VAT_TRY(services.lexicons.set_lexicon(user.id, *text));
    return lexicon_response(*text);
  };
  co_return co_await services.pool.run(work);
}

}  // namespace

void add_lexicon_routes(http::Router& router, const Services& services) {
  const std::size_t max_bytes = tts::kMaxLexiconBytes * kJsonEscapeBytes + kMaxJsonBytes;
  router.add(Method::kGet, "/api/v1/me/lexicon", route(services, get_lexicon));
  router.add(Method::kPut, "/api/v1/me/lexicon", json_route(services, put_lexicon, max_bytes),
             {.max_body_bytes = max_bytes});
}

}  // namespace vat::api
