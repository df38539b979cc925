#include "db/database.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <thread>

#include "base/uuid.h"
#include "db/target.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DatabaseOpenTest : public testing::DatabaseTest {};
VAT_ON_BOTH_ENGINES(DatabaseOpenTest);

/// Of the tests themselves: PostgreSQL's share one database.
TEST_P(DatabaseOpenTest, NothingOfOneTestIsLeftForTheNext) {
  add_job();
  const auto last_event = db_->jobs().last_event_id(kLocalUserId).value();
  EXPECT_GT(last_event, 0);
  const testing::MigratedDatabase next(GetParam());
  db_ = Database::open(next.options(), bus_).value();
  EXPECT_EQ(db_->queue().depth()->queued, 0U);
  add_job();
  EXPECT_EQ(db_->jobs().last_event_id(kLocalUserId).value(), last_event);
  db_.reset();
}

TEST_P(DatabaseOpenTest, TheDatabaseAnswersAndSaysWhatItIs) {
  EXPECT_TRUE(db_->ping().has_value());
  EXPECT_EQ(db_->engine_name(), sqlite() ? "SQLite" : "PostgreSQL");
}

TEST_P(DatabaseOpenTest, WhatIsStoredIsThereAfterReopening) {
  const Job job = add_job();
  db_.reset();
  db_ = Database::open(location_.options(), bus_).value();
  EXPECT_EQ(db_->jobs().get(kLocalUserId, job.id)->title, job.title);
}

TEST_P(DatabaseOpenTest, TheTablesRefuseWhatTheStoresWouldNotWrite) {
  const Job job = add_job();
  const auto refused = [&](const std::string& sql) {
    EXPECT_ANY_THROW(testing::run_sql(location_.options(), sql)) << sql;
  };
  refused("UPDATE jobs SET state = 'lost'");
  refused("UPDATE jobs SET state = 'processing'");  // without a lease
  refused("UPDATE jobs SET state = 'failed'");      // without an end
  refused("UPDATE jobs SET priority = 11");
  refused("UPDATE jobs SET fraction = 1.5");
  refused("UPDATE jobs SET user_id = '" + make_uuid() + "'");
  refused("DELETE FROM uploads");  // a job refers to it
  refused("INSERT INTO users (id, name, created_at) VALUES ('x', 'x', 0)");
  EXPECT_EQ(db_->jobs().get(kLocalUserId, job.id)->state, JobState::kQueued);
}

TEST_P(DatabaseOpenTest, WhatGoesWrongIsSaidWithoutTheArguments) {
  ApiKey key;
  key.user_id = kLocalUserId;
  const auto refused = db_->users().create_key(key, "hunter2");  // a digest is longer
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kInternal);
  EXPECT_THAT(refused.error().message, Not(HasSubstr("INSERT")));
  EXPECT_THAT(refused.error().detail, HasSubstr("INSERT INTO api_keys"));
  EXPECT_THAT(refused.error().detail, Not(HasSubstr("hunter2")));
  EXPECT_TRUE(db_->users().keys(kLocalUserId).has_value()) << "the session is still good";
}

TEST_P(DatabaseOpenTest, AUserLeavesWithEverything) {
  add_job(testing::kOtherUserId);
  testing::run_sql(location_.options(), "DELETE FROM jobs");
  testing::run_sql(location_.options(),
                   std::string("DELETE FROM users WHERE id = '") + testing::kOtherUserId + "'");
  EXPECT_THAT(db_->uploads().expired(now() + std::chrono::hours(100), 10).value(), IsEmpty());
}

TEST_P(DatabaseOpenTest, ManyThreadsWorkAtOnce) {
  std::vector<std::jthread> threads;
  std::atomic<int> failures = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10; ++n) {
        const Job job = add_job();
        if (!db_->jobs().get(kLocalUserId, job.id)) ++failures;
        if (!db_->jobs().list(kLocalUserId, {})) ++failures;
        if (!db_->jobs().cancel(kLocalUserId, job.id)) ++failures;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(db_->jobs().count_by_state(kLocalUserId)->at(static_cast<std::size_t>(JobState::kCancelled)),
            80U);
}

TEST_P(DatabaseOpenTest, NobodyWhoReadsEventsInOrderMissesOne) {
  constexpr int kWriters = 4;
  constexpr int kEach = 25;
  std::vector<std::int64_t> seen;
  std::atomic<int> running = kWriters;
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&] {
        for (int n = 0; n < kEach; ++n) add_job();
        --running;
      });
    }
    // The last check comes after the last writer has ended.
    for (bool last = false;; last = running == 0) {
      const std::int64_t after = seen.empty() ? 0 : seen.back();
      const auto events = db_->jobs().events(kLocalUserId, {}, after, 1000).value();
      for (const JobEvent& event : events) seen.push_back(event.id);
      if (last) break;
    }
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kWriters * kEach));
}

TEST_P(DatabaseOpenTest, HousekeepingForgetsWhatIsOld) {
  const Job ended = add_job();
  const Job removed = add_job();
  const Job waiting = add_job();
  ASSERT_TRUE(db_->jobs().cancel(kLocalUserId, ended.id).has_value());
  ASSERT_TRUE(db_->jobs().remove(kLocalUserId, removed.id).has_value());
  advance(std::chrono::hours(23));
  ASSERT_TRUE(db_->housekeeping(now()).has_value());
  EXPECT_EQ(events(ended.id).size(), 2U);
  EXPECT_EQ(events({}).size(), 4U) << "with the news of the removed one";
  advance(std::chrono::hours(2));
  ASSERT_TRUE(db_->housekeeping(now()).has_value());
  EXPECT_THAT(events(ended.id), IsEmpty());
  EXPECT_EQ(events({}).size(), 1U) << "of the job that still waits";
  EXPECT_EQ(events(waiting.id).size(), 1U);
  const std::int64_t last = db_->jobs().last_event_id(kLocalUserId).value();
  add_job();
  EXPECT_GT(db_->jobs().last_event_id(kLocalUserId).value(), last) << "numbers are not used again";
}

TEST_P(DatabaseOpenTest, HousekeepingForgetsOldDeliveriesAndKeys) {
  NewJob wanted;
  wanted.user_id = kLocalUserId;
  wanted.kind = JobKind::kSpeech;
  wanted.webhook_url = "https://example.com";
  for (int i = 0; i < 2; ++i) {
    const Job job = db_->jobs().create({wanted}, IdempotencyKey{std::to_string(i), "h"}).value().jobs.at(0);
    ASSERT_TRUE(db_->jobs().cancel(kLocalUserId, job.id).has_value());
  }
  Delivery done = db_->webhooks().claim_delivery(std::chrono::seconds(1)).value().value();
  done.state = DeliveryState::kDelivered;
  ASSERT_TRUE(db_->webhooks().finish_delivery(done).has_value());
  const auto count = [&](const std::string& table) {
    const Target target = find_target(location_.options()).value();
    return connect(target, location_.options(), Role::kReader)
        ->row<long long>("SELECT COUNT(*) FROM " + table)
        .value();
  };
  advance(std::chrono::hours(24 * 29));
  ASSERT_TRUE(db_->housekeeping(now()).has_value());
  EXPECT_EQ(count("webhook_deliveries"), 2);
  EXPECT_EQ(count("idempotency_keys"), 0);
  advance(std::chrono::hours(24 * 2));
  ASSERT_TRUE(db_->housekeeping(now()).has_value());
  EXPECT_EQ(count("webhook_deliveries"), 1) << "the one that is not sent yet stays";
}

TEST(DatabaseUrlTest, AUrlOfAnotherKindIsRefused) {
  testing::RecordingBus bus;
  for (const std::string url : {"mysql://x", "x", "sqlite:", "http://localhost"}) {
    DatabaseOptions options;
    options.url = url;
    const auto opened = Database::open(options, bus);
    ASSERT_FALSE(opened.has_value()) << url;
    EXPECT_EQ(opened.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(opened.error().field, "database_url");
  }
}

TEST(SqliteFileTest, TheFileIsPrivateAndMayHaveAnyName) {
  const auto folder = TemporaryDirectory::create().value();
  testing::RecordingBus bus;
  for (const std::string name : {"plain.db", "with space & = \"quotes\" %41 ?x=1#y ü.db"}) {
    DatabaseOptions options;
    options.url = "sqlite:" + (folder.path() / "deep" / name).string();
    const auto db = Database::open(options, bus).value();
    ASSERT_TRUE(db->migrate().has_value());
    for (const std::string suffix : {"", "-wal"}) {
      struct stat status {};
      ASSERT_EQ(::stat((folder.path() / "deep" / (name + suffix)).c_str(), &status), 0) << name << suffix;
      EXPECT_EQ(status.st_mode & 0777U, 0600U);
    }
  }
}

TEST(SqliteFileTest, WhatIsNoDatabaseIsRefusedInWords) {
  const auto folder = TemporaryDirectory::create().value();
  testing::RecordingBus bus;
  DatabaseOptions options;
  options.sqlite_path = folder.path() / "text.db";
  ASSERT_TRUE(
      write_file_atomically(options.sqlite_path, std::string(5000, 'x'), Overwrite::kReplace).has_value());
  const auto opened = Database::open(options, bus);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kBadData);
  EXPECT_THAT(opened.error().message, HasSubstr("damaged"));
  options.sqlite_path = folder.path() / "text.db" / "below";
  EXPECT_FALSE(Database::open(options, bus).has_value());
}

TEST(SqliteFileTest, AProcessThatHoldsTheFileForLongMakesOthersWaitAndThenSayIt) {
  testing::EmptyDatabase empty(Engine::kSqlite);
  testing::RecordingBus bus;
  empty.options().busy_timeout = std::chrono::milliseconds(50);
  const auto db = Database::open(empty.options(), bus).value();
  ASSERT_TRUE(db->migrate().has_value());
  const Target target = find_target(empty.options()).value();
  const auto other = connect(target, empty.options(), Role::kWriter);
  other->run("BEGIN IMMEDIATE");
  const auto refused = db->speeds().record("e", "m", 1);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(refused.error().retryable);
  EXPECT_EQ(refused.error().message, "The database is busy; try again soon.");
  EXPECT_TRUE(db->speeds().find("e", "m").has_value()) << "readers do not wait";
  other->run("ROLLBACK");
  EXPECT_TRUE(db->speeds().record("e", "m", 1).has_value());
}

TEST(SqliteFileTest, ReadersSeeTheNewestStateWithEveryCall) {
  testing::EmptyDatabase empty(Engine::kSqlite);
  testing::RecordingBus bus;
  const auto one = Database::open(empty.options(), bus).value();
  ASSERT_TRUE(one->migrate().has_value());
  const auto two = Database::open(empty.options(), bus).value();
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(one->speeds().record("e", std::to_string(i), i).has_value());
    EXPECT_EQ(two->speeds().find("e", std::to_string(i)).value(), i);
    EXPECT_EQ(two->queue().depth()->queued, 0U);
  }
}

/// With a server of their own, because the tests stop it.
class PostgresqlConnectionTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server = testing::PostgresServer::create().value(); }
  static void TearDownTestSuite() { server.reset(); }
  void SetUp() override {
    ASSERT_TRUE(server->start().has_value());
    const std::string name = "vat" + std::to_string(++count);
    ASSERT_TRUE(server->create_database(name).has_value());
    options.url = server->url(name);
    db = Database::open(options, bus).value();
    ASSERT_TRUE(db->migrate().has_value());
  }
  static inline std::unique_ptr<testing::PostgresServer> server;
  static inline int count = 0;
  testing::RecordingBus bus;
  DatabaseOptions options;
  std::unique_ptr<Database> db;
};

TEST_F(PostgresqlConnectionTest, ALostServerIsSaidAndComesBackByItself) {
  // Several sessions are idle.
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 20; ++n) EXPECT_TRUE(db->speeds().record("e", "m", 1).has_value());
      });
    }
  }
  server->stop();
  for (int i = 0; i < 3; ++i) {
    for (const auto& error : {db->ping().error(), db->speeds().record("e", "m", 2).error(),
                              db->jobs().get(kLocalUserId, make_uuid()).error()}) {
      EXPECT_EQ(error.code, ErrorCode::kUnavailable);
      EXPECT_TRUE(error.retryable);
      EXPECT_EQ(error.message, "The database is not available; try again soon.");
      EXPECT_THAT(error.message, Not(HasSubstr("SELECT")));
    }
  }
  const auto closed = Database::open(options, bus);
  ASSERT_FALSE(closed.has_value());
  EXPECT_EQ(closed.error().code, ErrorCode::kUnavailable);
  ASSERT_TRUE(server->start().has_value());
  EXPECT_TRUE(db->ping().has_value());
  EXPECT_TRUE(db->speeds().find("e", "m").has_value());
}

TEST_F(PostgresqlConnectionTest, ARestartBetweenTwoCallsIsNotNoticed) {
  server->stop();
  ASSERT_TRUE(server->start().has_value());
  EXPECT_TRUE(db->ping().has_value());
  EXPECT_TRUE(db->speeds().record("e", "m", 1).has_value());
}

}  // namespace
}  // namespace vat::db
