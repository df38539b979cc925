#include "service_parts.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/private_tree.h"
#include "decoding.h"
#include "last_words.h"
#include "objects/local_store.h"
#include "serve_database.h"
#include "service_checks.h"
#include "service_options.h"
#include "service_upkeep.h"
#include "supervisor.h"

namespace vat::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kMaxWaitingTranscripts = 16;
/// Niceness of the recognition threads, so that requests are answered first.
constexpr int kNiceness = 5;
constexpr seconds kLastWords{2};
constexpr int kWriterThreads = 2;
/// The server's loops lend out fewer blocks than this, so that it is never reached.
constexpr std::size_t kMaxWaitingWrites = 1024;
constexpr int kSpeakerThreads = 4;
constexpr std::size_t kMaxWaitingTexts = 32;

}  // namespace

Service::Parts::Parts(const ServiceConfiguration& how)
    : configuration(how),
      settings(configuration.settings),
      machine(configuration.machine, Toolbox::Audience::kClients, settings.model_memory),
      database_pool(std::in_place, settings.database_threads,
                    static_cast<std::size_t>(settings.pool_waiting)),
      slow_pool(std::in_place, settings.slow_threads, static_cast<std::size_t>(settings.pool_waiting)),
      long_transcripts(std::in_place, 1, kMaxWaitingTranscripts),
      writers(std::in_place, kWriterThreads, kMaxWaitingWrites),
      speakers(std::in_place, kSpeakerThreads, kMaxWaitingTexts) {}

Service::Parts::~Parts() {
  stop(milliseconds(0));
  set_error_observer({});
  tell_of_uncaught_exceptions(nullptr, {});
}

Result<> Service::Parts::start() {
  start_sentry();
  VAT_ASSIGN(media, open_media(parse_sandboxing(settings.sandbox)));
  VAT_TRY(open_stores());
  VAT_TRY(open_pipeline());
  readiness = std::make_unique<operation::Readiness>(
      readiness_checks(configuration, *database, *objects, machine.store(), machine.recognisers(), *voices));
  make_links();
  make_worker();
  observe_late_leases();
  make_sender();
  make_sign_ins();
  make_router();
  server = std::make_unique<http::Server>(
      http_options(settings), *router, *database_pool, [this](const http::AccessRecord& record) {
        metrics.count_request(record);
        history.count_request(record.request.route, record.status, record.duration);
        if (!settings.no_access_log) operation::write_access_log(record);
      });
  sources.server = [this] { return server->statistics(); };
  VAT_TRY(server->start());
  // Only now, so that no job has been started if the port is taken.
  worker->start();
  tidying = start_upkeep(*intake, *objects, *database, *speech, Days(settings.keep_audit_log));
  start_sampling();
  start_watchdog();
  return {};
}

void Service::Parts::start_sentry() {
  if (settings.sentry_dsn.empty()) return;
  operation::SentryOptions options;
  options.environment = settings.sentry_environment;
  options.release = "vat@" VAT_VERSION;
  options.server_name = host_name();
  options.last_words = kLastWords;
  sentry = std::make_unique<operation::Sentry>(
      sentry_http, operation::parse_sentry_dsn(settings.sentry_dsn).value(), std::move(options));
  set_error_observer([this](const LogRecord& record) { sentry->report(record); });
  tell_of_uncaught_exceptions(sentry.get(), kLastWords);
}

Result<> Service::Parts::open_stores() {
  VAT_TRY(make_data_folder(settings));
  VAT_ASSIGN(lock, lock_data_folder(settings));
  VAT_ASSIGN(database, open_database(settings, *bus));
  VAT_ASSIGN(objects, objects::open_local_store(settings.data));
  intake = std::make_unique<uploads::Intake>(
      database->uploads(), *objects,
      uploads::IntakeOptions{.reserved_disk_bytes = settings.reserved_disk,
                             .unfinished_expire = std::chrono::hours(settings.uploads_expire),
                             .media = media.get()});
  sources.queue = &database->queue();
  sources.objects = objects.get();
  sources.pools = {{"database", [this] { return database_pool->use(); }},
                   {"slow", [this] { return slow_pool->use(); }},
                   {"transcripts", [this] { return long_transcripts->use(); }}};
  return {};
}

Result<> Service::Parts::open_pipeline() {
  VAT_ASSIGN(tts::Engines engines, machine.speech_engines(configuration.speech));
  // Sentences of users are in it.
  const std::filesystem::path sentences = cache_directory() / "speech";
  VAT_TRY(make_private_tree(sentences));
  voices = std::make_unique<BackgroundVoices>(machine.voice_store(), !settings.no_voice_fetching);
  speech = std::make_unique<pipeline::Speech>(
      engines, sentences,
      [this, engines](const pipeline::SpeechOptions& options, const std::string& language) {
        return voices->need(engines, options, language);
      });
  asr::ChunkPool& chunks = machine.pool(kNiceness);
  chunks.observe([this](std::chrono::duration<double> took) { metrics.count_chunk(took); });
  sources.pools.emplace_back("recognition", [&chunks] { return chunks.use(); });
  sources.models = [this] { return machine.engines().use(); };
  resources = std::make_unique<pipeline::Resources>(
      pipeline::Resources{chunks, machine.engines(), *speech, *media, &machine.speakers()});
  return {};
}

/// None without a network.
void Service::Parts::make_links() {
  if (settings.no_links || configuration.machine.offline) return;
  net::CurlOptions options{.addresses = net::AddressPolicy::kPublicOnly,
                           .also_allowed = link_networks(settings)};
  link_http = std::make_unique<net::CurlHttpClient>(std::move(options));
  links = std::make_unique<worker::LinkServices>(
      worker::LinkServices{*link_http, *intake, fetch_limits(settings), {.name = settings.yt_dlp}});
}

void Service::Parts::make_worker() {
  worker = std::make_unique<worker::Worker>(
      worker::WorkerServices{database->queue(), database->speeds(), database->transcripts(), *objects, *bus,
                             *resources, links.get(), &database->lexicons()},
      worker_options(settings));
  worker->on_outcome = [this](const worker::JobOutcome& outcome) {
    const Job& job = outcome.job;
    metrics.count_job(job_kind_name(job.kind), job_state_name(outcome.state), outcome.duration, job.duration);
    const Error* const error = outcome.error;
    const bool defect = error != nullptr && error->code == ErrorCode::kInternal;
    log(defect ? LogLevel::kError : LogLevel::kInfo, defect ? "A job failed because of a bug." : "job",
        {{"job", job.id},
         {"kind", job_kind_name(job.kind)},
         {"state", job_state_name(outcome.state)},
         {"attempt", job.attempt},
         {"duration_ms", outcome.duration.count() * 1000},
         {"media_ms", job.duration.count()},
         {"code", error == nullptr ? "none" : traits(error->code).name},
         {"detail", error == nullptr ? std::string_view() : error->detail}});
  };
}

void Service::Parts::observe_late_leases() {
  worker->on_late = [this](const Job& /*job*/, worker::LateLease outcome) {
    metrics.count_late_lease(outcome == worker::LateLease::kKept ? "kept" : "lost");
  };
}

void Service::Parts::make_sender() {
  if (configuration.machine.offline) {
    log(LogLevel::kInfo, "No webhooks are sent without a network; deliveries wait for a start with one.");
    return;
  }
  net::CurlOptions options;
  options.addresses =
      settings.allow_private_webhooks ? net::AddressPolicy::kAny : net::AddressPolicy::kPublicOnly;
  options.max_redirects = 0;
  webhook_http = std::make_unique<net::CurlHttpClient>(std::move(options));
  operation::WebhookSenderOptions how;
  how.timeout = seconds(settings.webhook_timeout);
  sender = std::make_unique<operation::WebhookSender>(
      database->webhooks(), *bus, *webhook_http, std::move(how),
      [this](const Delivery& /*delivery*/, std::string_view outcome) { metrics.count_delivery(outcome); });
}

void Service::Parts::start_watchdog() {
  const auto interval = watchdog_interval();
  if (!interval) return;
  std::vector<operation::Periodic::Task> tasks{{*interval, tell_alive}};
  watchdog = std::make_unique<operation::Periodic>(std::move(tasks));
}

void Service::Parts::stop(milliseconds deadline) {
  ending.request_stop();
  tidying.reset();
  sampling.reset();
  sender.reset();
  // In parallel, so that both have the whole time.
  std::thread stopping([&] {
    if (worker) worker->stop(deadline);
  });
  if (server) server->stop(deadline);
  stopping.join();
  // While all that their remaining work uses is there, and the server's loops, which it wakes.
  if (pictures) pictures->stop();
  sign_in_pool.reset();
  speakers.reset();
  writers.reset();
  database_pool.reset();
  slow_pool.reset();
  long_transcripts.reset();
}

}  // namespace vat::app
