// What the routes work with. Put together in apps/vat; every reference outlives the router.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "asr/chunk_pool.h"
#include "catalog/store.h"
#include "domain/event_bus.h"
#include "domain/job_queue.h"
#include "domain/job_store.h"
#include "domain/object_store.h"
#include "domain/transcript_store.h"
#include "domain/upload_store.h"
#include "domain/user_store.h"
#include "domain/webhook_store.h"
#include "http/router.h"
#include "http/task.h"
#include "pipeline/engines.h"
#include "pipeline/options.h"
#include "pipeline/speech.h"
#include "uploads/intake.h"

namespace vat::api {

/// Bounds that the operator sets; GET /api/v1/limits shows them.
struct Limits {
  std::uint64_t max_upload_bytes = 20ULL << 30U;    ///< Of one file.
  std::uint64_t reserved_disk_bytes = 1ULL << 30U;  ///< Left free; an upload that would use it is 507.
  std::size_t max_files_per_request = 32;
  std::size_t max_text_bytes = 1U << 20U;            ///< Of a text to speak as a job.
  std::size_t max_direct_speech_bytes = 16U * 1024;  ///< Of a text that is spoken while the client waits.
  std::size_t max_transcript_bytes = 64U << 20U;     ///< Of an edited transcript.
  std::size_t max_waiting_jobs = 1000;               ///< Queued jobs of one user.
  std::size_t max_event_streams = 12'000;            ///< Open at once, of one user.
  std::chrono::hours unfinished_uploads_expire{24};
  /// Of event streams, and how long a change that another server made may stay unseen by them.
  std::chrono::milliseconds heartbeat{15'000};
};

struct Services {
  JobStore& jobs;
  JobQueue& queue;
  SpeedStore& speeds;
  UploadStore& uploads;
  uploads::Intake& intake;  ///< Over the same stores.
  TranscriptStore& transcripts;
  UserStore& users;
  WebhookStore& webhooks;
  EventBus& bus;
  ObjectStore& objects;
  catalog::ModelStore& models;
  pipeline::Engines& engines;
  const pipeline::Speech& speech;
  /// For the database and short file work.
  http::BlockingPool& pool;
  /// For what takes seconds: probing, hashing, speech while the client waits.
  http::BlockingPool& slow_pool;
  /// Writes what arrives, a block at a time. Apart from the others, so that neither a slow disk stops the
  /// database nor a long probe an upload.
  http::BlockingPool& writers;
  /// Speaks while clients wait, who may take what is spoken slowly.
  http::BlockingPool& speakers;
  Limits limits;
  pipeline::JobOptions defaults;  ///< Of a new job, from the operator's settings.
  /// Progress of a job that runs in this process, fresher than the database's; may be empty.
  std::function<std::optional<JobProgress>(const std::string& job_id)> live_progress;
  /// Whether webhooks may go to private addresses.
  bool allow_private_webhooks = false;
  /// Names beside localhost, 127.0.0.1 and [::1] under which clients may call this server; lower case,
  /// without port.
  std::vector<std::string> allowed_hosts;
};

/// All routes of the product. `services` outlives the router. Operation's routes (/healthz, /metrics) are
/// added by add_operation_routes().
[[nodiscard]] http::Router make_router(const Services& services);

}  // namespace vat::api
