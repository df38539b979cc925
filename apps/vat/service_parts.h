// What a service is made of. Private to the files that make it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "api/services.h"
#include "auth/access_tokens.h"
#include "auth/pictures.h"
#include "base/file.h"
#include "db/database.h"
#include "http/server.h"
#include "net/curl_http_client.h"
#include "operation/history.h"
#include "operation/metrics.h"
#include "operation/periodic.h"
#include "operation/readiness.h"
#include "operation/routes.h"
#include "operation/sentry.h"
#include "operation/webhook_sender.h"
#include "pipeline/stages.h"
#include "queue/local_bus.h"
#include "serve_service.h"
#include "toolbox.h"
#include "uploads/intake.h"
#include "voice_background.h"
#include "worker/worker.h"

namespace vat::app {

/// In the order of construction, which is reversed for destruction, except that stop() ends the pools.
struct Service::Parts {
  explicit Parts(const ServiceConfiguration& how);
  ~Parts();
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  const ServiceConfiguration configuration;
  const ServeSettings& settings;
  net::CurlHttpClient sentry_http;
  std::unique_ptr<operation::Sentry> sentry;
  operation::Metrics metrics;
  operation::MetricSources sources;
  const UtcTime started_at = utc_now();
  operation::History history{started_at};
  std::unique_ptr<EventBus> bus = queue::make_local_bus();
  std::unique_ptr<RateLimiter> rate_limiter;  ///< Null: nothing is limited.
  std::optional<FileLock> lock;
  std::unique_ptr<db::Database> database;
  std::unique_ptr<ObjectStore> objects;
  std::shared_ptr<media::Media> media;
  std::unique_ptr<uploads::Intake> intake;
  Toolbox machine;
  std::unique_ptr<BackgroundVoices> voices;
  std::unique_ptr<pipeline::Speech> speech;
  std::unique_ptr<pipeline::Resources> resources;
  std::stop_source ending;  ///< For what the service does beside jobs.
  std::optional<http::BlockingPool> database_pool;
  std::optional<http::BlockingPool> slow_pool;
  std::optional<http::BlockingPool> long_transcripts;
  std::optional<http::BlockingPool> writers;
  std::optional<http::BlockingPool> speakers;
  std::unique_ptr<operation::Readiness> readiness;
  std::unique_ptr<net::CurlHttpClient> link_http;
  std::unique_ptr<worker::LinkServices> links;
  std::unique_ptr<worker::Worker> worker;
  std::unique_ptr<net::CurlHttpClient> webhook_http;
  std::unique_ptr<operation::WebhookSender> sender;
  std::unique_ptr<auth::AccessTokens> tokens;
  std::unique_ptr<net::CurlHttpClient> sign_in_http;
  std::unique_ptr<auth::SignIns> sign_ins;
  std::unique_ptr<net::CurlHttpClient> picture_http;
  std::unique_ptr<auth::Pictures> pictures;
  std::optional<http::BlockingPool> sign_in_pool;
  std::unique_ptr<api::Services> api;
  std::unique_ptr<http::Router> router;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<operation::Periodic> tidying;
  /// Separate, so that a slow disk stops neither the figures nor the heartbeat.
  std::unique_ptr<operation::Periodic> sampling;
  std::unique_ptr<operation::Periodic> watchdog;

  [[nodiscard]] Result<> start();
  /// Whatever runs by then. Not an error after another stop(), or a start() that failed.
  void stop(std::chrono::milliseconds deadline);

 private:
  void start_sentry();
  [[nodiscard]] Result<> open_stores();
  [[nodiscard]] Result<> open_pipeline();
  void make_links();
  void make_worker();
  void observe_late_leases();
  void make_sender();
  void make_sign_ins();
  void make_pictures();
  void make_router();
  void start_sampling();
  void start_watchdog();
  [[nodiscard]] operation::Gauges gauges();
  [[nodiscard]] InstanceView instance(FigureSpan span);
};

}  // namespace vat::app
