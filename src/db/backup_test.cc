#include <gmock/gmock.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "db/target.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::HasSubstr;

class SqliteBackupTest : public testing::DatabaseTest {
 protected:
  ErrorCode code_of(const Result<>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? ErrorCode::kInternal : result.error().code;
  }
  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  const std::filesystem::path file_ = folder_.path() / "backup = 1.db";
};
INSTANTIATE_TEST_SUITE_P(Engines, SqliteBackupTest, ::testing::Values(Engine::kSqlite),
                         testing::engine_suffix);

TEST_P(SqliteBackupTest, ABackupIsWholeAndComesBack) {
  const Job job = add_job();
  const ClaimedJob claimed = claim();
  Transcript transcript;
  transcript.segments = {{.start = Millis(0), .end = Millis(1), .text = "Searchable words."}};
  ASSERT_TRUE(db_->queue().save_transcript(claimed.lease, transcript).has_value());
  ASSERT_TRUE(db_->backup(file_).has_value());
  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(code_of(db_->backup(file_)), ErrorCode::kExists);

  const Job later = add_job();
  EXPECT_EQ(code_of(Database::restore(location_.options(), file_)), ErrorCode::kExists)
      << "the database is in use";
  EXPECT_TRUE(db_->jobs().get(kLocalUserId, later.id).has_value()) << "and still whole";
  db_.reset();
  const auto restored = Database::restore(location_.options(), file_);
  ASSERT_TRUE(restored.has_value()) << restored.error().message << restored.error().detail;
  ASSERT_EQ(::stat(location_.file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  db_ = Database::open(location_.options(), bus_).value();
  EXPECT_TRUE(db_->migration_status()->up_to_date());
  EXPECT_TRUE(db_->jobs().get(kLocalUserId, job.id).has_value());
  EXPECT_FALSE(db_->jobs().get(kLocalUserId, later.id).has_value());
  EXPECT_EQ(db_->transcripts().search(kLocalUserId, "searchable", 0, 10)->size(), 1U);

  // The previous database is kept.
  db_.reset();
  DatabaseOptions before;
  before.sqlite_path = location_.file().string() + ".before-restore";
  EXPECT_TRUE(Database::open(before, bus_).value()->jobs().get(kLocalUserId, later.id).has_value());
}

TEST_P(SqliteBackupTest, ABackupIsMadeWhileOthersWrite) {
  std::atomic<bool> stop = false;
  std::atomic<int> failures = 0;
  std::jthread writer([&] {
    while (!stop) {
      if (!db_->speeds().record("e", "m", 1)) ++failures;
    }
  });
  for (int i = 0; i < 5; ++i) {
    const auto made = db_->backup(folder_.path() / std::to_string(i));
    EXPECT_TRUE(made.has_value()) << made.error().detail;
  }
  stop = true;
  writer.join();
  EXPECT_EQ(failures, 0);
}

TEST_P(SqliteBackupTest, ABackupIsRestoredWhereThereIsNothingYet) {
  const Job job = add_job();
  ASSERT_TRUE(db_->backup(file_).has_value());
  DatabaseOptions fresh;
  fresh.sqlite_path = folder_.path() / "new" / "vat.db";
  ASSERT_TRUE(Database::restore(fresh, file_).has_value());
  EXPECT_TRUE(Database::open(fresh, bus_).value()->jobs().get(kLocalUserId, job.id).has_value());
}

TEST_P(SqliteBackupTest, WhatIsNoBackupIsRefusedAndNothingIsTouched) {
  const Job job = add_job();
  ASSERT_TRUE(db_->backup(file_).has_value());
  const std::string good = read_file(file_, 1U << 24U).value();
  const auto bad = [&](const std::string& content) {
    const auto path = folder_.path() / "bad.db";
    EXPECT_TRUE(write_file_atomically(path, content, Overwrite::kReplace).has_value());
    return code_of(Database::restore(location_.options(), path));
  };
  db_.reset();
  EXPECT_EQ(bad(""), ErrorCode::kBadData);
  EXPECT_EQ(bad("text"), ErrorCode::kBadData);
  EXPECT_EQ(bad(good.substr(0, good.size() / 2)), ErrorCode::kBadData);
  std::string damaged = good;
  std::fill(damaged.begin() + 4096, damaged.begin() + 40'000, 'x');
  EXPECT_EQ(bad(damaged), ErrorCode::kBadData);
  EXPECT_EQ(code_of(Database::restore(location_.options(), folder_.path() / "none")), ErrorCode::kNotFound);
  db_ = Database::open(location_.options(), bus_).value();
  EXPECT_TRUE(db_->jobs().get(kLocalUserId, job.id).has_value());
}

TEST_P(SqliteBackupTest, ABackupOfANewerVersionIsRefused) {
  testing::run_sql(location_.options(), "INSERT INTO schema_migrations VALUES (999, 'later', 'x', 0)");
  ASSERT_TRUE(db_->backup(file_).has_value());
  db_.reset();
  EXPECT_EQ(code_of(Database::restore(location_.options(), file_)), ErrorCode::kUnavailable);
}

class PostgresqlBackupTest : public testing::DatabaseTest {};
INSTANTIATE_TEST_SUITE_P(Engines, PostgresqlBackupTest, ::testing::Values(Engine::kPostgresql),
                         testing::engine_suffix);

TEST_P(PostgresqlBackupTest, TheSentenceNamesTheToolsOfPostgresql) {
  const auto backup = db_->backup("/tmp/never");
  ASSERT_FALSE(backup.has_value());
  EXPECT_THAT(backup.error().message, HasSubstr("pg_dump"));
  const auto restore = Database::restore(location_.options(), "/tmp/never");
  ASSERT_FALSE(restore.has_value());
  EXPECT_THAT(restore.error().message, HasSubstr("pg_restore"));
}

}  // namespace
}  // namespace vat::db
