#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "api/admin/admin_json.h"
#include "api/common/handler.h"
#include "api/common/query.h"
#include "api/routes.h"
#include "asr/whisper_model.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;

/// The voices of the engines, cached because remote engines are queried over the network. Safe to use from
/// any thread.
class VoiceLists {
 public:
  using Voices = std::shared_ptr<const std::vector<Voice>>;

  /// Blocks, for seconds when a remote engine is queried. If one fails, it has no voices for now and is
  /// queried again soon.
  Voices of(Synthesizer& engine) {
    const std::string name = engine.name();
    {
      const std::lock_guard lock(mutex_);
      const auto found = kept_.find(name);
      if (found != kept_.end() && std::chrono::steady_clock::now() < found->second.until)
        return found->second.voices;
    }
    Result<std::vector<Voice>> asked = engine.voices({});
    if (!asked)
      log(LogLevel::kWarning, "The voices of " + name + " could not be listed: " + asked.error().message);
    // Voices may be installed on this machine at any time, and are listed quickly.
    const bool remote = name == "google" || name == "openai";
    const auto kept_for = !remote ? std::chrono::minutes(0) : asked ? kGoodFor : kBadFor;
    auto voices =
        std::make_shared<const std::vector<Voice>>(asked ? *std::move(asked) : std::vector<Voice>());
    const std::lock_guard lock(mutex_);
    kept_[name] = {.until = std::chrono::steady_clock::now() + kept_for, .voices = voices};
    return voices;
  }

 private:
  static constexpr std::chrono::minutes kGoodFor{60};
  static constexpr std::chrono::minutes kBadFor{1};
  struct Kept {
    std::chrono::steady_clock::time_point until;
    Voices voices;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Kept> kept_;
};

/// "en" matches "en-US"; "en-us" matches only that.
bool has_language(const Voice& voice, const std::string& wanted) {
  if (wanted.empty()) return true;
  std::string tag = fold_case(voice.language);
  std::replace(tag.begin(), tag.end(), '_', '-');
  return tag == wanted || tag.starts_with(wanted + "-");
}

void write_voice(JsonWriter& json, const std::string& engine, const Voice& voice) {
  json.begin_object();
  json.key("engine").string(engine);
  json.key("name").string(voice.name);
  json.key("language").string(voice.language);
  json.key("gender").string(voice.gender);
  json.key("description").string(voice.description);
  json.end_object();
}

std::string voices_json(const tts::Engines& engines, VoiceLists& lists, const std::string& engine_name,
                        const std::string& language) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items").begin_array();
  for (const std::shared_ptr<Synthesizer>& engine : engines) {
    if (!engine_name.empty() && engine->name() != engine_name) continue;
    for (const Voice& voice : *lists.of(*engine)) {
      if (has_language(voice, language)) write_voice(json, engine->name(), voice);
    }
  }
  json.end_array();
  json.end_object();
  return body;
}

/// kInvalidArgument for an unavailable engine.
Result<> check_engine(const tts::Engines& engines, const std::string& name) {
  for (const std::shared_ptr<Synthesizer>& engine : engines)
    if (engine->name() == name) return {};
  const std::string names = join(engines, ", ", [](const auto& engine) { return engine->name(); });
  return fail_field("engine", "There is no speech engine " + to_utf8(name) + " here; there is " +
                                  (names.empty() ? "none" : names) + ".");
}

Answer list_voices(const Services& services, const std::shared_ptr<VoiceLists>& lists, Request& request) {
  VAT_CO_ASSIGN(std::string language, query_text(request, "language", 35));
  language = fold_case(language);
  std::replace(language.begin(), language.end(), '_', '-');
  VAT_CO_ASSIGN(const std::string engine, query_text(request, "engine", 64));
  const tts::Engines& engines = services.speech.engines();
  if (!engine.empty()) VAT_CO_TRY(check_engine(engines, engine));
  auto work = [&]() -> Result<std::string> { return voices_json(engines, *lists, engine, language); };
  VAT_CO_ASSIGN(std::string body, co_await services.slow_pool.run(work));
  co_return json_response(200, std::move(body));
}

/// "haitian creole" -> "Haitian Creole".
std::string capitalised(std::string name) {
  bool first = true;
  for (char& c : name) {
    if (first && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    first = c == ' ' || c == '-';
  }
  return name;
}

std::string languages_json() {
  std::vector<std::pair<std::string, std::string>> languages;
  for (const asr::WhisperLanguage& language : asr::whisper_languages())
    languages.emplace_back(capitalised(language.name), language.code);
  std::sort(languages.begin(), languages.end());
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items").begin_array();
  for (const auto& [name, code] : languages) {
    json.begin_object();
    json.key("code").string(code);
    json.key("name").string(name);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return body;
}

Answer list_languages(const Services& /*services*/, const User& /*user*/, Request& /*request*/) {
  static const std::string body = languages_json();
  co_return json_response(200, body);
}

std::string limits_json(const Limits& limits, const Allowance& allowance, bool links,
                        const std::optional<StorageSpace>& space) {
  std::string body;
  JsonWriter json(body);
  const auto number = [&json](std::string_view key, std::uint64_t value) {
    json.key(key).integer(static_cast<std::int64_t>(std::min<std::uint64_t>(value, INT64_MAX)));
  };
  json.begin_object();
  number("upload_bytes", limits.max_upload_bytes);
  if (space) {
    const std::uint64_t reserved = limits.reserved_disk_bytes;
    number("free_bytes", space->free_bytes > reserved ? space->free_bytes - reserved : 0);
  }
  number("files_per_request", limits.max_files_per_request);
  number("text_bytes", limits.max_text_bytes);
  number("direct_speech_bytes", limits.max_direct_speech_bytes);
  number("transcript_bytes", limits.max_transcript_bytes);
  number("waiting_jobs", allowance.quotas.waiting_jobs);
  number("event_streams", limits.max_event_streams);
  number("unfinished_uploads_expire_seconds",
         static_cast<std::uint64_t>(std::chrono::seconds(limits.unfinished_uploads_expire).count()));
  write_allowance(json.key("quotas"), allowance, limits.max_running_jobs);
  json.key("links").boolean(links);
  json.end_object();
  return body;
}

Answer get_limits(const Services& services, const User& user, Request& /*request*/) {
  auto work = [&]() -> Result<std::string> {
    VAT_ASSIGN(const Allowance allowance, services.quotas.allowance(user.id));
    const Result<StorageSpace> space = services.objects.space();
    return limits_json(services.limits, allowance, services.fetches_links,
                       space ? std::optional<StorageSpace>(*space) : std::nullopt);
  };
  VAT_CO_ASSIGN(std::string body, co_await services.pool.run(work));
  co_return json_response(200, std::move(body));
}

}  // namespace

void add_catalog_routes(http::Router& router, const Services& services) {
  const auto voices = std::make_shared<VoiceLists>();
  router.add(Method::kGet, "/api/v1/voices",
             signed_in(services, [&services, voices](const User& /*user*/, Request& request) {
               return list_voices(services, voices, request);
             }));
  router.add(Method::kGet, "/api/v1/languages", route(services, list_languages));
  router.add(Method::kGet, "/api/v1/limits", route(services, get_limits));
}

}  // namespace vat::api
