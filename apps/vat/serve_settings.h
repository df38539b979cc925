// The settings of the service, in one table: flag, environment variable, default and meaning. `vat serve
// --help`, .env.example and docs/configuration.md come from it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "net/network.h"

namespace CLI {
class App;
}

namespace vat::app {

/// The initial values are the defaults.
struct ServeSettings {
  std::string address = "127.0.0.1";
  int port = 8000;
  std::string port_file;
  std::string tls_certificate;
  std::string tls_key;
  std::string allowed_hosts;
  std::string trusted_proxies;
  std::string cors_origins;
  int http_threads = 2;

  std::string base_url;
  std::string google_client_id;
  std::string google_client_secret;
  std::string oidc_issuer;
  std::string oidc_client_id;
  std::string oidc_client_secret;
  std::string oidc_name;
  std::string oidc_scopes;
  std::string oidc_algorithms = "RS256,ES256";
  std::string allowed_domains;
  std::string allowed_emails;
  std::string admin_emails;
  bool invited_only = false;
  bool require_sign_in = false;
  int session_idle = 14 * 24;      ///< Hours.
  int session_lifetime = 90 * 24;  ///< Hours.

  std::string data = "data";
  std::string database_url;
  int database_threads = 4;
  int slow_threads = 2;
  int pool_waiting = 1'000;

  int jobs = 3;
  int jobs_per_user = 2;
  int attempts = 5;
  int lost_workers = 2;
  int lease = 30;  ///< Seconds.
  std::uint64_t model_memory = 0;
  std::string model_management = "auto";
  std::string sandbox = "auto";

  std::uint64_t upload_limit = 20ULL << 30U;
  std::uint64_t reserved_disk = 1ULL << 30U;
  int files_per_request = 32;
  int waiting_jobs = 1'000;
  int event_streams = 12'000;
  std::uint64_t text_limit = 1ULL << 20U;
  std::uint64_t direct_speech_limit = 16ULL << 10U;
  std::uint64_t transcript_limit = 64ULL << 20U;
  int uploads_expire = 24;  ///< Hours.

  std::uint64_t stored_limit = 0;
  int sound_limit = 0;  ///< Minutes a month.

  int keep_recordings = 0;  ///< Days, as the others.
  int keep_speech = 0;
  int keep_jobs = 0;
  int keep_audit_log = 365;

  std::string rate_limits = "auto";
  int request_rate = 1'200;  ///< A minute, as the others.
  int upload_rate = 120;
  int job_rate = 120;
  int sign_in_rate = 20;

  int connections = 20'000;
  int connections_per_address = 15'000;
  std::uint64_t header_limit = 32ULL << 10U;
  int header_timeout = 10;  ///< Seconds, as the others.
  int idle_timeout = 60;
  int body_timeout = 30;
  int write_timeout = 30;
  int min_rate = 500;  ///< Bytes a second.
  int shutdown_deadline = 20;

  bool no_links = false;
  bool no_voice_fetching = false;
  std::string link_networks;
  int link_timeout = 120;  ///< Minutes.
  std::string yt_dlp;

  bool allow_private_webhooks = false;
  int webhook_timeout = 15;  ///< Seconds.

  std::string log_level = "info";
  std::string log_format = "auto";
  bool no_access_log = false;
  bool no_metrics = false;
  std::string sentry_dsn;
  std::string sentry_environment = "production";
};

/// Every row of the table as an option of the command.
void add_serve_flags(CLI::App& command, ServeSettings& settings);
/// Only the rows that say where the data is.
void add_data_flags(CLI::App& command, ServeSettings& settings);

/// Whether the service listens for this machine only.
[[nodiscard]] bool is_local_only(const ServeSettings& settings);

/// Checks what the form of a single value cannot show. kInvalidArgument with one sentence that names the
/// first setting that is not valid.
[[nodiscard]] Result<> validate(const ServeSettings& settings);

/// "localhost" is 127.0.0.1.
[[nodiscard]] std::string listen_address(const ServeSettings& settings);
[[nodiscard]] std::vector<std::string> allowed_hosts(const ServeSettings& settings);
/// "a, b" -> {"a", "b"}.
[[nodiscard]] std::vector<std::string> parts_of_list(std::string_view text);
/// Whether the service's address is https, and whether a request used it can be told: by this server's own
/// certificate, or from a trusted proxy.
[[nodiscard]] bool insists_on_https(const ServeSettings& settings);
/// "auto" is on where anybody but the local user can be served.
[[nodiscard]] bool limits_rates(const ServeSettings& settings);
[[nodiscard]] std::vector<net::Network> link_networks(const ServeSettings& settings);
/// "20G" -> 21474836480: bytes, or K, M, G, T with powers of 1024. kInvalidArgument for anything else.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
/// "auto" is kHuman on a terminal.
[[nodiscard]] LogFormat log_format(const ServeSettings& settings);

}  // namespace vat::app
