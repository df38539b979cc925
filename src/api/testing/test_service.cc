#include "api/testing/test_service.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/hash.h"
#include "base/random.h"
#include "base/uuid.h"
#include "db/testing/migrated_file.h"
#include "domain/testing/words.h"
#include "objects/local_store.h"
#include "pipeline/options_json.h"
#include "queue/local_bus.h"
#include "tts/flite_engine.h"

namespace vat::api::testing {
namespace {

/// What a test needs to go on.
template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "The test's service failed: %s [%s]\n", result.error().message.c_str(),
                 result.error().detail.c_str());
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

std::unique_ptr<db::Database> open_database(const std::filesystem::path& path, EventBus& bus) {
  must(db::testing::write_migrated_file(path));
  auto database = must(db::Database::open({.sqlite_path = path}, bus));
  (void)must(database->migrate());
  return database;
}

catalog::StoreOptions in_folder(catalog::StoreOptions options, std::filesystem::path folder) {
  options.directory = std::move(folder);
  return options;
}

}  // namespace

Transcript sample_transcript() {
  Transcript transcript;
  transcript.engine = "whisper";
  transcript.model = "base";
  transcript.language = "en";
  transcript.duration = Millis(10'000);
  transcript.segments.resize(2);
  transcript.segments[0] = {.start = Millis(0), .end = Millis(2000), .text = "Ask not what"};
  transcript.segments[0].words = {make_word(0, 500, "Ask"), make_word(500, 1000, "not"),
                                  make_word(1000, 2000, "what")};
  transcript.segments[1] = {.start = Millis(3000), .end = Millis(5000), .text = "your country"};
  transcript.segments[1].words = {make_word(3000, 4000, "your"), make_word(4000, 5000, "country")};
  return transcript;
}

TestService::TestService(catalog::StoreOptions models)
    : folder_(must(TemporaryDirectory::create())),
      bus_(queue::make_local_bus()),
      objects_(must(objects::open_local_store(folder_.path() / "objects"))),
      database_(open_database(folder_.path() / "vat.db", *bus_)),
      models_(http_, in_folder(std::move(models), folder_.path() / "models")),
      recognisers_(folder_.path() / "recognisers", {}),
      tokens_("http://localhost", database_->tokens()),
      engines_(models_, {.no_fetching = "tests fetch none."}),
      speech_(tts::Engines{std::shared_ptr<Synthesizer>(tts::make_flite())}, folder_.path() / "speech"),
      intake_(database_->uploads(), *objects_, {}),
      pool_(std::in_place, 2, 1000),
      slow_pool_(std::in_place, 2, 100),
      writers_(std::in_place, 2, 1000),
      speakers_(std::in_place, 2, 32),
      services_(std::make_unique<Services>(Services{.jobs = database_->jobs(),
                                                    .queue = database_->queue(),
                                                    .speeds = database_->speeds(),
                                                    .uploads = database_->uploads(),
                                                    .intake = intake_,
                                                    .transcripts = database_->transcripts(),
                                                    .shares = database_->shares(),
                                                    .labels = database_->labels(),
                                                    .users = database_->users(),
                                                    .tokens = tokens_,
                                                    .webhooks = database_->webhooks(),
                                                    .quotas = database_->quotas(),
                                                    .retention = database_->retention(),
                                                    .lexicons = database_->lexicons(),
                                                    .preferences = database_->preferences(),
                                                    .accounts = database_->accounts(),
                                                    .overview = database_->overview(),
                                                    .audit = database_->audit(),

                                                    .bus = *bus_,
                                                    .objects = *objects_,
                                                    .models = models_,
                                                    .recognisers = &recognisers_,
                                                    .engines = engines_,
                                                    .speech = speech_,
                                                    .pool = *pool_,
                                                    .slow_pool = *slow_pool_,
                                                    .writers = *writers_,
                                                    .long_transcripts = *long_transcripts_,
                                                    .speakers = *speakers_})),
      router_(std::make_unique<http::Router>(make_router(*services_))),
      client(std::make_unique<LocalClient>(*router_)) {}

TestService::~TestService() {
  // What they still do uses the services.
  pool_.reset();
  slow_pool_.reset();
  long_transcripts_.reset();
  writers_.reset();
  speakers_.reset();
  sign_in_pool_.reset();
}

void TestService::require_sign_in(HttpClient& http, std::string base_url) {
  auth::SignInOptions options{.base_url = std::move(base_url)};
  options.providers = {
      {.id = "test", .name = "Test", .issuer = "https://issuer.example", .client_id = "client"}};
  sign_ins_ = std::make_unique<auth::SignIns>(std::move(options), database_->sessions(), http);
  sign_in_pool_.emplace(2, 100);
  services_->sign_ins = sign_ins_.get();
  services_->sign_in_pool = &*sign_in_pool_;
}

HttpHeaders TestService::session_of(const std::string& user_id) {
  const std::string secret = random_token(32);
  (void)must(database_->sessions().begin({.user_id = user_id, .provider = "https://issuer.example"},
                                         hash_hex(Digest::kSha256, secret), {}));
  return {{"Cookie", sign_ins_->session_cookie() + "=" + secret}, {"X-CSRF-Token", auth::csrf_token(secret)}};
}

/// Without the store: a user whose id the test knows.
static void add_user(const std::filesystem::path& database, const std::string& id) {
  sqlite3* opened = nullptr;
  const int status = sqlite3_open(database.c_str(), &opened);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> session(opened, sqlite3_close);
  const std::string sql = "INSERT INTO users (id, name, created_at) VALUES ('" + id + "', 'Someone else', 0)";
  sqlite3_busy_timeout(opened, 10'000);
  if (status == SQLITE_OK && sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK)
    return;
  std::fprintf(stderr, "No second user: %s\n", sqlite3_errmsg(opened));
  std::abort();
}

HttpHeaders TestService::other_user() {
  const std::string id = make_uuid();
  add_user(folder_.path() / "vat.db", id);
  const std::string secret = "vat_" + random_token(32);
  ApiKey key{.id = make_uuid(), .user_id = id, .name = "test", .prefix = secret.substr(0, 8)};
  key.created_at = utc_now();
  (void)must(services_->users.create_key(key, hash_hex(Digest::kSha256, secret)));
  return {{"Authorization", "Bearer " + secret}};
}

std::string TestService::put_object(const std::string& kind, const std::string& bytes) {
  const std::string key = make_object_key(kind);
  const std::filesystem::path file = objects_->staging() / make_uuid();
  must(write_file_atomically(file, bytes, Overwrite::kRefuse));
  must(objects_->put(key, file));
  return key;
}

std::string TestService::upload(const std::string& filename, const std::string& bytes,
                                const std::string& container) {
  Upload upload;
  upload.id = make_uuid();
  upload.user_id = kLocalUserId;
  upload.filename = filename;
  upload.size = bytes.size();
  (void)must(services_->uploads.create(upload));
  upload.fingerprint = hash_hex(Digest::kSha256, bytes);
  upload.object_key = put_object("uploads", bytes);
  upload.media = {.container = container, .duration = Millis(10'000), .has_video = true, .audio_tracks = 1};
  upload.state = UploadState::kComplete;
  must(services_->uploads.complete(upload));
  return upload.id;
}

Job TestService::queued(const std::string& title, const std::string& options) {
  NewJob job;
  job.user_id = kLocalUserId;
  job.title = title;
  job.upload_id = upload(title);
  job.options = pipeline::to_json(must(pipeline::job_options_from_json(options, {.speech = false})));
  return must(services_->jobs.create({job}, {})).jobs.front();
}

ClaimedJob TestService::claim() {
  auto claimed = must(services_->queue.claim({.worker = "test", .max_per_user = 100}));
  if (!claimed) std::abort();
  return *std::move(claimed);
}

db::Database& TestService::elsewhere() {
  if (!elsewhere_) {
    bus_elsewhere_ = queue::make_local_bus();
    elsewhere_ = open_database(folder_.path() / "vat.db", *bus_elsewhere_);
  }
  return *elsewhere_;
}

void TestService::add_file(const Lease& lease, const std::string& name, const std::string& bytes,
                           const std::string& content_type, const std::string& kind) {
  Artifact file{.id = make_uuid(), .job_id = lease.job_id, .name = name, .kind = kind};
  file.content_type = content_type;
  file.size = bytes.size();
  file.sha256 = hash_hex(Digest::kSha256, bytes);
  file.object_key = put_object("artifacts", bytes);
  file.created_at = utc_now();
  (void)must(services_->queue.save_artifact(lease, file));
}

Job TestService::completed(const std::string& title) {
  const Job job = queued(title);
  const Lease lease = claim().lease;
  must(services_->queue.describe(
      lease, {.engine = "whisper", .model = "base", .language = "en", .duration = Millis(10'000)}));
  must(services_->queue.add_events(lease,
                                   {{"segment", R"({"index":0,"start":0,"end":2,"text":"Ask not what"})"}}));
  must(services_->queue.save_transcript(lease, sample_transcript()));
  add_file(lease, "talk.srt", "1\n00:00:00,000 --> 00:00:02,000\nAsk not what\n", "application/x-subrip");
  add_file(lease, "waveform-10.dat", "drawn", "application/octet-stream", "waveform");
  add_file(lease, "thumbnail-640.jpg", "seen", "image/jpeg", "thumbnail");
  add_file(lease, "filmstrip.json", "{}", "application/json", "filmstrip");
  add_file(lease, "filmstrip.jpg", "moments", "image/jpeg", "filmstrip");
  must(services_->queue.complete(lease, {"A warning."}));
  return must(services_->jobs.get(kLocalUserId, job.id));
}

Job TestService::failed(const std::string& title) {
  const Job job = queued(title);
  must(services_->queue.fail_job(
      claim().lease,
      {.code = ErrorCode::kBadMedia, .message = "talk.mp4 is damaged.", .stage = Stage::kTranscribe}, false));
  return must(services_->jobs.get(kLocalUserId, job.id));
}

}  // namespace vat::api::testing
