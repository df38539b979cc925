#include "serve_settings.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <span>
#include <variant>

#include "base/ascii.h"
#include "base/number.h"
#include "flags.h"
#include "http/target.h"
#include "http/trusted_proxies.h"
#include "operation/sentry.h"

namespace vat::app {
namespace {

struct Text {
  std::string ServeSettings::*member;
  const char* type;
};
struct Choice {
  std::string ServeSettings::*member;
  std::array<const char*, 5> names;  ///< The rest null.
};
struct Number {
  int ServeSettings::*member;
  int min;
  int max;
  const char* type = "N";
};
struct Size {
  std::uint64_t ServeSettings::*member;
};
struct Switch {
  bool ServeSettings::*member;
};

struct Setting {
  const char* group;
  const char* flag;
  std::variant<Text, Choice, Number, Size, Switch> value;
  const char* meaning;
};

constexpr int kDay = 24 * 3600;
constexpr int kMany = 1'000'000;
constexpr int kManyDays = 36'500;

using S = ServeSettings;
const Setting kTable[] = {
    {"Listening", "address", Text{&S::address, "ADDRESS"},
     "Address to listen on; loopback only, unless people sign in"},
    {"Listening", "port", Number{&S::port, 0, 65'535}, "Port; 0 picks a free one and reports it"},
    {"Listening", "port-file", Text{&S::port_file, "FILE"}, "Write the port to this file once listening"},
    {"Listening", "tls-certificate", Text{&S::tls_certificate, "FILE"},
     "PEM certificate chain; enables HTTPS"},
    {"Listening", "tls-key", Text{&S::tls_key, "FILE"}, "PEM private key of the certificate"},
    {"Listening", "allowed-hosts", Text{&S::allowed_hosts, "NAMES"},
     "Host names, besides localhost, that clients may use; separated by commas"},
    {"Listening", "trusted-proxies", Text{&S::trusted_proxies, "ADDRESSES"},
     "Addresses and networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; "
     "separated by commas"},
    {"Listening", "cors-origins", Text{&S::cors_origins, "ORIGINS"},
     "Origins whose web pages may use the API with a key, such as https://app.example; separated by commas"},
    {"Listening", "http-threads", Number{&S::http_threads, 1, 256}, "I/O threads of the HTTP server"},

    {"Sign-in", "base-url", Text{&S::base_url, "URL"},
     "Address of the service in the browser, such as https://vat.example"},
    {"Sign-in", "google-client-id", Text{&S::google_client_id, "ID"},
     "Sign in with Google: the OAuth client's ID (also GOOGLE_CLIENT_ID)"},
    {"Sign-in", "google-client-secret", Text{&S::google_client_secret, "SECRET"},
     "Its secret (also GOOGLE_CLIENT_SECRET)"},
    {"Sign-in", "oidc-issuer", Text{&S::oidc_issuer, "URLS"},
     "Sign in with these OpenID Connect issuers; commas separate several, here and in the next settings"},
    {"Sign-in", "oidc-client-id", Text{&S::oidc_client_id, "IDS"}, "Client ID at each issuer"},
    {"Sign-in", "oidc-client-secret", Text{&S::oidc_client_secret, "SECRETS"},
     "Client secret at each issuer"},
    {"Sign-in", "oidc-name", Text{&S::oidc_name, "NAMES"}, "Name of each issuer for people"},
    {"Sign-in", "oidc-scopes", Text{&S::oidc_scopes, "SCOPES"},
     "Scopes to ask of each issuer, separated by spaces; empty: openid email profile"},
    {"Sign-in", "oidc-algorithms", Text{&S::oidc_algorithms, "NAMES"},
     "Signatures that issuers may use: RS256, PS256, ES256"},
    {"Sign-in", "allowed-domains", Text{&S::allowed_domains, "DOMAINS"},
     "Who may come in: verified addresses, and Google's organisations, of these domains"},
    {"Sign-in", "allowed-emails", Text{&S::allowed_emails, "EMAILS"},
     "Who may come in: these verified addresses"},
    {"Sign-in", "admin-emails", Text{&S::admin_emails, "EMAILS"},
     "Verified addresses of admins; empty: the first who signs in is one"},
    {"Sign-in", "invited-only", Switch{&S::invited_only},
     "Let only those in whom an admin added, and the addresses above"},
    {"Sign-in", "require-sign-in", Switch{&S::require_sign_in},
     "Let nobody in without a key or a session, even without an identity provider"},
    {"Sign-in", "session-idle", Number{&S::session_idle, 1, 100'000, "HOURS"},
     "Time without a request after which a session ends"},
    {"Sign-in", "session-lifetime", Number{&S::session_lifetime, 1, 100'000, "HOURS"},
     "Time after which a session ends however much it is used"},

    {"Data", "data", Text{&S::data, "FOLDER"}, "Folder of recordings, results and the SQLite database"},
    {"Data", "database-url", Text{&S::database_url, "URL"},
     "postgresql://USER@HOST/NAME instead of SQLite in the data folder"},
    {"Data", "database-threads", Number{&S::database_threads, 1, 256},
     "Threads for the database and short work on files"},
    {"Data", "slow-threads", Number{&S::slow_threads, 1, 256},
     "Threads for work that takes seconds: probing, speech while a client waits"},
    {"Data", "pool-waiting", Number{&S::pool_waiting, 1, kMany},
     "Tasks that may wait for each thread pool; further ones get 503"},

    {"Jobs", "jobs", Number{&S::jobs, 0, 1'000},
     "Jobs that run at once; they share --threads; 0 leaves all in the queue"},
    {"Jobs", "jobs-per-user", Number{&S::jobs_per_user, 1, 1'000}, "Jobs per user that run at once"},
    {"Jobs", "attempts", Number{&S::attempts, 1, 100}, "Attempts at a job with temporary failures"},
    {"Jobs", "lost-workers", Number{&S::lost_workers, 1, 100},
     "How often a job may kill its process before it is marked as failed"},
    {"Jobs", "lease", Number{&S::lease, 1, 3'600, "SECONDS"},
     "Time without a heartbeat after which another worker takes over a running job"},
    {"Jobs", "model-memory", Size{&S::model_memory},
     "Memory for loaded models, by the size of their files; the least recently used are unloaded first. 0: "
     "half of the machine's"},
    {"Jobs", "model-management", Choice{&S::model_management, {"auto", "everyone", "nobody"}},
     "Who may download and remove models over the API: auto (admins; in local mode, the local user), "
     "everyone "
     "or nobody"},

    {"Jobs", "sandbox", Choice{&S::sandbox, {"auto", "required", "off"}},
     "Where recordings are decoded: auto (in processes that are locked up as far as the system can), "
     "required "
     "(the same, or the server does not start) or off (in the server's own process)"},

    {"Limits", "upload-limit", Size{&S::upload_limit}, "Largest file"},
    {"Limits", "reserved-disk", Size{&S::reserved_disk}, "Disk space that uploads leave free"},
    {"Limits", "files-per-request", Number{&S::files_per_request, 1, 10'000}, "Files per request"},
    {"Limits", "waiting-jobs", Number{&S::waiting_jobs, 1, kMany}, "Waiting jobs per user"},
    {"Limits", "event-streams", Number{&S::event_streams, 1, kMany}, "Open event streams per user"},
    {"Limits", "text-limit", Size{&S::text_limit}, "Longest text to speak as a job"},
    {"Limits", "direct-speech-limit", Size{&S::direct_speech_limit},
     "Longest text to speak while the client waits"},
    {"Limits", "transcript-limit", Size{&S::transcript_limit}, "Largest edited transcript"},
    {"Limits", "uploads-expire", Number{&S::uploads_expire, 1, 10'000, "HOURS"},
     "Time after which an unfinished upload, or one that no job uses, is removed"},

    {"Limits", "stored-limit", Size{&S::stored_limit},
     "Bytes of recordings and results per user; an admin may set others for single users. 0: any number"},
    {"Limits", "sound-limit", Number{&S::sound_limit, 0, kMany, "MINUTES"},
     "Minutes of sound per user in a calendar month; likewise"},

    {"Retention", "keep-recordings", Number{&S::keep_recordings, 0, kManyDays, "DAYS"},
     "Days after a job's end for which its recording is kept; users may choose less. 0: for ever"},
    {"Retention", "keep-speech", Number{&S::keep_speech, 0, kManyDays, "DAYS"},
     "Days for which speech and dubs are kept; likewise"},
    {"Retention", "keep-jobs", Number{&S::keep_jobs, 0, kManyDays, "DAYS"},
     "Days for which a job is kept with its transcript and everything else; likewise"},
    {"Retention", "keep-audit-log", Number{&S::keep_audit_log, 1, kManyDays, "DAYS"},
     "Days for which entries of the audit log are kept"},

    {"Rates", "rate-limits", Choice{&S::rate_limits, {"auto", "on", "off"}},
     "Whether rates are limited: on, off, or auto: on where anybody but the local user is served"},
    {"Rates", "request-rate", Number{&S::request_rate, 0, kMany, "PER_MINUTE"},
     "Requests of a user in a minute; a key may make half as many, an address four times as many. 0: any "
     "number"},
    {"Rates", "upload-rate", Number{&S::upload_rate, 0, kMany, "PER_MINUTE"},
     "Uploads that a user may begin in a minute; likewise"},
    {"Rates", "job-rate", Number{&S::job_rate, 0, kMany, "PER_MINUTE"},
     "Jobs that a user may create in a minute; likewise"},
    {"Rates", "sign-in-rate", Number{&S::sign_in_rate, 0, kMany, "PER_MINUTE"},
     "Attempts to sign in from an address in a minute"},

    {"Connections", "connections", Number{&S::connections, 1, kMany}, "Open connections"},
    {"Connections", "connections-per-address", Number{&S::connections_per_address, 1, kMany},
     "Open connections per address"},
    {"Connections", "header-limit", Size{&S::header_limit}, "Largest request header"},
    {"Connections", "header-timeout", Number{&S::header_timeout, 1, kDay, "SECONDS"},
     "Time for a request header to arrive"},
    {"Connections", "idle-timeout", Number{&S::idle_timeout, 1, kDay, "SECONDS"},
     "Idle time between requests before the connection is closed"},
    {"Connections", "body-timeout", Number{&S::body_timeout, 1, kDay, "SECONDS"},
     "Time without a byte of an expected body"},
    {"Connections", "write-timeout", Number{&S::write_timeout, 1, kDay, "SECONDS"},
     "Time without the client reading a byte"},
    {"Connections", "least-rate", Number{&S::min_rate, 0, kMany, "BYTES"},
     "Bytes per second that a client must send or read; the timeout of a slower one covers all its pauses "
     "together. 0: no minimum"},
    {"Connections", "shutdown-deadline", Number{&S::shutdown_deadline, 0, kDay, "SECONDS"},
     "Time for running requests and jobs to finish on shutdown; jobs resume at the next start"},

    {"Jobs", "no-voice-fetching", Switch{&S::no_voice_fetching},
     "Do not fetch natural voices in the background when speech first needs them"},

    {"Links", "no-links", Switch{&S::no_links}, "Do not fetch recordings from links"},
    {"Links", "link-networks", Text{&S::link_networks, "NETWORKS"},
     "Networks, besides the public internet, that links may lead into, such as 10.0.0.0/8; separated by "
     "commas"},
    {"Links", "link-timeout", Number{&S::link_timeout, 1, kDay / 60, "MINUTES"},
     "Time in which the recording of a link must have arrived"},
    {"Links", "yt-dlp", Text{&S::yt_dlp, "PROGRAM"},
     "yt-dlp, by its name or path, which is asked first whether it knows the recording of a link's page"},

    {"Webhooks", "allow-private-webhooks", Switch{&S::allow_private_webhooks},
     "Allow webhooks to private and loopback addresses"},
    {"Webhooks", "webhook-timeout", Number{&S::webhook_timeout, 1, 50, "SECONDS"},
     "Time for a receiver to answer"},

    {"Operation", "log-level", Choice{&S::log_level, {"debug", "info", "warning", "error", "off"}},
     "Log level: debug, info, warning, error or off; SIGHUP reloads it from vat.toml"},
    {"Operation", "log-format", Choice{&S::log_format, {"auto", "human", "json"}},
     "human, json, or auto: human on a terminal"},
    {"Operation", "no-access-log", Switch{&S::no_access_log}, "Do not log requests"},
    {"Operation", "no-metrics", Switch{&S::no_metrics}, "Do not serve /metrics"},
    {"Operation", "sentry-dsn", Text{&S::sentry_dsn, "URL"},
     "Report errors to this Sentry-compatible service"},
    {"Operation", "sentry-environment", Text{&S::sentry_environment, "NAME"},
     "Name of this installation in Sentry"},
};

std::string size_text(std::uint64_t bytes) {
  constexpr std::string_view kUnits = "KMGT";
  std::string unit;
  for (const char next : kUnits) {
    if (bytes == 0 || bytes % 1024 != 0) break;
    bytes /= 1024;
    unit = next;
  }
  return std::to_string(bytes) + unit;
}

CLI::Validator size_in_bytes() {
  return CLI::Validator(
      [](std::string& value) -> std::string {
        const auto bytes = parse_size(value);
        if (!bytes) return bytes.error().message;
        value = std::to_string(*bytes);
        return "";
      },
      "");
}

/// One row as an option of the command.
struct Adder {
  CLI::App& command;
  ServeSettings& settings;
  const Setting& row;

  [[nodiscard]] std::string name() const { return std::string("--") + row.flag; }

  CLI::Option* operator()(const Text& text) const {
    return command.add_option(name(), settings.*text.member, row.meaning)
        ->type_name(text.type)
        ->capture_default_str();
  }
  CLI::Option* operator()(const Choice& choice) const {
    std::vector<std::string> names;
    for (const char* const one : choice.names) {
      if (one != nullptr) names.emplace_back(one);
    }
    return command.add_option(name(), settings.*choice.member, row.meaning)
        ->check(one_of(std::move(names)))
        ->capture_default_str();
  }
  CLI::Option* operator()(const Number& number) const {
    return command.add_option(name(), settings.*number.member, row.meaning)
        ->type_name(number.type)
        ->check(in_range(number.min, number.max))
        ->capture_default_str();
  }
  CLI::Option* operator()(const Size& size) const {
    return command.add_option(name(), settings.*size.member, row.meaning)
        ->type_name("SIZE")
        ->transform(size_in_bytes())
        ->default_str(size_text(settings.*size.member));
  }
  CLI::Option* operator()(const Switch& on) const {
    return command.add_flag(name(), settings.*on.member, row.meaning);
  }
};

bool is_loopback(const std::string& address) {
  in_addr four{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24U) == 127;
  in6_addr six{};
  return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six) != 0;
}

/// Scheme, host in lower case and port, as in the field Origin (RFC 6454, section 7).
bool is_origin(std::string_view text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return false;
  const std::string_view host = text.substr(text.find("://") + 3);
  return http::is_host(host) && to_lower(text) == text;
}

tl::unexpected<Error> wrong(const std::string& sentence) {
  return fail(ErrorCode::kInvalidArgument, sentence);
}

}  // namespace

void add_serve_flags(CLI::App& command, ServeSettings& settings) {
  for (const Setting& row : kTable) std::visit(Adder{command, settings, row}, row.value)->group(row.group);
}

void add_data_flags(CLI::App& command, ServeSettings& settings) {
  for (const Setting& row : kTable) {
    const std::string_view flag = row.flag;
    if (flag == "data" || flag == "database-url")
      std::visit(Adder{command, settings, row}, row.value)->group(row.group);
  }
}

Result<> validate(const ServeSettings& settings) {
  if (settings.tls_certificate.empty() != settings.tls_key.empty())
    return wrong(
        "--tls-certificate (VAT_TLS_CERTIFICATE) and --tls-key (VAT_TLS_KEY) must be given together.");
  if (settings.data.empty()) return wrong("--data (VAT_DATA) must name a folder.");
  if (!settings.database_url.empty() && !settings.database_url.starts_with("postgresql://") &&
      !settings.database_url.starts_with("postgres://") && !settings.database_url.starts_with("sqlite:"))
    return wrong(
        "--database-url (VAT_DATABASE_URL) must be postgresql://USER@HOST/NAME, or empty for SQLite in the "
        "data folder.");
  if (const auto proxies = http::TrustedProxies::parse(parts_of_list(settings.trusted_proxies)); !proxies)
    return wrong("--trusted-proxies (VAT_TRUSTED_PROXIES): " + proxies.error().message);
  for (const std::string& origin : parts_of_list(settings.cors_origins)) {
    if (!is_origin(origin))
      return wrong("--cors-origins (VAT_CORS_ORIGINS): \"" + origin +
                   "\" is not an origin; write it as browsers do, such as https://app.example.");
  }
  if (const auto networks = net::parse_networks(settings.link_networks); !networks)
    return wrong("--link-networks (VAT_LINK_NETWORKS) is not valid: " + networks.error().message);
  if (!settings.sentry_dsn.empty()) {
    if (const auto dsn = operation::parse_sentry_dsn(settings.sentry_dsn); !dsn)
      return wrong("--sentry-dsn (VAT_SENTRY_DSN) is not a valid DSN: " + dsn.error().message);
  }
  return {};
}

bool is_local_only(const ServeSettings& settings) { return is_loopback(listen_address(settings)); }

std::string listen_address(const ServeSettings& settings) {
  return settings.address == "localhost" ? "127.0.0.1" : settings.address;
}

std::vector<std::string> parts_of_list(std::string_view text) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : std::string(text) + ",") {
    if (c != ',' && c != ' ') {
      part += c;
    } else if (!part.empty()) {
      parts.push_back(std::exchange(part, {}));
    }
  }
  return parts;
}

std::vector<std::string> allowed_hosts(const ServeSettings& settings) {
  return parts_of_list(to_lower(settings.allowed_hosts));
}

bool insists_on_https(const ServeSettings& settings) {
  return settings.base_url.starts_with("https://") &&
         (!settings.tls_certificate.empty() || !settings.trusted_proxies.empty());
}

bool limits_rates(const ServeSettings& settings) {
  if (settings.rate_limits != "auto") return settings.rate_limits == "on";
  return !settings.trusted_proxies.empty() || !is_loopback(listen_address(settings));
}

std::vector<net::Network> link_networks(const ServeSettings& settings) {
  return net::parse_networks(settings.link_networks).value_or(std::vector<net::Network>());
}

Result<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view kUnits = "KMGT";
  const auto bad = [&] {
    return fail(ErrorCode::kInvalidArgument,
                "must be a size such as 500M or 20G, not \"" + std::string(text) + "\"");
  };
  std::string_view rest = text;
  const auto number = take_number<std::uint64_t>(rest);
  if (!number) return bad();
  if (rest.empty()) return *number;
  const std::size_t unit = kUnits.find(to_upper(rest.front()));
  if (unit == std::string_view::npos || rest.size() > 1) return bad();
  const auto shift = static_cast<unsigned>(10 * (unit + 1));
  if (*number > (UINT64_MAX >> shift)) return bad();
  return *number << shift;
}

LogFormat log_format(const ServeSettings& settings) {
  if (settings.log_format == "auto")
    return ::isatty(STDERR_FILENO) == 1 ? LogFormat::kHuman : LogFormat::kJson;
  return settings.log_format == "json" ? LogFormat::kJson : LogFormat::kHuman;
}

}  // namespace vat::app
