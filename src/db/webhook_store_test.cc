#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <set>
#include <thread>

#include "base/uuid.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class WebhookStoreTest : public testing::DatabaseTest {
 protected:
  WebhookStore& webhooks() { return db_->webhooks(); }
  ErrorCode code_of(const auto& result) {
    EXPECT_FALSE(result.has_value());
    return result ? ErrorCode::kInternal : result.error().code;
  }
  Webhook add_webhook(std::vector<std::string> events = {}, const std::string& user_id = kLocalUserId) {
    Webhook webhook;
    webhook.user_id = user_id;
    webhook.url = "https://example.com/hook";
    webhook.secret = "s3cret";
    webhook.events = std::move(events);
    return webhooks().create(webhook).value();
  }
  /// A job that ended in this state.
  Job ended(JobState state, const std::string& webhook_url = {}) {
    NewJob wanted;
    wanted.user_id = kLocalUserId;
    wanted.kind = JobKind::kSpeech;
    wanted.title = "Talk";
    wanted.webhook_url = webhook_url;
    const Job job = db_->jobs().create({wanted}, {}).value().jobs.at(0);
    if (state == JobState::kCancelled) return db_->jobs().cancel(kLocalUserId, job.id).value();
    const ClaimedJob claimed = claim(100);
    if (state == JobState::kCompleted) {
      EXPECT_TRUE(db_->queue().complete(claimed.lease, {}).has_value());
    } else {
      EXPECT_TRUE(db_->queue()
                      .fail_job(claimed.lease, {ErrorCode::kBadMedia, "Broken.", Stage::kPrepare}, false)
                      .has_value());
    }
    return db_->jobs().get(kLocalUserId, job.id).value();
  }
  std::optional<Delivery> take() { return webhooks().claim_delivery(seconds(30)).value(); }
};
VAT_ON_BOTH_ENGINES(WebhookStoreTest);

TEST_P(WebhookStoreTest, AWebhookBelongsToItsAccount) {
  const Webhook made = add_webhook({"job.failed", "job.completed"});
  const auto listed = webhooks().list(kLocalUserId).value();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].id, made.id);
  EXPECT_EQ(listed[0].url, made.url);
  EXPECT_EQ(listed[0].secret, "s3cret");
  EXPECT_THAT(listed[0].events, ElementsAre("job.failed", "job.completed"));
  EXPECT_THAT(webhooks().list(testing::kOtherUserId).value(), IsEmpty());
  EXPECT_EQ(code_of(webhooks().deliveries(testing::kOtherUserId, made.id, 10)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(webhooks().remove(testing::kOtherUserId, made.id)), ErrorCode::kNotFound);
  ASSERT_TRUE(webhooks().remove(kLocalUserId, made.id).has_value());
  EXPECT_THAT(webhooks().list(kLocalUserId).value(), IsEmpty());
}

TEST_P(WebhookStoreTest, AnEndedJobIsToldToWhoeverWantsIt) {
  const Webhook all = add_webhook();
  const Webhook failures = add_webhook({"job.failed"});
  add_webhook({}, testing::kOtherUserId);
  bus_.clear();
  const Job job = ended(JobState::kCompleted, "https://example.com/own");
  EXPECT_THAT(bus_.kinds(job.id), Contains(Notification::Kind::kDelivery));
  EXPECT_THAT(webhooks().deliveries(kLocalUserId, failures.id, 10).value(), IsEmpty());
  const auto deliveries = webhooks().deliveries(kLocalUserId, all.id, 10).value();
  ASSERT_EQ(deliveries.size(), 1U);
  const Delivery& delivery = deliveries[0];
  EXPECT_EQ(delivery.event, "job.completed");
  EXPECT_EQ(delivery.job_id, job.id);
  EXPECT_EQ(delivery.url, all.url);
  EXPECT_EQ(delivery.secret, "s3cret");
  EXPECT_EQ(delivery.state, DeliveryState::kPending);
  EXPECT_EQ(delivery.attempt, 0);
  const auto payload = boost::json::parse(delivery.payload).as_object();
  EXPECT_EQ(payload.at("event").as_string(), "job.completed");
  EXPECT_EQ(payload.at("created_at").as_string(), to_rfc3339(now()));
  EXPECT_EQ(payload.at("job").at("id").as_string(), job.id);
  EXPECT_EQ(payload.at("job").at("state").as_string(), "completed");
  EXPECT_TRUE(payload.at("job").at("error").is_null());
  const auto about_job = webhooks().job_deliveries(kLocalUserId, job.id, 10).value();
  ASSERT_EQ(about_job.size(), 2U);
  EXPECT_NE(about_job[0].url, about_job[1].url);
  EXPECT_THAT(webhooks().job_deliveries(testing::kOtherUserId, job.id, 10).value(), IsEmpty());
  EXPECT_THAT(webhooks().job_deliveries(kLocalUserId, make_uuid(), 10).value(), IsEmpty());
  // And the job's own address, signed with the secret of the account's oldest webhook.
  std::set<std::string> urls;
  for (int i = 0; i < 2; ++i) {
    const auto taken = take();
    ASSERT_TRUE(taken);
    urls.insert(taken->url + " " + taken->webhook_id + " " + taken->secret);
  }
  EXPECT_THAT(
      urls, ElementsAre("https://example.com/hook " + all.id + " s3cret", "https://example.com/own  s3cret"));
  EXPECT_FALSE(take());
}

TEST_P(WebhookStoreTest, FailuresAndCancellationsAreTold) {
  const Webhook webhook = add_webhook({"job.failed", "job.cancelled"});
  ended(JobState::kFailed);
  ended(JobState::kCancelled);
  ended(JobState::kCompleted);
  const auto deliveries = webhooks().deliveries(kLocalUserId, webhook.id, 10).value();
  ASSERT_EQ(deliveries.size(), 2U);
  EXPECT_EQ(deliveries[0].event, "job.cancelled") << "newest first";
  EXPECT_EQ(deliveries[1].event, "job.failed");
  EXPECT_EQ(boost::json::parse(deliveries[1].payload).at("job").at("error").at("code").as_string(),
            "bad_media");
}

TEST_P(WebhookStoreTest, AJobsOwnAddressNeedsNoWebhook) {
  ended(JobState::kCompleted, "https://example.com/own");
  const auto delivery = take();
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->secret, "");
  EXPECT_EQ(delivery->webhook_id, "");
}

TEST_P(WebhookStoreTest, ADeliveryIsTakenByOneAndAgainWhenItsTimeComes) {
  const Webhook webhook = add_webhook();
  ended(JobState::kCompleted);
  Delivery first = take().value();
  EXPECT_EQ(first.attempt, 1);
  EXPECT_FALSE(take()) << "it is taken";
  advance(seconds(30));
  Delivery second = take().value();
  EXPECT_EQ(second.id, first.id) << "whoever had it died";
  EXPECT_EQ(second.attempt, 2);
  second.status = 500;
  second.error = "The server answered 500.";
  second.pause = seconds(60);
  ASSERT_TRUE(webhooks().finish_delivery(second).has_value());
  advance(seconds(59));
  EXPECT_FALSE(take());
  advance(seconds(1));
  Delivery third = take().value();
  EXPECT_EQ(third.status, 500);
  EXPECT_EQ(third.error, "The server answered 500.");
  third.state = DeliveryState::kDelivered;
  third.status = 204;
  third.error.clear();
  ASSERT_TRUE(webhooks().finish_delivery(third).has_value());
  advance(std::chrono::hours(1));
  EXPECT_FALSE(take());
  EXPECT_EQ(webhooks().deliveries(kLocalUserId, webhook.id, 10)->at(0).state, DeliveryState::kDelivered);
}

TEST_P(WebhookStoreTest, AReplayBeginsAnew) {
  const Webhook webhook = add_webhook();
  ended(JobState::kCompleted);
  Delivery delivery = take().value();
  delivery.state = DeliveryState::kFailed;
  delivery.status = 410;
  ASSERT_TRUE(webhooks().finish_delivery(delivery).has_value());
  bus_.clear();
  EXPECT_EQ(code_of(webhooks().replay(testing::kOtherUserId, delivery.id)), ErrorCode::kNotFound);
  const Delivery again = webhooks().replay(kLocalUserId, delivery.id).value();
  EXPECT_EQ(again.state, DeliveryState::kPending);
  EXPECT_EQ(again.attempt, 0);
  EXPECT_THAT(bus_.kinds(), ElementsAre(Notification::Kind::kDelivery));
  EXPECT_EQ(take()->id, delivery.id);
}

TEST_P(WebhookStoreTest, DeliveriesOfARemovedWebhookAreNotSent) {
  const Webhook webhook = add_webhook();
  ended(JobState::kCompleted);
  ended(JobState::kCompleted);
  Delivery taken = take().value();
  ASSERT_TRUE(webhooks().remove(kLocalUserId, webhook.id).has_value());
  EXPECT_FALSE(take());
  taken.state = DeliveryState::kDelivered;
  EXPECT_TRUE(webhooks().finish_delivery(taken).has_value()) << "too late, but no error";
}

TEST_P(WebhookStoreTest, TwoSendersNeverTakeTheSameDelivery) {
  constexpr int kDeliveries = 20;
  add_webhook();
  for (int i = 0; i < kDeliveries; ++i) ended(JobState::kCancelled);
  std::vector<std::vector<std::string>> taken(3);
  {
    std::vector<std::jthread> senders;
    for (std::vector<std::string>& mine : taken) {
      senders.emplace_back([&] {
        // On PostgreSQL a sender may find nothing because another one has locked the row.
        for (int idle = 0; idle < 3;) {
          const auto delivery = take();
          idle = delivery ? 0 : idle + 1;
          if (delivery) mine.push_back(delivery->id);
        }
      });
    }
  }
  std::set<std::string> all;
  std::size_t count = 0;
  for (const auto& ids : taken) {
    count += ids.size();
    all.insert(ids.begin(), ids.end());
  }
  EXPECT_EQ(count, all.size()) << "none twice";
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kDeliveries));
}

}  // namespace
}  // namespace vat::db
