// Sends webhook deliveries, signed according to Standard Webhooks (standardwebhooks.com): Webhook-Id,
// Webhook-Timestamp and Webhook-Signature.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/utc_time.h"
#include "domain/event_bus.h"
#include "domain/http_client.h"
#include "domain/webhook_store.h"

namespace vat::operation {

/// Pauses between attempts; a delivery fails for good after ten attempts within a day.
inline constexpr int kMaxDeliveryAttempts = 10;
/// After `attempt` attempts (from 1); `random` in [0, 1) varies it by up to a fifth either way, so that many
/// deliveries are not retried at once.
[[nodiscard]] std::chrono::milliseconds pause_after(int attempt, double random);

/// "v1," and the base64 of HMAC-SHA256 over "id.timestamp.payload". The key is the secret's bytes; for a
/// secret "whsec_...", its base64-decoded bytes.
[[nodiscard]] std::string sign_delivery(std::string_view secret, std::string_view id,
                                        std::string_view timestamp, std::string_view payload);

struct WebhookSenderOptions {
  int threads = 2;
  std::chrono::milliseconds lease{60'000};  ///< Longer than an attempt may take.
  std::chrono::milliseconds timeout{15'000};
  std::chrono::milliseconds poll{5'000};  ///< Looks for due deliveries at least this often.
  UtcClock now = utc_now;
};

/// One attempt's outcome: "delivered", "retry" or "failed". Called on the sender's threads.
using DeliveryObserver = std::function<void(const Delivery& delivery, std::string_view outcome)>;

class WebhookSender {
 public:
  /// `store`, `bus` and `http` must outlive this. `http` decides which addresses may be called.
  WebhookSender(WebhookStore& store, EventBus& bus, HttpClient& http, WebhookSenderOptions options,
                DeliveryObserver observer = {});
  /// Cancels running attempts; whoever claims them next sends them again.
  ~WebhookSender();
  WebhookSender(const WebhookSender&) = delete;
  WebhookSender& operator=(const WebhookSender&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vat::operation
