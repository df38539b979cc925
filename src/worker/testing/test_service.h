// A complete service without HTTP, in a folder: a real database, object store and bus, the real pipeline, and
// a worker. Its default recogniser is for recordings of numbered words; "pocketsphinx" is the real one.
// Test-only.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "asr/chunk_pool.h"
#include "asr/testing/numbered_words.h"
#include "catalog/store.h"
#include "db/database.h"
#include "domain/event_bus.h"
#include "domain/job_queue.h"
#include "domain/job_store.h"
#include "domain/object_store.h"
#include "domain/transcript_store.h"
#include "domain/upload_store.h"
#include "net/curl_http_client.h"
#include "pipeline/stages.h"
#include "worker/worker.h"

namespace vat::worker::testing {

/// A recording of numbered words, as a WAV file with its exact samples.
void write_numbered_recording(const std::filesystem::path& path, Millis length, unsigned seed);
/// Flite's speech as a WAV file; with `video`, as a Matroska file with video.
void write_speech(const std::filesystem::path& path, const std::string& text, bool video = false);

struct TestServiceOptions {
  std::filesystem::path folder;
  UtcClock clock = utc_now;
  UtcClock lease_clock;  ///< Empty: the same.
  QueueLimits limits;
  asr::NumberedHearing hearing;
};

class TestService {
 public:
  explicit TestService(TestServiceOptions options);
  ~TestService();

  [[nodiscard]] JobStore& jobs() const;
  [[nodiscard]] JobQueue& queue() const;
  [[nodiscard]] TranscriptStore& transcripts() const;
  [[nodiscard]] UploadStore& uploads() const;
  [[nodiscard]] LexiconStore& lexicons() const;
  [[nodiscard]] SpeedStore& speeds() const;
  [[nodiscard]] QuotaStore& quotas() const;
  [[nodiscard]] ObjectStore& objects() const { return *objects_; }
  [[nodiscard]] EventBus& bus() const { return *bus_; }
  [[nodiscard]] const pipeline::Resources& resources() const { return resources_; }
  [[nodiscard]] WorkerServices services() const;
  /// It must outlive the services.
  void tell_voices_apart_by(Diarizer& diarizer) {
    speakers_ = std::make_unique<pipeline::SpeakerModels>(diarizer, std::vector<pipeline::SpeakerFile>());
    resources_.speakers = speakers_.get();
  }
  [[nodiscard]] uploads::Intake& intake() const { return *intake_; }
  [[nodiscard]] LinkServices& links() const { return *links_; }

  /// A complete upload of a copy of the file; returns its id.
  [[nodiscard]] std::string upload(const std::filesystem::path& file, const std::string& title);
  /// A job on the upload whose JSON options override options that make texts only.
  [[nodiscard]] Job create(const std::string& upload_id, const std::string& title,
                           const std::string& options);
  /// A job on the recording behind the link, which the worker may fetch from this machine.
  [[nodiscard]] Job create_of_link(const std::string& url, const std::string& title,
                                   const std::string& options);
  [[nodiscard]] Job create_speech(const std::string& text, const std::string& options);

  [[nodiscard]] Job job(const std::string& job_id) const;
  /// The job, once it meets the condition; fails the test after a minute.
  Job wait_for(const std::string& job_id, const std::function<bool(const Job&)>& condition) const;
  Job wait_for_end(const std::string& job_id) const;

  /// Names and contents of the job's results, or of what shows its recording.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> files(const std::string& job_id,
                                                                       bool previews = false) const;
  /// Data of the job's events of this type, in order.
  [[nodiscard]] std::vector<std::string> events(const std::string& job_id, const std::string& type) const;
  /// The number of files in the object store, and in its staging folder.
  [[nodiscard]] std::size_t stored_files() const;
  [[nodiscard]] std::size_t staged_files() const;

 private:
  class Engines;

  const std::filesystem::path folder_;
  std::unique_ptr<EventBus> bus_;
  std::unique_ptr<ObjectStore> objects_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<uploads::Intake> intake_;
  std::unique_ptr<net::CurlHttpClient> link_http_;
  std::unique_ptr<LinkServices> links_;
  std::unique_ptr<HttpDownloader> no_network_;
  std::unique_ptr<catalog::ModelStore> models_;
  std::unique_ptr<Engines> engines_;
  std::unique_ptr<asr::ChunkPool> pool_;
  std::unique_ptr<pipeline::Speech> speech_;
  std::unique_ptr<pipeline::SpeakerModels> speakers_;
  pipeline::Resources resources_;
};

}  // namespace vat::worker::testing
