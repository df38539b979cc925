// The routes of a service, and who signs in to it.
#include <utility>

#include "base/log.h"
#include "pipeline/voice_sample.h"
#include "queue/local_rate_limiter.h"
#include "service_options.h"
#include "service_parts.h"
#include "sign_in_options.h"

namespace vat::app {
namespace {

/// Of access tokens in local mode.
constexpr const char* kLocalIssuer = "http://localhost";
constexpr int kSignInThreads = 4;
constexpr std::size_t kMaxWaitingSignIns = 200;
constexpr int kMaxPictureRedirects = 3;

void warn_of_unknown_transport(const ServeSettings& settings) {
  if (!settings.base_url.starts_with("https://") || insists_on_https(settings)) return;
  log(LogLevel::kWarning,
      "The service is for https, but cannot tell whether a request came by it, so plain http is answered, "
      "too: it "
      "has neither a certificate nor trusted proxies.",
      {{"base_url", settings.base_url}});
}

}  // namespace

void Service::Parts::make_sign_ins() {
  tokens = std::make_unique<auth::AccessTokens>(
      configuration.sign_in ? configuration.sign_in->base_url : kLocalIssuer, database->tokens());
  if (!configuration.sign_in) return;
  sign_in_http = std::make_unique<net::CurlHttpClient>();
  sign_ins = std::make_unique<auth::SignIns>(*configuration.sign_in, database->sessions(), *sign_in_http);
  sign_in_pool.emplace(kSignInThreads, kMaxWaitingSignIns);
  if (!configuration.machine.offline) return make_pictures();
  if (!configuration.sign_in->providers.empty())
    log(LogLevel::kWarning,
        "Identity providers are called although everything else stays off the network: nobody could sign in "
        "otherwise.");
}

void Service::Parts::make_pictures() {
  net::CurlOptions options{.addresses = net::AddressPolicy::kPublicOnly,
                           .also_allowed = link_networks(settings)};
  options.max_redirects = kMaxPictureRedirects;
  picture_http = std::make_unique<net::CurlHttpClient>(std::move(options));
  pictures = std::make_unique<auth::Pictures>(*picture_http, database->users());
}

void Service::Parts::make_router() {
  warn_of_unknown_transport(settings);
  if (limits_rates(settings)) rate_limiter = queue::make_local_rate_limiter();
  api = std::make_unique<api::Services>(api::Services{
      .jobs = database->jobs(),
      .queue = database->queue(),
      .speeds = database->speeds(),
      .uploads = database->uploads(),
      .intake = *intake,
      .transcripts = database->transcripts(),
      .shares = database->shares(),
      .labels = database->labels(),
      .users = database->users(),
      .tokens = *tokens,
      .webhooks = database->webhooks(),
      .quotas = database->quotas(),
      .retention = database->retention(),
      .lexicons = database->lexicons(),
      .preferences = database->preferences(),
      .accounts = database->accounts(),
      .overview = database->overview(),
      .audit = database->audit(),
      .bus = *bus,
      .objects = *objects,
      .models = machine.store(),
      .recognisers = &machine.recognisers(),
      .engines = machine.engines(),
      .speech = *speech,
      .pool = *database_pool,
      .slow_pool = *slow_pool,
      .writers = *writers,
      .long_transcripts = *long_transcripts,
      .speakers = *speakers,
      .voice_of_sample =
          [this](const std::filesystem::path& file) {
            return pipeline::voice_of_sample(*media, machine.speakers(), file, ending.get_token());
          },
      .media = media.get(),
      .ending = ending.get_token(),
      .limits = limits_of(settings),
      .defaults = configuration.defaults,
      .live_progress = [this](const std::string& job_id) { return worker->live_progress(job_id); },
      .instance = [this](FigureSpan span) { return instance(span); },
      .fetches_links = links != nullptr,
      .allow_private_links = !settings.link_networks.empty(),
      .allow_private_webhooks = settings.allow_private_webhooks,
      .model_management = model_management(settings),
      .sign_ins = sign_ins.get(),
      .sign_in_pool = sign_in_pool ? &*sign_in_pool : nullptr,
      .pictures = pictures.get(),
      .allowed_hosts = hosts_of(settings, configuration.sign_in),
      .cors_origins = parts_of_list(settings.cors_origins),
      .strict_transport = insists_on_https(settings),
      .rates = rates_of(settings),
      .rate_limiter = rate_limiter.get()});
  router = std::make_unique<http::Router>(api::make_router(*api));
  router->use("/", operation::error_log());
  operation::add_operation_routes(
      *router, {*readiness, settings.no_metrics ? nullptr : &metrics, sources, *database_pool});
}

}  // namespace vat::app
