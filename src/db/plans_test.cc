// Every statement of the stores finds its rows through an index.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include "base/uuid.h"
#include "db/housekeeping.h"
#include "db/migrations.h"
#include "db/sql_account_store.h"
#include "db/sql_audit_log.h"
#include "db/sql_job_queue.h"
#include "db/sql_job_store.h"
#include "db/sql_label_store.h"
#include "db/sql_overview_store.h"
#include "db/sql_preference_store.h"
#include "db/sql_quota_store.h"
#include "db/sql_retention_store.h"
#include "db/sql_session_store.h"
#include "db/sql_share_store.h"
#include "db/sql_speed_store.h"
#include "db/sql_token_store.h"
#include "db/sql_transcript_store.h"
#include "db/sql_upload_store.h"
#include "db/sql_user_store.h"
#include "db/sql_webhook_store.h"
#include "db/target.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PlansTest : public testing::DatabaseTest {
 protected:
  PlansTest() {
    const Target target = find_target(location_.options()).value();
    auto pool = std::make_unique<SessionPool>(SessionPool::Options{}, [=, options = location_.options()] {
      return connect(target, options, Role::kWriter);
    });
    pool_ = pool.get();
    // One session executes everything, and therefore has every statement.
    access_ = std::make_unique<Access>(
        target.engine, Access::Pools{std::move(pool), nullptr}, bus_,
        Access::Clocks{location_.options().clock, location_.options().lease_clock}, QueueLimits());
  }

  /// Calls every method of every store with arguments that make it execute all its statements.
  void use_everything() {
    use_jobs();
    use_uploads();
    use_others();
    use_sessions();
    EXPECT_TRUE(keep_house(*access_, now()).has_value());
  }
  void use_jobs() {
    SqlJobStore jobs(*access_);
    SqlJobQueue queue(*access_);
    SqlTranscriptStore transcripts(*access_);
    NewJob wanted;
    wanted.user_id = kLocalUserId;
    wanted.upload_id = add_upload().id;
    wanted.webhook_url = "https://example.com";
    const IdempotencyKey key{"k", "h"};
    const Job job = jobs.create({wanted}, key).value().jobs.at(0);
    (void)jobs.create({wanted}, key);
    (void)jobs.find_idempotent(kLocalUserId, key);
    (void)jobs.change(kLocalUserId, job.id, {.priority = 1, .title = {}});
    for (unsigned i = 0; i < 16U; ++i) {
      JobFilter filter;
      if ((i & 1U) != 0) filter.state = JobState::kQueued;
      if ((i & 2U) != 0) filter.kind = JobKind::kProcess;
      if ((i & 4U) != 0) filter.title = "x";
      if ((i & 8U) != 0) filter.label_id = job.id;
      EXPECT_TRUE(jobs.list(kLocalUserId, filter).has_value());
    }
    (void)jobs.count_by_state(kLocalUserId);
    (void)queue.depth();
    (void)queue.count_by_state();
    (void)queue.waiting_ahead(job.id);
    (void)queue.places(kLocalUserId);
    advance(std::chrono::seconds(1));
    const ClaimedJob claimed = queue.claim({.worker = "w"}).value().value();
    (void)queue.heartbeat(claimed.lease, {});
    (void)queue.heartbeat({job.id, "x"}, {});
    (void)queue.describe(claimed.lease, {.engine = "e"});
    (void)queue.add_events(claimed.lease, {{"segment", "{}"}});
    Transcript transcript;
    transcript.segments = {{.start = Millis(0), .end = Millis(1), .text = "Hello"}};
    EXPECT_TRUE(queue.save_transcript(claimed.lease, transcript).has_value());
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(queue.save_artifact(claimed.lease, {.name = "a", .object_key = "artifacts/a"}).has_value());
    }
    const auto checkpoint = queue.checkpoint(claimed.lease, "i").value();
    (void)checkpoint->save({0, 1, 2}, {});
    (void)checkpoint->find({0, 1, 2});
    EXPECT_TRUE(transcripts.edit(kLocalUserId, job.id, 1, transcript).has_value());
    (void)transcripts.get(kLocalUserId, job.id, {});
    (void)transcripts.get(kLocalUserId, job.id, 1);
    (void)transcripts.is_long(kLocalUserId, job.id);
    (void)transcripts.revisions(kLocalUserId, job.id);
    (void)transcripts.revisions(kLocalUserId, make_uuid());
    EXPECT_EQ(transcripts.search(kLocalUserId, "hello", 0, 10)->size(), 1U);
    (void)jobs.artifacts(kLocalUserId, job.id);
    (void)jobs.artifacts(kLocalUserId, make_uuid());
    (void)jobs.artifact(kLocalUserId, job.id, "a");
    (void)jobs.events(kLocalUserId, job.id, 0, 10);
    (void)jobs.events(kLocalUserId, {}, 0, 10);
    (void)jobs.last_event_id(kLocalUserId);
    EXPECT_TRUE(queue.complete(claimed.lease, {}).has_value());
    (void)jobs.get(kLocalUserId, job.id);
    SqlLabelStore labels(*access_);
    const Label label = labels.create(kLocalUserId, "x").value();
    (void)labels.rename(kLocalUserId, label.id, "y");
    EXPECT_TRUE(
        labels
            .change(kLocalUserId,
                    {.job_ids = {job.id}, .add = {label.id}, .remove = {label.id}, .remove_others = true})
            .has_value());
    EXPECT_EQ(labels.of_jobs(kLocalUserId, {job.id})->size(), 1U);
    EXPECT_EQ(labels.list(kLocalUserId)->size(), 1U);
    EXPECT_TRUE(labels.remove(kLocalUserId, label.id).has_value());
    SqlShareStore shares(*access_);
    const Share share = shares.create(kLocalUserId, {.job_id = job.id}, std::string(64, 'h')).value();
    EXPECT_EQ(shares.list(kLocalUserId, job.id)->size(), 1U);
    EXPECT_TRUE(shares.find(std::string(64, 'h')).value().has_value());
    EXPECT_TRUE(shares.remove(kLocalUserId, job.id, share.id).has_value());
    EXPECT_TRUE(shares.list(kLocalUserId, job.id)->empty());
    EXPECT_TRUE(jobs.remove(kLocalUserId, job.id).has_value());
  }
  void use_uploads() {
    SqlUploadStore uploads(*access_);
    Upload upload;
    upload.user_id = kLocalUserId;
    upload = uploads.create(upload).value();
    (void)uploads.get(kLocalUserId, upload.id);
    (void)uploads.set_size(kLocalUserId, upload.id, 1);
    upload.fingerprint = "aa";
    upload.object_key = "uploads/u";
    EXPECT_TRUE(uploads.complete(upload).has_value());
    (void)uploads.find_content(kLocalUserId, "aa");
    (void)uploads.expired(now(), 10);
    EXPECT_TRUE(uploads.remove(kLocalUserId, upload.id).has_value());
  }
  void use_others() {
    SqlUserStore users(*access_);
    (void)users.get(kLocalUserId);
    (void)users.find_by_email("ada@example.com");
    (void)users.list({}, 10);
    const std::string ada = users.add({.email = "ada@example.com", .name = "Ada"}).value().id;
    EXPECT_TRUE(users.set_role(ada, UserRole::kAdmin).has_value());
    EXPECT_TRUE(users.set_role(testing::kOtherUserId, UserRole::kAdmin).has_value());
    EXPECT_TRUE(users.set_disabled(ada, true).has_value());
    ApiKey key;
    key.user_id = kLocalUserId;
    key = users.create_key(key, std::string(64, 'k')).value();
    (void)users.keys(kLocalUserId);
    (void)users.find_by_key(std::string(64, 'k'));
    (void)users.remove_key(kLocalUserId, key.id);
    SqlSpeedStore speeds(*access_);
    (void)speeds.record("e", "m", 1);
    (void)speeds.find("e", "m");
    SqlWebhookStore webhooks(*access_);
    Webhook webhook;
    webhook.user_id = kLocalUserId;
    webhook = webhooks.create(webhook).value();
    (void)webhooks.list(kLocalUserId);
    (void)webhooks.deliveries(kLocalUserId, webhook.id, 10);
    (void)webhooks.job_deliveries(kLocalUserId, make_uuid(), 10);
    const Delivery delivery = webhooks.claim_delivery(std::chrono::seconds(1)).value().value();
    (void)webhooks.finish_delivery(delivery);
    (void)webhooks.replay(kLocalUserId, delivery.id);
    (void)webhooks.remove(kLocalUserId, webhook.id);
    use_limits();
  }
  void use_limits() {
    SqlQuotaStore quotas(*access_);
    EXPECT_TRUE(
        quotas.set_own(kLocalUserId, {.stored_bytes = 1'000'000, .sound_per_month = std::chrono::minutes(99)})
            .has_value());
    EXPECT_TRUE(quotas.allowance(kLocalUserId).has_value());
    (void)quotas.own(kLocalUserId);
    EXPECT_TRUE(quotas.check(kLocalUserId, 1, 1).has_value());
    SqlRetentionStore retention(*access_, {.recordings = Days(1), .speech = Days(1), .jobs = Days(1)});
    EXPECT_TRUE(retention.set_own(kLocalUserId, {.recordings = Days(1), .speech = Days(1), .jobs = Days(1)})
                    .has_value());
    (void)add_finished_job();
    EXPECT_TRUE(retention.upcoming(kLocalUserId, 10).has_value());
    EXPECT_TRUE(retention.carry_out(now() + Days(2), 100).has_value());
    SqlPreferenceStore preferences(*access_);
    (void)preferences.preferences(kLocalUserId);
    EXPECT_TRUE(preferences.change_preferences(kLocalUserId, [](const auto&) { return std::string("[]"); })
                    .has_value());
    SqlAuditLog audit(*access_);
    EXPECT_TRUE(audit.add({.actor_id = "x", .action = "x"}).has_value());
    (void)audit.list(0, 10);
    (void)audit.remove_before(now());
    SqlOverviewStore overview(*access_);
    (void)overview.jobs({}, "", 10);
    (void)overview.jobs(JobState::kQueued, "", 10);
    (void)overview.work(10);
    (void)overview.storage();
    SqlUploadStore uploads(*access_);
    (void)uploads.list(kLocalUserId, "", 10);
    SqlAccountStore accounts(*access_);
    (void)add_finished_job();
    EXPECT_TRUE(accounts.remove_jobs(kLocalUserId, 10).has_value());
    EXPECT_TRUE(accounts.remove_account(testing::kOtherUserId).has_value());
  }
  Job add_finished_job() {
    SqlJobStore jobs(*access_);
    SqlJobQueue queue(*access_);
    NewJob wanted;
    wanted.user_id = kLocalUserId;
    wanted.options = "{}";
    wanted.upload_id = add_upload(kLocalUserId, std::string(64, 'f'), "uploads/" + make_uuid()).id;
    const Job job = jobs.create({wanted}, {}).value().jobs.at(0);
    advance(std::chrono::seconds(1));
    const ClaimedJob claimed = queue.claim({.worker = "w"}).value().value();
    EXPECT_TRUE(
        queue.save_artifact(claimed.lease, {.name = "s", .kind = "speech", .object_key = "artifacts/s"})
            .has_value());
    EXPECT_TRUE(queue.complete(claimed.lease, {}).has_value());
    return job;
  }

  void use_sessions() {
    SqlSessionStore sessions(*access_);
    const SignIn person{.provider = "p",
                        .subject = "s",
                        .email = "a@b.example",
                        .email_verified = true,
                        .may_join = true,
                        .first_is_admin = true};
    const User user = sessions.sign_in(person).value();
    Session session{.user_id = user.id, .provider = "p", .subject = "s"};
    session = sessions.begin(session, std::string(64, 's'), {}).value();
    advance(std::chrono::minutes(2));
    EXPECT_TRUE(sessions.find(std::string(64, 's')).value().has_value());
    (void)sessions.get(user.id, session.id);
    SqlTokenStore tokens(*access_);
    TokenFamily family{.user_id = user.id, .session_id = session.id, .scopes = Scopes::all()};
    family.expires_at = now() + std::chrono::hours(1);
    family = tokens.begin_family(family, std::string(64, 't')).value();
    EXPECT_TRUE(tokens.find_family(family.id).value().has_value());
    (void)tokens.rotate(family.id, std::string(64, 't'), std::string(64, 'u'), now() + std::chrono::hours(1));
    (void)tokens.rotate(family.id, std::string(64, 't'), std::string(64, 'v'), now() + std::chrono::hours(1));
    EXPECT_TRUE(tokens.add_signing_key({"k", "{}", now(), now()}).has_value());
    (void)tokens.signing_keys();
    (void)sessions.list(user.id);
    (void)sessions.remove(user.id, session.id);
    (void)sessions.remove_all(user.id, {});
    (void)sessions.end_at_provider("p", "s", "", "1", now());
    (void)sessions.end_at_provider("p", "", "s", "2", now());
    (void)sessions.end_at_provider("p", "s", "s", "3", now());
  }

  /// The lines of the plan of each statement, by its text.
  std::vector<std::pair<std::string, std::vector<std::string>>> plans() {
    SessionPool::Held session = pool_->take().value();
    return sqlite() ? sqlite_plans(*session) : postgresql_plans(*session);
  }
  static std::vector<std::pair<std::string, std::vector<std::string>>> sqlite_plans(Connection& sql) {
    using Row = std::tuple<long long, long long, long long, std::string>;
    std::vector<std::pair<std::string, std::vector<std::string>>> plans;
    for (const std::string& statement : sql.statements()) {
      std::vector<std::string> lines;
      for (const Row& row : sql.rows<Row>("EXPLAIN QUERY PLAN " + statement))
        lines.push_back(std::get<3>(row));
      plans.emplace_back(statement, std::move(lines));
    }
    return plans;
  }
  static std::vector<std::pair<std::string, std::vector<std::string>>> postgresql_plans(Connection& sql) {
    using Row = std::tuple<std::string, std::string, long long>;
    const auto prepared = sql.rows<Row>(
        "SELECT name, statement, CAST(cardinality(parameter_types) AS BIGINT) FROM pg_prepared_statements");
    // Otherwise small tables would be scanned. With this, a table is scanned only if no index can be used.
    sql.run("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off");
    std::vector<std::pair<std::string, std::vector<std::string>>> plans;
    for (const auto& [name, statement, count] : prepared) {
      if (statement.find("pg_prepared_statements") != std::string::npos) continue;
      std::string arguments;
      for (long long i = 0; i < count; ++i) arguments += i == 0 ? "(NULL" : ", NULL";
      plans.emplace_back(
          statement, sql.rows<std::string>("EXPLAIN EXECUTE " + name + arguments + (count > 0 ? ")" : "")));
    }
    return plans;
  }
  /// Whether the line describes a scan of a whole table of the schema.
  static bool reads_all(const std::string& line) {
    if (line.find("Seq Scan") != std::string::npos) return true;
    if (!line.starts_with("SCAN ") || line.find("VIRTUAL TABLE INDEX") != std::string::npos) return false;
    if (line.starts_with("SCAN (subquery")) return false;
    // Not tables: the common table expressions of the claim, and constants.
    static constexpr std::array<std::string_view, 8> kNoTables = {
        "SCAN line",    "SCAN first_ones", "SCAN w",        "SCAN c",
        "SCAN waiting", "SCAN first_user", "SCAN CONSTANT", "SCAN 1 CONSTANT"};
    if (std::any_of(kNoTables.begin(), kNoTables.end(), [&](std::string_view name) {
          return line == name || line.starts_with(std::string(name) + " ");
        })) {
      return false;
    }
    // These contain only waiting or running jobs, and admins.
    return line.find("INDEX users_admins") == std::string::npos &&
           line.find("INDEX jobs_waiting") == std::string::npos &&
           line.find("INDEX jobs_running") == std::string::npos;
  }

  SessionPool* pool_ = nullptr;
  std::unique_ptr<Access> access_;
};
VAT_ON_BOTH_ENGINES(PlansTest);

TEST_P(PlansTest, EveryStatementUsesAnIndex) {
  use_everything();
  const auto all = plans();
  EXPECT_GT(all.size(), 80U);
  for (const auto& [statement, lines] : all) {
    // Tables of a few rows; the numbers for the operator, which count everything; not a table.
    if (statement.find("FROM speeds") != std::string::npos) continue;
    if (statement.find("FROM signing_keys") != std::string::npos) continue;
    // Ends at the first row.
    if (statement.find("SELECT 1 FROM identities WHERE provider > ''") != std::string::npos) continue;
    if (statement.find("SELECT state, COUNT(*) FROM jobs GROUP BY state") != std::string::npos) continue;
    // A table of a few wishes; what an operator asks now and then.
    if (statement.find("jobs_days FROM user_retention") != std::string::npos) continue;
    if (statement.find("SELECT COUNT(*)") == 0 && statement.find("user_id") == std::string::npos) continue;
    for (const std::string& line : lines) {
      EXPECT_FALSE(reads_all(line)) << statement << "\n" << ::testing::PrintToString(lines);
    }
  }
}

TEST_P(PlansTest, PagesOfJobsComeInOrderFromTheIndex) {
  use_jobs();
  int lists = 0;
  for (const auto& [statement, lines] : plans()) {
    if (statement.find("ORDER BY id DESC") == std::string::npos ||
        statement.find("FROM jobs") == std::string::npos) {
      continue;
    }
    ++lists;
    for (const std::string& line : lines) {
      EXPECT_THAT(line, Not(HasSubstr("TEMP B-TREE"))) << statement;
      EXPECT_THAT(line, Not(HasSubstr("Sort"))) << statement << ::testing::PrintToString(lines);
    }
  }
  EXPECT_EQ(lists, 16);
}

}  // namespace
}  // namespace vat::db
