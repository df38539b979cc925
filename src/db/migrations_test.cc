#include "db/migrations.h"

#include <gmock/gmock.h>

#include <thread>

#include "db/target.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MigrationsTest : public ::testing::TestWithParam<Engine> {
 protected:
  MigrationsTest() : empty_(GetParam()) {}

  /// Access to a database that may be at any version.
  std::unique_ptr<Access> access() {
    const Target target = find_target(empty_.options()).value();
    if (target.engine == Engine::kSqlite) (void)Database::open(empty_.options(), bus_).value();
    Access::Pools pools;
    pools.readers = std::make_unique<SessionPool>(SessionPool::Options{}, [=, options = empty_.options()] {
      return connect(target, options, Role::kWriter);
    });
    return std::make_unique<Access>(target.engine, std::move(pools), bus_, Access::Clocks{utc_now, utc_now},
                                    QueueLimits());
  }
  std::vector<Migration> up_to(int version) {
    auto migrations = program_migrations(GetParam());
    std::erase_if(migrations, [&](const Migration& migration) { return migration.version > version; });
    return migrations;
  }
  std::unique_ptr<Database> open() { return Database::open(empty_.options(), bus_).value(); }

  testing::RecordingBus bus_;
  testing::EmptyDatabase empty_;
};
VAT_ON_BOTH_ENGINES(MigrationsTest);

TEST_P(MigrationsTest, BothEnginesHaveTheSameVersionsInOrder) {
  const auto mine = program_migrations(GetParam());
  ASSERT_GE(mine.size(), 2U);
  const auto other =
      program_migrations(GetParam() == Engine::kSqlite ? Engine::kPostgresql : Engine::kSqlite);
  ASSERT_EQ(mine.size(), other.size());
  for (std::size_t i = 0; i < mine.size(); ++i) {
    EXPECT_EQ(mine[i].version, other[i].version);
    EXPECT_GT(mine[i].version, i > 0 ? mine[i - 1].version : 0);
    EXPECT_EQ(mine[i].name, other[i].name);
    EXPECT_FALSE(split_statements(mine[i].sql).empty());
  }
}

TEST_P(MigrationsTest, AnEmptyDatabaseIsBroughtToTheNewestVersion) {
  const auto db = open();
  const MigrationStatus before = db->migration_status().value();
  EXPECT_EQ(before.version, 0);
  EXPECT_FALSE(before.up_to_date());
  const MigrationStatus after = db->migrate().value();
  EXPECT_TRUE(after.up_to_date());
  EXPECT_EQ(after.applied.size(), program_migrations(GetParam()).size());
  EXPECT_EQ(after.applied[0].name, "initial");
  EXPECT_EQ(db->migrate()->applied.size(), after.applied.size()) << "nothing is done twice";
}

TEST_P(MigrationsTest, TheDataOfTheFirstVersionAreThereInTheSecond) {
  const auto old = access();
  ASSERT_TRUE(migrate(*old, up_to(1)).has_value());
  const std::string upload = "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11";
  const std::string job = "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e12";
  const auto filled = old->on_writer([&](Connection& sql) -> Result<> {
    sql.run(
        "INSERT INTO uploads (id, user_id, state, filename, content_type, size, metadata, partial, sha256, "
        "object_key, "
        "container, duration, has_video, audio_tracks, created_at) VALUES ('" +
        upload + "', '" + kLocalUserId +
        "', 'complete', 'talk.mp4', '', 5, '', 0, 'aa', 'uploads/x', 'mov', 1000, 1, 1, 7)");
    sql.run(
        "INSERT INTO jobs (id, user_id, kind, state, title, title_folded, upload_id, options, priority, "
        "stage, fraction, "
        "done, speed, transcript_done, attempt, lost_workers, engine, model, language, duration, "
        "failure_code, "
        "failure_message, failure_stage, warnings, created_at, updated_at, finished_at, input_text) VALUES "
        "('" +
        job + "', '" + kLocalUserId + "', 'process', 'completed', 'Talk', 'talk', '" + upload +
        "', '{}', 3, 'mux', 1, 0, 0, 1, 1, 0, 'whisper', 'base', 'en', 1000, '', '', '', '[]', 7, 8, 9, '')");
    sql.run(
        "INSERT INTO artifacts (id, job_id, name, kind, content_type, size, sha256, object_key, created_at) "
        "VALUES "
        "('019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e13', '" +
        job + "', 'a.srt', 'transcript', '', 1, '', 'artifacts/a', 9)");
    return {};
  });
  ASSERT_TRUE(filled.has_value()) << filled.error().detail;

  const auto db = open();
  EXPECT_EQ(db->migration_status()->version, 1);
  ASSERT_TRUE(db->migrate().has_value());
  const Job found = db->jobs().get(kLocalUserId, job).value();
  EXPECT_EQ(found.title, "Talk");
  EXPECT_EQ(found.state, JobState::kCompleted);
  EXPECT_EQ(found.finished_at, from_unix_millis(9));
  EXPECT_EQ(found.webhook_url, "") << "the column that the second version brings";
  EXPECT_EQ(db->jobs().artifacts(kLocalUserId, job)->at(0).name, "a.srt");
  EXPECT_EQ(db->uploads().get(kLocalUserId, upload)->object_key, "uploads/x");
}

TEST_P(MigrationsTest, TheUploadsOfTheSecondVersionAreThereInTheThird) {
  const auto old = access();
  ASSERT_TRUE(migrate(*old, up_to(2)).has_value());
  const std::string upload = "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11";
  const std::string digest(64, 'a');
  const auto filled = old->on_writer([&](Connection& sql) -> Result<> {
    sql.run(
        "INSERT INTO uploads (id, user_id, state, filename, content_type, size, metadata, partial, sha256, "
        "object_key, container, duration, has_video, audio_tracks, created_at) VALUES ('" +
        upload + "', '" + kLocalUserId + "', 'complete', 'talk.mp4', '', 5, '', 0, '" + digest +
        "', 'uploads/x', 'mov', 1000, 1, 1, 7)");
    return {};
  });
  ASSERT_TRUE(filled.has_value()) << filled.error().detail;

  const auto db = open();
  EXPECT_EQ(db->migration_status()->version, 2);
  ASSERT_TRUE(db->migrate().has_value());
  EXPECT_EQ(db->uploads().get(kLocalUserId, upload)->fingerprint, digest);
  EXPECT_EQ(db->uploads().find_content(kLocalUserId, digest).value()->id, upload);
}

TEST_P(MigrationsTest, TheKeysOfTheSixthVersionMayDoEverythingInTheSeventh) {
  const auto old = access();
  ASSERT_TRUE(migrate(*old, up_to(6)).has_value());
  const std::string digest(64, 'a');
  const auto filled = old->on_writer([&](Connection& sql) -> Result<> {
    sql.run(
        "INSERT INTO api_keys (id, user_id, name, prefix, secret_sha256, created_at) VALUES "
        "('019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11', '" +
        std::string(kLocalUserId) + "', 'laptop', 'vat_3fGk', '" + digest + "', 7)");
    return {};
  });
  ASSERT_TRUE(filled.has_value()) << filled.error().detail;

  const auto db = open();
  ASSERT_TRUE(db->migrate().has_value());
  const auto owner = db->users().find_by_key(digest).value();
  ASSERT_TRUE(owner.has_value());
  EXPECT_EQ(owner->scopes, Scopes::all());
  EXPECT_EQ(owner->user.id, kLocalUserId);
  EXPECT_EQ(owner->user.role, UserRole::kAdmin);
  EXPECT_FALSE(owner->user.disabled);
}

TEST_P(MigrationsTest, TheJobsOfEarlierVersionsKeepTheirStage) {
  const auto old = access();
  ASSERT_TRUE(migrate(*old, up_to(9)).has_value());
  const std::string job = "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e12";
  const auto filled = old->on_writer([&](Connection& sql) -> Result<> {
    sql.run(
        "INSERT INTO jobs (id, user_id, kind, state, title, title_folded, options, priority, stage, "
        "fraction, "
        "done, speed, transcript_done, attempt, lost_workers, engine, model, language, duration, "
        "failure_code, "
        "failure_message, failure_stage, warnings, created_at, updated_at, finished_at, input_text) VALUES "
        "('" +
        job + "', '" + kLocalUserId +
        "', 'speech', 'failed', 'Talk', 'talk', '{}', 3, 'speak', 0.5, 0, 0, 0, 1, 0, '', '', '', 0, "
        "'network', "
        "'No.', 'speak', '[]', 7, 8, 9, 'Text')");
    return {};
  });
  ASSERT_TRUE(filled.has_value()) << filled.error().detail;

  const auto db = open();
  ASSERT_TRUE(db->migrate().has_value());
  const Job found = db->jobs().get(kLocalUserId, job).value();
  EXPECT_EQ(found.progress.stage, Stage::kSpeak);
  EXPECT_EQ(found.failure->stage, Stage::kSpeak);
  EXPECT_EQ(found.source_url, "");
  testing::run_sql(empty_.options(), "UPDATE jobs SET stage = 'fetch'");
  EXPECT_EQ(db->jobs().get(kLocalUserId, job)->progress.stage, Stage::kFetch);
}

TEST_P(MigrationsTest, ManyThatMigrateAtOnceDoEachStepOnce) {
  std::vector<std::unique_ptr<Database>> databases;
  for (int i = 0; i < 3; ++i) databases.push_back(open());
  {
    std::vector<std::jthread> threads;
    for (const auto& database : databases) {
      threads.emplace_back([&] {
        const auto migrated = database->migrate();
        EXPECT_TRUE(migrated.has_value()) << migrated.error().detail;
      });
    }
  }
  const MigrationStatus status = databases[0]->migration_status().value();
  EXPECT_TRUE(status.up_to_date());
  EXPECT_EQ(status.applied.size(), program_migrations(GetParam()).size());
}

TEST_P(MigrationsTest, ANewerDatabaseIsRefused) {
  const auto db = open();
  ASSERT_TRUE(db->migrate().has_value());
  testing::run_sql(empty_.options(), "INSERT INTO schema_migrations VALUES (999, 'later', 'x', 0)");
  for (const auto& result : {db->migrate(), db->migration_status()}) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(result.error().message, HasSubstr("newer version"));
    EXPECT_FALSE(result.error().retryable);
  }
}

TEST_P(MigrationsTest, AStepThatWasChangedAfterItWasDoneIsNoticed) {
  const auto db = open();
  ASSERT_TRUE(db->migrate().has_value());
  testing::run_sql(empty_.options(), "UPDATE schema_migrations SET checksum = 'x' WHERE version = 1");
  const auto result = db->migrate();
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kBadData);
}

TEST_P(MigrationsTest, AStepThatFailsChangesNothing) {
  const auto broken = access();
  auto migrations = up_to(1);
  migrations.push_back({2, "broken", "CREATE TABLE half (id INTEGER);\n\nCREATE TABLE nonsense (;\n", "x"});
  EXPECT_FALSE(migrate(*broken, migrations).has_value());
  const auto db = open();
  EXPECT_EQ(db->migration_status()->version, 1);
  EXPECT_TRUE(db->migrate().has_value());
  // The failed step's table does not exist.
  testing::run_sql(empty_.options(), "CREATE TABLE half (id INTEGER)");
}

TEST(MigrationFilesTest, StatementsEndBeforeAnEmptyLine) {
  EXPECT_THAT(split_statements(
                  "-- comment\n\nCREATE a (\n  -- inside\n  b\n);\n\nCREATE TRIGGER t BEGIN\n  x;\nEND;\n"),
              ElementsAre("CREATE a (\n  b\n)", "CREATE TRIGGER t BEGIN\n  x;\nEND"));
  EXPECT_THAT(split_statements(""), ElementsAre());
}

}  // namespace
}  // namespace vat::db
