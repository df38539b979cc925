#include "service_options.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>

namespace vat::app {
namespace {

using std::chrono::seconds;

std::size_t as_size(int number) { return static_cast<std::size_t>(number); }

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

http::ServerOptions http_options(const ServeSettings& settings) {
  http::ServerOptions options;
  options.address = listen_address(settings);
  options.port = static_cast<std::uint16_t>(settings.port);
  options.threads = settings.http_threads;
  options.certificate = settings.tls_certificate;
  options.private_key = settings.tls_key;
  options.max_header_bytes = settings.header_limit;
  options.max_connections = as_size(settings.connections);
  options.max_connections_per_address = as_size(settings.connections_per_address);
  options.header_timeout = seconds(settings.header_timeout);
  options.idle_timeout = seconds(settings.idle_timeout);
  options.body_timeout = seconds(settings.body_timeout);
  options.write_timeout = seconds(settings.write_timeout);
  options.min_rate = static_cast<std::uint64_t>(settings.min_rate);
  options.trusted_proxies = parts_of_list(settings.trusted_proxies);
  if (insists_on_https(settings)) {
    options.https_origin = settings.base_url.substr(0, settings.base_url.find_last_not_of('/') + 1);
    // Probes and Prometheus reach the server itself, not the proxy in front of it.
    options.plain_paths = {"/healthz", "/readyz", "/metrics"};
  }
  return options;
}

api::ModelManagement model_management(const ServeSettings& settings) {
  if (settings.model_management == "everyone") return api::ModelManagement::kEveryone;
  if (settings.model_management == "nobody") return api::ModelManagement::kNobody;
  return api::ModelManagement::kAdmins;
}

api::Limits limits_of(const ServeSettings& settings) {
  api::Limits limits;
  limits.max_upload_bytes = settings.upload_limit;
  limits.reserved_disk_bytes = settings.reserved_disk;
  limits.max_files_per_request = as_size(settings.files_per_request);
  limits.max_text_bytes = settings.text_limit;
  limits.max_direct_speech_bytes = settings.direct_speech_limit;
  limits.max_transcript_bytes = settings.transcript_limit;
  limits.max_running_jobs = as_size(settings.jobs_per_user);
  limits.max_event_streams = as_size(settings.event_streams);
  limits.unfinished_uploads_expire = std::chrono::hours(settings.uploads_expire);
  return limits;
}

api::RateLimits rates_of(const ServeSettings& settings) {
  return {.requests = as_size(settings.request_rate),
          .uploads = as_size(settings.upload_rate),
          .jobs = as_size(settings.job_rate),
          .sign_ins = as_size(settings.sign_in_rate)};
}

links::FetchLimits fetch_limits(const ServeSettings& settings) {
  links::FetchLimits limits;
  limits.max_bytes = settings.upload_limit;
  limits.total_timeout = std::chrono::minutes(settings.link_timeout);
  return limits;
}

worker::WorkerOptions worker_options(const ServeSettings& settings) {
  worker::WorkerOptions options;
  options.name = host_name() + ":" + std::to_string(::getpid());
  options.parallel = settings.jobs;
  options.max_per_user = settings.jobs_per_user;
  options.lease = seconds(settings.lease);
  return options;
}

}  // namespace vat::app
