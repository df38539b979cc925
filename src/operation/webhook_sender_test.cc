#include "operation/webhook_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "base/base64.h"
#include "base/hash.h"
#include "net/curl_http_client.h"
#include "net/testing/http_test_server.h"
#include "queue/local_bus.h"

namespace vat::operation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test_server::HttpTestServer;
using test_server::Reply;
using ::testing::HasSubstr;

constexpr UtcTime kNow{milliseconds(1'764'031'657'123)};

/// Deliveries in memory, whose attempts are counted when they are claimed, as in the database; a test can
/// wait for the finished ones.
class MemoryDeliveries : public WebhookStore {
 public:
  void add(Delivery delivery) {
    const std::lock_guard lock(mutex_);
    due_.push_back(std::move(delivery));
  }
  [[nodiscard]] Delivery wait_for_finished(std::size_t number) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, minutes(1), [&] { return finished_.size() >= number; })) {
      ADD_FAILURE() << "No attempt was finished.";
      return {};
    }
    return finished_.at(number - 1);
  }

  [[nodiscard]] Result<std::optional<Delivery>> claim_delivery(milliseconds /*lease*/) override {
    const std::lock_guard lock(mutex_);
    if (due_.empty()) return std::nullopt;
    Delivery next = std::move(due_.front());
    due_.pop_front();
    ++next.attempt;
    return next;
  }
  [[nodiscard]] Result<> finish_delivery(const Delivery& delivery) override {
    const std::lock_guard lock(mutex_);
    finished_.push_back(delivery);
    changed_.notify_all();
    return {};
  }

  [[nodiscard]] Result<Webhook> create(const Webhook& webhook) override { return webhook; }
  [[nodiscard]] Result<std::vector<Webhook>> list(const std::string&) override { return {}; }
  [[nodiscard]] Result<> remove(const std::string&, const std::string&) override { return {}; }
  [[nodiscard]] Result<std::vector<Delivery>> deliveries(const std::string&, const std::string&,
                                                         std::size_t) override {
    return {};
  }
  [[nodiscard]] Result<std::vector<Delivery>> job_deliveries(const std::string&, const std::string&,
                                                             std::size_t) override {
    return {};
  }
  [[nodiscard]] Result<Delivery> replay(const std::string&, const std::string&) override {
    return Delivery();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Delivery> due_;
  std::vector<Delivery> finished_;
};

class WebhookSending : public ::testing::Test {
 protected:
  static Delivery delivery(const std::string& url, int attempts_before = 0) {
    Delivery made;
    made.id = "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11";
    made.url = url;
    made.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    made.event = "job.completed";
    made.payload = R"({"type":"job.completed"})";
    made.attempt = attempts_before;
    return made;
  }
  static WebhookSenderOptions options() {
    WebhookSenderOptions made;
    made.poll = hours(1);  // only notifications wake it
    made.now = [] { return kNow; };
    return made;
  }
  Delivery attempt(const Delivery& due, net::CurlOptions http_options = {},
                   WebhookSenderOptions how = options()) {
    net::CurlHttpClient http(std::move(http_options));
    const WebhookSender sender(store_, *bus_, http, std::move(how));
    store_.add(due);
    bus_->publish({Notification::Kind::kDelivery, "", ""});
    return store_.wait_for_finished(++attempts_);
  }

  MemoryDeliveries store_;
  std::size_t attempts_ = 0;
  std::unique_ptr<EventBus> bus_ = queue::make_local_bus();
};

// The example of the specification (standardwebhooks, spec/standard-webhooks.md and its libraries' tests).
TEST_F(WebhookSending, TheSignatureIsThatOfStandardWebhooks) {
  EXPECT_EQ(sign_delivery("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                          "1614265330", R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_EQ(sign_delivery("plain", "a", "1", "x"), "v1," + base64_encode(hmac_sha256("plain", "a.1.x")));
}

TEST_F(WebhookSending, OnlyTheStatusOfTheAnswerCounts) {
  const std::string page(1'000'000, 'x');
  for (const Reply& reply :
       {Reply{.body = page}, Reply{.body = page, .endless = true}, Reply{.body = "abc", .close_after = 1},
        Reply{.body = page, .close_after = 10, .stall = true}}) {
    const HttpTestServer receiver(reply);
    WebhookSenderOptions impatient = options();
    impatient.timeout = std::chrono::milliseconds(500);
    const Delivery done = attempt(delivery(receiver.url("/")), {}, impatient);
    EXPECT_EQ(done.state, DeliveryState::kDelivered) << done.error;
    EXPECT_EQ(done.status, 200);
    EXPECT_EQ(done.error, "");
  }
  const HttpTestServer broken(Reply{.status = 503, .body = page, .endless = true});
  const Delivery failed = attempt(delivery(broken.url("/")));
  EXPECT_EQ(failed.state, DeliveryState::kPending);
  EXPECT_EQ(failed.status, 503);
}

TEST_F(WebhookSending, ADeliveryIsSignedAndDelivered) {
  const HttpTestServer receiver(Reply{.status = 204});
  const Delivery done = attempt(delivery(receiver.url("/hook?key=1")));
  EXPECT_EQ(done.state, DeliveryState::kDelivered);
  EXPECT_EQ(done.status, 204);
  EXPECT_EQ(done.attempt, 1);
  EXPECT_EQ(done.error, "");
  const auto request = receiver.requests().front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/hook?key=1");
  EXPECT_EQ(request.body, done.payload);
  EXPECT_EQ(request.header("Content-Type"), "application/json");
  EXPECT_EQ(request.header("Webhook-Id"), done.id);
  EXPECT_EQ(request.header("Webhook-Timestamp"), "1764031657");
  EXPECT_EQ(request.header("X-Vat-Event"), "job.completed");
  EXPECT_EQ(request.header("Webhook-Signature"),
            sign_delivery(done.secret, done.id, "1764031657", request.body));
}

TEST_F(WebhookSending, WithoutASecretNothingIsSigned) {
  const HttpTestServer receiver(Reply{});
  Delivery plain = delivery(receiver.url("/"));
  plain.secret.clear();
  EXPECT_EQ(attempt(plain).state, DeliveryState::kDelivered);
  EXPECT_EQ(receiver.requests().front().header("Webhook-Signature"), "");
}

TEST_F(WebhookSending, AFailureIsTriedAgainLater) {
  const HttpTestServer receiver(Reply{.status = 500});
  const Delivery done = attempt(delivery(receiver.url("/"), 2));
  EXPECT_EQ(done.state, DeliveryState::kPending);
  EXPECT_EQ(done.attempt, 3);
  EXPECT_EQ(done.status, 500);
  EXPECT_EQ(done.error, "The receiver responded with status 500.");
  EXPECT_GE(done.pause, minutes(4));
  EXPECT_LE(done.pause, minutes(6));
}

TEST_F(WebhookSending, AReceiverThatIsNotThereIsTriedAgainLater) {
  const Delivery done =
      attempt(delivery("http://127.0.0.1:" + std::to_string(test_server::unused_port()) + "/"));
  EXPECT_EQ(done.state, DeliveryState::kPending);
  EXPECT_EQ(done.status, 0);
  EXPECT_NE(done.error, "");
}

TEST_F(WebhookSending, TheLastAttemptAndGoneAreForGood) {
  const HttpTestServer failing(Reply{.status = 503});
  EXPECT_EQ(attempt(delivery(failing.url("/"), kMaxDeliveryAttempts - 1)).state, DeliveryState::kFailed);
}

TEST_F(WebhookSending, GoneIsForGood) {
  const HttpTestServer gone(Reply{.status = 410});
  EXPECT_EQ(attempt(delivery(gone.url("/"))).state, DeliveryState::kFailed);
}

TEST_F(WebhookSending, ARedirectIsNotFollowed) {
  const HttpTestServer target(Reply{});
  const HttpTestServer receiver(Reply{.status = 307, .headers = {{"Location", target.url("/")}}});
  const Delivery done = attempt(delivery(receiver.url("/")), {.max_redirects = 0});
  EXPECT_EQ(done.state, DeliveryState::kPending);
  EXPECT_EQ(done.status, 307);
  EXPECT_TRUE(target.requests().empty());
}

TEST_F(WebhookSending, APrivateAddressIsNotCalled) {
  const HttpTestServer receiver(Reply{});
  const Delivery done = attempt(delivery(receiver.url("/")), {.addresses = net::AddressPolicy::kPublicOnly});
  EXPECT_NE(done.state, DeliveryState::kDelivered);
  EXPECT_NE(done.error, "");
  EXPECT_TRUE(receiver.requests().empty());
}

TEST_F(WebhookSending, ASenderThatEndsGivesUpWhatRuns) {
  const HttpTestServer receiver(Reply{.silent = true});
  net::CurlHttpClient http;
  store_.add(delivery(receiver.url("/")));
  {
    const WebhookSender sender(store_, *bus_, http, options());
    ASSERT_TRUE(receiver.wait_for_requests(1));
  }
  // It was not finished: its lease expires, and another sender delivers it.
  store_.add(delivery(receiver.url("/")));
  EXPECT_TRUE(store_.claim_delivery(seconds(1)).value().has_value());
}

TEST_F(WebhookSending, ThePausesGrowToADay) {
  milliseconds all{0};
  for (int attempt = 1; attempt < kMaxDeliveryAttempts; ++attempt) {
    EXPECT_LE(pause_after(attempt, 0.5), pause_after(attempt + 1, 0.5));
    EXPECT_LT(pause_after(attempt, 0), pause_after(attempt, 0.99));
    all += pause_after(attempt, 0.5);
  }
  EXPECT_GT(all, hours(20));
  EXPECT_LT(all, hours(28));
  EXPECT_EQ(pause_after(1, 0.5), seconds(5));
  EXPECT_EQ(pause_after(99, 0.5), hours(8));
}

}  // namespace
}  // namespace vat::operation
