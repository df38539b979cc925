#include "operation/webhook_sender.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <random>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/hash.h"
#include "base/log.h"

namespace vat::operation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// After the 1st, 2nd, ... attempt; 23 and a quarter hours in total.
constexpr std::array<milliseconds, kMaxDeliveryAttempts - 1> kPauses = {
    seconds(5), minutes(1), minutes(5), minutes(10), hours(1), hours(2), hours(4), hours(8), hours(8)};
constexpr double kJitter = 0.2;
constexpr std::size_t kMaxAnswerBytes = 64U * 1024;
constexpr std::string_view kSecretPrefix = "whsec_";

double random_fraction() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

}  // namespace

milliseconds pause_after(int attempt, double random) {
  const auto place =
      std::clamp<std::size_t>(static_cast<std::size_t>(std::max(attempt, 1)), 1, kPauses.size());
  const auto base = static_cast<double>(kPauses.at(place - 1).count());
  return milliseconds(static_cast<std::int64_t>(base * (1 + kJitter * (2 * random - 1))));
}

std::string sign_delivery(std::string_view secret, std::string_view id, std::string_view timestamp,
                          std::string_view payload) {
  std::string key(secret);
  if (secret.starts_with(kSecretPrefix))
    key = base64_decode(secret.substr(kSecretPrefix.size())).value_or(std::string(secret));
  std::string text;
  text.reserve(id.size() + timestamp.size() + payload.size() + 2);
  text.append(id).append(".").append(timestamp).append(".").append(payload);
  return "v1," + base64_encode(hmac_sha256(key, text));
}

struct WebhookSender::State {
  State(WebhookStore& deliveries, HttpClient& client, WebhookSenderOptions how, DeliveryObserver told)
      : store(deliveries), http(client), options(std::move(how)), observer(std::move(told)) {}

  WebhookStore& store;
  HttpClient& http;
  const WebhookSenderOptions options;
  const DeliveryObserver observer;
  std::mutex mutex;
  std::condition_variable_any wake;
  std::uint64_t notifications = 0;  ///< Counted, so that none is missed between a check and a wait.
  EventBus::Subscription subscription;
  std::vector<std::jthread> threads;  // last, so that they end first

  void work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::uint64_t seen = 0;
      {
        const std::lock_guard lock(mutex);
        seen = notifications;
      }
      auto claimed = store.claim_delivery(options.lease);
      if (claimed && *claimed) {
        attempt(std::move(**claimed), stop);
        continue;
      }
      if (!claimed)
        log(LogLevel::kWarning, "Webhook deliveries could not be read.",
            {{"reason", claimed.error().message}, {"detail", claimed.error().detail}});
      std::unique_lock lock(mutex);
      // After a failure the store is not queried again at once, despite notifications.
      wake.wait_for(lock, stop, options.poll, [&] { return claimed && notifications != seen; });
    }
  }

  void attempt(Delivery delivery, const std::stop_token& stop) {
    const auto answer = http.send(request_of(delivery), stop);
    if (stop.stop_requested() && !answer) return;
    delivery.status = answer ? answer->status : 0;
    judge(delivery, answer);
    const std::string_view outcome = delivery.state == DeliveryState::kDelivered ? "delivered"
                                     : delivery.state == DeliveryState::kPending ? "retry"
                                                                                 : "failed";
    if (const Result<> kept = store.finish_delivery(delivery); !kept)
      log(LogLevel::kWarning, "The outcome of a webhook delivery could not be stored.",
          {{"delivery", delivery.id}, {"reason", kept.error().message}});
    log(outcome == "delivered" ? LogLevel::kInfo : LogLevel::kWarning, "webhook",
        {{"outcome", outcome},
         {"delivery", delivery.id},
         {"job", delivery.job_id},
         {"event", delivery.event},
         {"attempt", delivery.attempt},
         {"status", delivery.status}});
    if (observer) observer(delivery, outcome);
  }

  /// 2xx is delivered; 410 means never again; everything else may be temporary.
  void judge(Delivery& delivery, const Result<HttpResponse>& answer) const {
    delivery.error.clear();
    if (answer && answer->status / 100 == 2) {
      delivery.state = DeliveryState::kDelivered;
      return;
    }
    delivery.error = answer ? "The receiver responded with status " + std::to_string(answer->status) + "."
                            : answer.error().message;
    const bool hopeless = answer ? answer->status == 410 : answer.error().code == ErrorCode::kInvalidArgument;
    if (hopeless || delivery.attempt >= kMaxDeliveryAttempts) {
      delivery.state = DeliveryState::kFailed;
      return;
    }
    delivery.state = DeliveryState::kPending;
    delivery.pause = pause_after(delivery.attempt, random_fraction());
  }

  [[nodiscard]] HttpRequest request_of(const Delivery& delivery) const {
    HttpRequest request{.method = "POST", .url = delivery.url};
    const std::string timestamp = std::to_string(to_unix_millis(options.now()) / 1000);
    request.headers = {{"Content-Type", "application/json"},
                       {"Webhook-Id", delivery.id},
                       {"Webhook-Timestamp", timestamp},
                       {"X-Vat-Event", delivery.event}};
    if (!delivery.secret.empty())
      request.headers.emplace_back("Webhook-Signature",
                                   sign_delivery(delivery.secret, delivery.id, timestamp, delivery.payload));
    request.body = delivery.payload;
    request.total_timeout = options.timeout;
    request.max_response_bytes = kMaxAnswerBytes;
    request.head_suffices = true;
    return request;
  }
};

WebhookSender::WebhookSender(WebhookStore& store, EventBus& bus, HttpClient& http,
                             WebhookSenderOptions options, DeliveryObserver observer)
    : state_(std::make_unique<State>(store, http, std::move(options), std::move(observer))) {
  State* const state = state_.get();
  state->subscription = bus.subscribe("", "", [state](const Notification& notification) {
    if (notification.kind != Notification::Kind::kDelivery) return;
    {
      const std::lock_guard lock(state->mutex);
      ++state->notifications;
    }
    state->wake.notify_one();
  });
  for (int i = 0; i < state->options.threads; ++i)
    state->threads.emplace_back([state](const std::stop_token& stop) { state->work(stop); });
}

WebhookSender::~WebhookSender() {
  state_->subscription.reset();
  for (std::jthread& thread : state_->threads) thread.request_stop();
}

}  // namespace vat::operation
