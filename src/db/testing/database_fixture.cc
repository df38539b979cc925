#include "db/testing/database_fixture.h"

#include <cstdlib>
#include <iostream>

#include "base/uuid.h"
#include "db/target.h"
#include "db/testing/migrated_file.h"

namespace vat::db::testing {
namespace {

/// Remembers the rows of the migrated database.
constexpr const char* kKeepRows = R"(
DO $$
DECLARE kept name;
DECLARE filled boolean;
BEGIN
  CREATE SCHEMA kept;
  FOR kept IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', kept) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', kept, kept); END IF;
  END LOOP;
END $$)";

/// Brings all tables and sequences back to that. A replica's session runs no triggers and checks no
/// references.
constexpr const char* kRestoreRows = R"(
DO $$
DECLARE changed name;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR changed IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM public.%I', changed);
  END LOOP;
  FOR changed IN SELECT tablename FROM pg_tables WHERE schemaname = 'kept' LOOP
    EXECUTE format('INSERT INTO public.%I TABLE kept.%I', changed, changed);
  END LOOP;
  PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences;
END $$)";

}  // namespace

void RecordingBus::publish(const Notification& notification) {
  const std::lock_guard lock(mutex_);
  notifications_.push_back(notification);
}

EventBus::Subscription RecordingBus::subscribe(const std::string&, const std::string&, Listener) {
  return nullptr;
}

std::vector<Notification::Kind> RecordingBus::kinds(const std::string& job_id) {
  const std::lock_guard lock(mutex_);
  std::vector<Notification::Kind> kinds;
  for (const Notification& notification : notifications_) {
    if (job_id.empty() || notification.job_id == job_id) kinds.push_back(notification.kind);
  }
  return kinds;
}

void RecordingBus::clear() {
  const std::lock_guard lock(mutex_);
  notifications_.clear();
}

PostgresServer& postgres_server() {
  static const std::unique_ptr<PostgresServer> server = [] {
    auto created = PostgresServer::create();
    if (!created) {
      std::cerr << created.error().message << '\n' << created.error().detail << '\n';
      std::exit(1);
    }
    return *std::move(created);
  }();
  return *server;
}

EmptyDatabase::EmptyDatabase(Engine engine) {
  if (engine == Engine::kSqlite) {
    folder_.emplace(TemporaryDirectory::create("vat-db").value());
    options_.sqlite_path = folder_->path() / "data" / "vat.db";
    return;
  }
  static std::atomic<int> count = 0;
  const std::string name = "test" + std::to_string(++count);
  if (const auto made = postgres_server().create_database(name); !made) {
    ADD_FAILURE() << made.error().message << made.error().detail;
  }
  options_.url = postgres_server().url(name);
}

MigratedDatabase::MigratedDatabase(Engine engine) {
  if (engine == Engine::kSqlite) {
    folder_.emplace(TemporaryDirectory::create("vat-db").value());
    options_.sqlite_path = folder_->path() / "data" / "vat.db";
    std::filesystem::create_directory(options_.sqlite_path.parent_path());
    const auto written = write_migrated_file(options_.sqlite_path);
    if (!written) ADD_FAILURE() << written.error().message;
    return;
  }
  static const EmptyDatabase migrated = [&] {
    EmptyDatabase one(engine);
    RecordingBus bus;
    const auto done = Database::open(one.options(), bus).value()->migrate();
    if (!done) ADD_FAILURE() << done.error().message << done.error().detail;
    run_sql(one.options(), kKeepRows);
    return one;
  }();
  options_ = migrated.options();
  run_sql(options_, kRestoreRows);
}

void run_sql(const DatabaseOptions& options, const std::string& sql) {
  const auto target = find_target(options);
  ASSERT_TRUE(target.has_value());
  connect(*target, options, Role::kWriter)->run(sql);
}

std::string engine_suffix(const ::testing::TestParamInfo<Engine>& parameter) {
  return parameter.param == Engine::kSqlite ? "Sqlite" : "Postgresql";
}

DatabaseTest::DatabaseTest()
    : time_(std::make_shared<std::atomic<std::int64_t>>(1'800'000'000'000)), location_(GetParam()) {
  location_.options().clock = [time = time_] { return from_unix_millis(time->load()); };
  location_.options().lease_clock = location_.options().clock;
  db_ = Database::open(location_.options(), bus_).value();
  const auto migrated = db_->migrate();
  if (!migrated) ADD_FAILURE() << migrated.error().message << migrated.error().detail;
  run_sql(location_.options(), std::string("INSERT INTO users (id, name, created_at) VALUES ('") +
                                   kOtherUserId + "', 'Other', 0)");
}

Upload DatabaseTest::add_upload(const std::string& user_id, const std::string& fingerprint,
                                const std::string& key) {
  Upload upload;
  upload.user_id = user_id;
  upload.filename = "talk.mp4";
  upload = db_->uploads().create(upload).value();
  upload.size = 1000;
  upload.fingerprint = fingerprint;
  upload.object_key = key;
  upload.media = {"mov", Millis(90'000), true, 1};
  EXPECT_TRUE(db_->uploads().complete(upload).has_value());
  return upload;
}

Job DatabaseTest::add_job(const std::string& user_id, const std::string& title, int priority) {
  NewJob job;
  job.user_id = user_id;
  job.title = title;
  job.upload_id = add_upload(user_id, std::string(64, 'a'), "uploads/" + make_uuid()).id;
  job.options = "{}";
  job.priority = priority;
  return db_->jobs().create({job}, {}).value().jobs.at(0);
}

std::optional<ClaimedJob> DatabaseTest::try_claim(int max_per_user) {
  auto claimed = db_->queue().claim(
      {.worker = "test:1", .lease = std::chrono::seconds(30), .max_per_user = max_per_user});
  EXPECT_TRUE(claimed.has_value()) << claimed.error().message << claimed.error().detail;
  return claimed.value_or(std::nullopt);
}

ClaimedJob DatabaseTest::claim(int max_per_user) {
  auto claimed = try_claim(max_per_user);
  EXPECT_TRUE(claimed.has_value());
  return claimed.value_or(ClaimedJob());
}

std::vector<JobEvent> DatabaseTest::events(const std::string& job_id, const std::string& type) {
  std::vector<JobEvent> all = db_->jobs().events(kLocalUserId, job_id, 0, 1000).value();
  if (!type.empty()) std::erase_if(all, [&](const JobEvent& event) { return event.type != type; });
  return all;
}

}  // namespace vat::db::testing
