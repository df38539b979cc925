// What the routes work with. Every reference must outlive the router.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "asr/chunk_pool.h"
#include "auth/access_tokens.h"
#include "auth/pictures.h"
#include "auth/sign_in.h"
#include "catalog/recognisers.h"
#include "catalog/store.h"
#include "domain/account_store.h"
#include "domain/audit_log.h"
#include "domain/event_bus.h"
#include "domain/instance.h"
#include "domain/job_queue.h"
#include "domain/job_store.h"
#include "domain/label_store.h"
#include "domain/lexicon_store.h"
#include "domain/object_store.h"
#include "domain/overview_store.h"
#include "domain/preference_store.h"
#include "domain/quota.h"
#include "domain/rate_limiter.h"
#include "domain/retention.h"
#include "domain/share_store.h"
#include "domain/transcript_store.h"
#include "domain/upload_store.h"
#include "domain/user_store.h"
#include "domain/webhook_store.h"
#include "http/router.h"
#include "http/task.h"
#include "media/media.h"
#include "pipeline/engines.h"
#include "pipeline/options.h"
#include "pipeline/speech.h"
#include "uploads/intake.h"

namespace vat::api {

/// Limits set by the operator; GET /api/v1/limits shows them.
struct Limits {
  std::uint64_t max_upload_bytes = 20ULL << 30U;    ///< Of one file.
  std::uint64_t reserved_disk_bytes = 1ULL << 30U;  ///< Left free; an upload that would use it gets 507.
  std::size_t max_files_per_request = 32;
  std::size_t max_text_bytes = 1U << 20U;            ///< Of a text to speak as a job.
  std::size_t max_direct_speech_bytes = 16U * 1024;  ///< Of a text that is spoken while the client waits.
  std::size_t max_transcript_bytes = 64U << 20U;     ///< Of an edited transcript.
  std::size_t max_running_jobs = 2;                  ///< Of one user, at once; the worker sees to it.
  std::size_t max_event_streams = 12'000;            ///< Open at once, of one user.
  std::chrono::hours unfinished_uploads_expire{24};
  /// Heartbeat of event streams, and how long another server's change may go unnoticed by them.
  std::chrono::milliseconds heartbeat{15'000};
};

/// How often within a minute, as far as limits apply at all; 0: without limit.
struct RateLimits {
  std::uint64_t requests = 1'200;  ///< Of one user.
  std::uint64_t uploads = 120;     ///< Begun by one user.
  std::uint64_t jobs = 120;        ///< Created by one user.
  std::uint64_t sign_ins = 20;     ///< Of one address, with attempts that fail.
};

/// Who may download and remove models.
enum class ModelManagement {
  kAdmins,  ///< In local mode, the local user is one.
  kEveryone,
  kNobody,  ///< The operator does it at the command line.
};

struct Services {
  JobStore& jobs;
  JobQueue& queue;
  SpeedStore& speeds;
  UploadStore& uploads;
  uploads::Intake& intake;  ///< Over the same stores.
  TranscriptStore& transcripts;
  ShareStore& shares;
  LabelStore& labels;
  UserStore& users;
  auth::AccessTokens& tokens;
  WebhookStore& webhooks;
  QuotaStore& quotas;
  RetentionStore& retention;
  LexiconStore& lexicons;
  PreferenceStore& preferences;
  AccountStore& accounts;
  OverviewStore& overview;
  AuditLog& audit;
  EventBus& bus;
  ObjectStore& objects;
  catalog::ModelStore& models;
  const catalog::RecogniserStore* recognisers = nullptr;  ///< Null: there are none.
  pipeline::Engines& engines;
  const pipeline::Speech& speech;
  /// For the database and short file work.
  http::BlockingPool& pool;
  /// For work that takes seconds: probing, hashing, speech while the client waits.
  http::BlockingPool& slow_pool;
  /// Writes incoming bytes, a block at a time. Separate from the others, so that a slow disk does not stop
  /// the database, nor a long probe an upload.
  http::BlockingPool& writers;
  /// Reads and writes transcripts of many thousand segments: one at a time, because each takes seconds and
  /// hundreds of megabytes. Few may wait.
  http::BlockingPool& long_transcripts;
  /// Speaks while clients wait, who may read slowly.
  http::BlockingPool& speakers;
  /// What the one voice in a short recording is like (pipeline/voice_sample.h); blocks for as long as its
  /// models are fetched. May be empty.
  std::function<Result<std::vector<float>>(const std::filesystem::path& file)> voice_of_sample;
  /// Makes dubs; null: they are not made here.
  media::Media* media = nullptr;
  /// Work for waiting clients that may take minutes stops.
  std::stop_token ending = {};
  Limits limits;
  pipeline::JobOptions defaults;  ///< Of a new job, from the operator's settings.
  /// Progress of a job that runs in this process, fresher than the database's; may be empty.
  std::function<std::optional<JobProgress>(const std::string& job_id)> live_progress;
  /// What this process tells of itself; blocks for a second or two. Empty: it tells nothing (503).
  std::function<InstanceView(FigureSpan)> instance;
  /// Whether jobs may be created from links, which workers then fetch.
  bool fetches_links = false;
  /// Whether links may name private addresses. The fetching decides about each one.
  bool allow_private_links = false;
  /// Whether webhooks may go to private addresses.
  bool allow_private_webhooks = false;
  ModelManagement model_management = ModelManagement::kAdmins;
  /// Null in local mode: who comes without a key is the local user.
  auth::SignIns* sign_ins = nullptr;
  /// For what waits for an identity provider; with sign_ins.
  http::BlockingPool* sign_in_pool = nullptr;
  /// Fetches the pictures of those who sign in, on the same pool; null: none are fetched.
  auth::Pictures* pictures = nullptr;
  /// Host names, besides localhost, 127.0.0.1 and [::1], that clients may use; lower case, without port.
  std::vector<std::string> allowed_hosts;
  /// Origins whose pages may use the API with a key: "https://app.example".
  std::vector<std::string> cors_origins;
  /// The service's address is https: browsers are told to use nothing else.
  bool strict_transport = false;
  RateLimits rates;
  RateLimiter* rate_limiter = nullptr;  ///< Null: nothing is limited.
};

/// All routes of the product. `services` must outlive the router. Operation's routes (/healthz, /metrics) are
/// added by add_operation_routes().
[[nodiscard]] http::Router make_router(const Services& services);

}  // namespace vat::api
