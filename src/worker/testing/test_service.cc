#include "worker/testing/test_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "asr/testing/flite_speech.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "db/testing/migrated_file.h"
#include "domain/user.h"
#include "media/testing/make_media.h"
#include "objects/local_store.h"
#include "pipeline/options_json.h"
#include "queue/local_bus.h"
#include "tts/flite_engine.h"

namespace vat::worker::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 200'000'000;
constexpr std::chrono::seconds kTimeout{60};

class NoNetwork : public HttpDownloader {
  Result<HttpResponse> download(const HttpRequest&, const HttpSink&, std::stop_token) override {
    return fail(ErrorCode::kNetwork, "Tests have no network.");
  }
};

void write_sound(const fs::path& path, const Pcm& sound, const std::string& container,
                 std::optional<media::testing::PictureSpec> picture) {
  const media::testing::MediaSpec spec{
      .container = container,
      .seconds = static_cast<double>(sound.samples.size()) / sound.sample_rate,
      .sound = {{.encoder = "pcm_f32le",
                 .sample_rate = sound.sample_rate,
                 .channels = 1,
                 .signal = media::testing::samples_of(sound.samples, sound.sample_rate)}},
      .picture = std::move(picture)};
  const Result<> written = media::testing::write_media(path, spec);
  ASSERT_TRUE(written) << written.error().message << " " << written.error().detail;
}

std::size_t files_below(const fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) ++count;
  }
  return count;
}

}  // namespace

void write_numbered_recording(const fs::path& path, Millis length, unsigned seed) {
  std::mt19937 random(seed);
  asr::NumberedSource source(asr::make_numbered_recording({.length = length}, random));
  Pcm sound{.sample_rate = kRecognitionRate};
  std::vector<float> block(100'000);
  for (std::size_t count = source.read(block).value(); count > 0; count = source.read(block).value())
    sound.samples.insert(sound.samples.end(), block.begin(),
                         block.begin() + static_cast<std::ptrdiff_t>(count));
  write_sound(path, sound, "wav", std::nullopt);
}

void write_speech(const fs::path& path, const std::string& text, bool video) {
  Pcm sound = asr::flite_say(text);
  asr::append(sound, asr::silence(Millis(500)));
  write_sound(path, sound, video ? "matroska" : "wav",
              video ? std::make_optional(media::testing::PictureSpec{}) : std::nullopt);
}

/// "auto" is the numbered-words recogniser.
class TestService::Engines : public pipeline::Engines {
 public:
  Engines(catalog::ModelStore& store, asr::NumberedHearing hearing)
      : pipeline::Engines(store, {.no_fetching = "tests fetch none."}),
        numbered_(std::make_shared<asr::NumberedModel>(std::move(hearing))) {}

  Result<pipeline::LoadedEngine> load(const pipeline::RecognitionChoice& choice,
                                      const RecognitionOptions& recognition,
                                      const pipeline::FetchProgress& progress,
                                      std::stop_token stop) override {
    if (choice.engine == "auto") return pipeline::LoadedEngine{.model = numbered_};
    return pipeline::Engines::load(choice, recognition, progress, std::move(stop));
  }
  Result<std::unique_ptr<SpeechDetector>> detector(const pipeline::RecognitionChoice& choice) const override {
    if (choice.engine == "auto")
      return std::unique_ptr<SpeechDetector>(std::make_unique<asr::NumberedDetector>());
    return pipeline::Engines::detector(choice);
  }

 private:
  std::shared_ptr<const asr::NumberedModel> numbered_;
};

TestService::TestService(TestServiceOptions options)
    : folder_(options.folder),
      bus_(queue::make_local_bus()),
      objects_(objects::open_local_store(folder_ / "data").value()),
      no_network_(std::make_unique<NoNetwork>()),
      models_(std::make_unique<catalog::ModelStore>(*no_network_,
                                                    catalog::StoreOptions{.directory = folder_ / "models"})),
      engines_(std::make_unique<Engines>(*models_, std::move(options.hearing))),
      pool_(std::make_unique<asr::ChunkPool>(2)),
      speech_(std::make_unique<pipeline::Speech>(tts::Engines{tts::make_flite()}, fs::path())),
      resources_{*pool_, *engines_, *speech_} {
  EXPECT_TRUE(db::testing::write_migrated_file(folder_ / "vat.db"));
  auto database =
      db::Database::open({.sqlite_path = folder_ / "vat.db",
                          .clock = options.clock,
                          .lease_clock = options.lease_clock ? options.lease_clock : options.clock,
                          .limits = options.limits},
                         *bus_);
  EXPECT_TRUE(database) << database.error().message << " " << database.error().detail;
  database_ = std::move(*database);
  const auto migrated = database_->migrate();
  EXPECT_TRUE(migrated) << migrated.error().message << " " << migrated.error().detail;
  intake_ = std::make_unique<uploads::Intake>(uploads(), objects(),
                                              uploads::IntakeOptions{.reserved_disk_bytes = 0});
  link_http_ = std::make_unique<net::CurlHttpClient>(
      net::CurlOptions{.addresses = net::AddressPolicy::kPublicOnly,
                       .also_allowed = {net::Network::parse("127.0.0.1").value()}});
  links_ = std::make_unique<LinkServices>(
      LinkServices{*link_http_, *intake_, {.first_pause = std::chrono::milliseconds(1)}});
}

TestService::~TestService() = default;

JobStore& TestService::jobs() const { return database_->jobs(); }
JobQueue& TestService::queue() const { return database_->queue(); }
TranscriptStore& TestService::transcripts() const { return database_->transcripts(); }
UploadStore& TestService::uploads() const { return database_->uploads(); }
QuotaStore& TestService::quotas() const { return database_->quotas(); }
LexiconStore& TestService::lexicons() const { return database_->lexicons(); }
SpeedStore& TestService::speeds() const { return database_->speeds(); }

WorkerServices TestService::services() const {
  return {queue(), speeds(), transcripts(), objects(), bus(), resources_, links_.get(), &lexicons()};
}

std::string TestService::upload(const fs::path& file, const std::string& title) {
  const fs::path staged = objects_->staging() / make_uuid();
  fs::copy_file(file, staged);
  Upload upload{.user_id = kLocalUserId, .filename = title, .size = fs::file_size(file)};
  upload.fingerprint = hash_file(Digest::kSha256, staged).value();
  upload.object_key = make_object_key("uploads");
  EXPECT_TRUE(objects_->put(upload.object_key, staged));
  auto made = uploads().create(upload);
  EXPECT_TRUE(made) << made.error().message << " " << made.error().detail;
  upload.id = made->id;
  auto complete = uploads().complete(upload);
  EXPECT_TRUE(complete) << complete.error().message << " " << complete.error().detail;
  return upload.id;
}

Job TestService::create(const std::string& upload_id, const std::string& title, const std::string& options) {
  pipeline::JobOptions defaults;
  defaults.speech = false;
  const auto chosen = pipeline::job_options_from_json(options, defaults);
  EXPECT_TRUE(chosen) << chosen.error().message;
  auto made = jobs().create({{.user_id = kLocalUserId,
                              .title = title,
                              .upload_id = upload_id,
                              .options = pipeline::to_json(*chosen)}},
                            std::nullopt);
  EXPECT_TRUE(made) << made.error().message << " " << made.error().detail;
  return made->jobs.front();
}

Job TestService::create_of_link(const std::string& url, const std::string& title,
                                const std::string& options) {
  pipeline::JobOptions defaults;
  defaults.speech = false;
  const auto chosen = pipeline::job_options_from_json(options, defaults);
  EXPECT_TRUE(chosen) << chosen.error().message;
  auto made = jobs().create({{.user_id = kLocalUserId,
                              .title = title,
                              .options = pipeline::to_json(*chosen),
                              .source_url = url,
                              .source_name = title}},
                            std::nullopt);
  EXPECT_TRUE(made) << made.error().message << " " << made.error().detail;
  return made->jobs.front();
}

Job TestService::create_speech(const std::string& text, const std::string& options) {
  const auto chosen = pipeline::job_options_from_json(options, {});
  EXPECT_TRUE(chosen) << chosen.error().message;
  auto made = jobs().create({{.user_id = kLocalUserId,
                              .kind = JobKind::kSpeech,
                              .title = text.substr(0, 20),
                              .options = pipeline::to_json(*chosen),
                              .input_text = text}},
                            std::nullopt);
  EXPECT_TRUE(made) << made.error().message << " " << made.error().detail;
  return made->jobs.front();
}

Job TestService::job(const std::string& job_id) const {
  auto job = jobs().get(kLocalUserId, job_id);
  EXPECT_TRUE(job) << job.error().message << " " << job.error().detail;
  return job ? std::move(*job) : Job{};
}

Job TestService::wait_for(const std::string& job_id, const std::function<bool(const Job&)>& condition) const {
  std::mutex mutex;
  std::condition_variable changed;
  bool news = true;
  const auto subscription = bus_->subscribe("", job_id, [&](const Notification&) {
    const std::lock_guard lock(mutex);
    news = true;
    changed.notify_all();
  });
  const auto deadline = std::chrono::steady_clock::now() + kTimeout;
  std::unique_lock lock(mutex);
  while (true) {
    if (!changed.wait_until(lock, deadline, [&] { return news; })) {
      ADD_FAILURE() << "The job did not become what was waited for.";
      return job(job_id);
    }
    news = false;
    lock.unlock();
    const Job now = job(job_id);
    if (condition(now)) return now;
    lock.lock();
  }
}

Job TestService::wait_for_end(const std::string& job_id) const {
  return wait_for(job_id, [](const Job& job) { return is_final(job.state); });
}

std::vector<std::pair<std::string, std::string>> TestService::files(const std::string& job_id,
                                                                    bool previews) const {
  std::vector<std::pair<std::string, std::string>> files;
  const auto artifacts = jobs().artifacts(kLocalUserId, job_id);
  if (!artifacts) {
    ADD_FAILURE() << artifacts.error().message << " " << artifacts.error().detail;
    return files;
  }
  for (const Artifact& artifact : *artifacts) {
    if (!(previews ? is_preview(artifact.kind) : is_result(artifact.kind))) continue;
    std::string bytes = read_file(objects_->get(artifact.object_key).value().path, kMaxBytes).value();
    EXPECT_EQ(artifact.size, bytes.size()) << artifact.name;
    EXPECT_EQ(artifact.sha256, hash_hex(Digest::kSha256, bytes)) << artifact.name;
    files.emplace_back(artifact.name, std::move(bytes));
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> TestService::events(const std::string& job_id, const std::string& type) const {
  std::vector<std::string> data;
  std::int64_t after = 0;
  while (true) {
    const std::vector<JobEvent> page = jobs().events(kLocalUserId, job_id, after, 100).value();
    for (const JobEvent& event : page) {
      if (event.type == type) data.push_back(event.data);
    }
    if (page.empty()) return data;
    after = page.back().id;
  }
}

std::size_t TestService::stored_files() const { return files_below(folder_ / "data" / "objects"); }
std::size_t TestService::staged_files() const { return files_below(objects_->staging()); }

}  // namespace vat::worker::testing
