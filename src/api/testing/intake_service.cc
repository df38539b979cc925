#include "api/testing/intake_service.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "domain/user.h"
#include "media/testing/make_media.h"
#include "objects/local_store.h"
#include "queue/local_bus.h"
#include "tts/flite_engine.h"

namespace vat::api::testing {
namespace {

namespace fs = std::filesystem;

class NoNetwork final : public HttpDownloader {
 public:
  [[nodiscard]] Result<HttpResponse> download(const HttpRequest&, const HttpSink&, std::stop_token) override {
    return fail(ErrorCode::kNetwork, "There is no network in this test.");
  }
};

std::size_t count_files(const fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) count += entry.is_regular_file() ? 1 : 0;
  return count;
}

std::string written(const fs::path& path, const media::testing::MediaSpec& spec) {
  const Result<> made = media::testing::write_media(path, spec);
  EXPECT_TRUE(made) << made.error().message;
  return read_file(path, 100U << 20U).value();
}

}  // namespace

IntakeService::IntakeService(Limits limits)
    : bus_(queue::make_local_bus()),
      objects_(objects::open_local_store(folder_.path() / "data").value()),
      no_network_(std::make_unique<NoNetwork>()),
      models_(std::make_unique<catalog::ModelStore>(
          *no_network_, catalog::StoreOptions{.directory = folder_.path() / "models"})),
      engines_(std::make_unique<pipeline::Engines>(
          *models_, pipeline::EnginesOptions{.no_fetching = "tests fetch none."})),
      speech_(std::make_unique<pipeline::Speech>(tts::Engines{tts::make_flite()}, fs::path())) {
  auto database = db::Database::open(
      {.sqlite_path = folder_.path() / "vat.db", .clock = [this] { return utc_now() + ahead; }}, *bus_);
  EXPECT_TRUE(database) << database.error().message << " " << database.error().detail;
  database_ = std::move(*database);
  EXPECT_TRUE(database_->migrate());
  if (limits.reserved_disk_bytes == Limits{}.reserved_disk_bytes) limits.reserved_disk_bytes = 1U << 20U;
  intake_ = std::make_unique<uploads::Intake>(
      database_->uploads(), *objects_,
      uploads::IntakeOptions{.reserved_disk_bytes = limits.reserved_disk_bytes,
                             .unfinished_expire = limits.unfinished_uploads_expire});
  services_ = std::unique_ptr<Services>(new Services{.jobs = database_->jobs(),
                                                     .queue = database_->queue(),
                                                     .speeds = database_->speeds(),
                                                     .uploads = database_->uploads(),
                                                     .intake = *intake_,
                                                     .transcripts = database_->transcripts(),
                                                     .users = database_->users(),
                                                     .webhooks = database_->webhooks(),
                                                     .bus = *bus_,
                                                     .objects = *objects_,
                                                     .models = *models_,
                                                     .engines = *engines_,
                                                     .speech = *speech_,
                                                     .pool = *pool_,
                                                     .slow_pool = *slow_pool_,
                                                     .writers = *writers_,
                                                     .speakers = *speakers_,
                                                     .limits = limits});
  router_ = std::make_unique<http::Router>(make_router(*services_));
  client_ = std::make_unique<LocalClient>(*router_);
}

IntakeService::~IntakeService() {
  // What they still do uses the services.
  pool_.reset();
  slow_pool_.reset();
  writers_.reset();
  speakers_.reset();
}

Reply IntakeService::form(std::string target, const std::vector<Part>& parts, HttpHeaders headers) {
  std::string body;
  for (const Part& part : parts) {
    body += "--frontier\r\nContent-Disposition: form-data; name=\"" + part.name + '"';
    if (part.filename) body += "; filename=\"" + *part.filename + '"';
    body += "\r\n\r\n" + part.content + "\r\n";
  }
  body += "--frontier--\r\n";
  headers.emplace_back("Content-Type", "multipart/form-data; boundary=frontier");
  return client_->send(http::Method::kPost, std::move(target), std::move(body), std::move(headers));
}

Reply IntakeService::tus(http::Method method, std::string target, HttpHeaders headers, std::string body) {
  headers.emplace_back("Tus-Resumable", "1.0.0");
  if (!body.empty() || method == http::Method::kPatch)
    headers.emplace_back("Content-Type", "application/offset+octet-stream");
  return client_->send(method, std::move(target), std::move(body), std::move(headers));
}

std::string IntakeService::recording(double frequency) {
  media::testing::MediaSpec spec{.container = "wav", .seconds = 0.5};
  spec.sound.front().sample_rate = 16'000;
  spec.sound.front().channels = 1;
  spec.sound.front().signal = media::testing::tone(frequency);
  return written(path("recording.wav"), spec);
}

std::vector<Job> IntakeService::jobs() { return database_->jobs().list(kLocalUserId, {}).value().jobs; }

std::string IntakeService::content(const std::string& upload_id) {
  const Upload upload = services_->uploads.get(kLocalUserId, upload_id).value();
  return read_file(services_->objects.get(upload.object_key).value().path, SIZE_MAX).value();
}

std::size_t IntakeService::stored_files() const { return count_files(folder_.path() / "data" / "objects"); }
std::size_t IntakeService::staged_files() const { return count_files(folder_.path() / "data" / "staging"); }

}  // namespace vat::api::testing
