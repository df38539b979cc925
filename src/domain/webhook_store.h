// The port to webhooks and their deliveries, which the job stores add in the transaction of the change.
// Implemented by db.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/utc_time.h"

namespace vat {

/// A URL of one account that is notified when jobs end.
struct Webhook {
  std::string id;  ///< UUID.
  std::string user_id;
  std::string url;
  std::string secret;               ///< Signs the deliveries; shown to its owner once.
  std::vector<std::string> events;  ///< "job.completed", "job.failed", "job.cancelled"; empty: all.
  UtcTime created_at;
};

enum class DeliveryState { kPending, kDelivered, kFailed };

struct Delivery {
  std::string id;  ///< UUID; the receiver recognises repetitions by it.
  std::string user_id;
  std::string webhook_id;  ///< Empty for a job's own URL.
  std::string url;
  std::string secret;  ///< Of the webhook; for a job's own URL, of the account's oldest webhook (or empty).
  std::string job_id;
  std::string event;    ///< "job.completed".
  std::string payload;  ///< JSON.
  DeliveryState state = DeliveryState::kPending;
  int attempt = 0;    ///< Attempts started.
  int status = 0;     ///< HTTP status of the last attempt; 0 if there was no response.
  std::string error;  ///< Error of the last attempt; empty if it got a 2xx.
  UtcTime created_at;
  UtcTime next_attempt_at;
  std::chrono::milliseconds pause{0};  ///< For finish_delivery(): from then to the next attempt.
};

/// Safe to use from any thread.
class WebhookStore {
 public:
  virtual ~WebhookStore() = default;
  [[nodiscard]] virtual Result<Webhook> create(const Webhook& webhook) = 0;
  [[nodiscard]] virtual Result<std::vector<Webhook>> list(const std::string& user_id) = 0;
  [[nodiscard]] virtual Result<> remove(const std::string& user_id, const std::string& webhook_id) = 0;

  /// Newest first.
  [[nodiscard]] virtual Result<std::vector<Delivery>> deliveries(const std::string& user_id,
                                                                 const std::string& webhook_id,
                                                                 std::size_t limit) = 0;
  /// The deliveries about one job, to its own URL and to webhooks, newest first, even if it was deleted.
  /// Empty for another user's job.
  [[nodiscard]] virtual Result<std::vector<Delivery>> job_deliveries(const std::string& user_id,
                                                                     const std::string& job_id,
                                                                     std::size_t limit) = 0;
  /// Repeats a delivery: it becomes pending again with its first attempt.
  [[nodiscard]] virtual Result<Delivery> replay(const std::string& user_id,
                                                const std::string& delivery_id) = 0;

  /// Claims the next delivery that is due, for the duration of `lease`, and counts the attempt.
  [[nodiscard]] virtual Result<std::optional<Delivery>> claim_delivery(std::chrono::milliseconds lease) = 0;
  /// Stores the outcome: kDelivered, kFailed, or kPending with `pause`; status and error. Not an
  /// error if its webhook was removed in the meantime.
  [[nodiscard]] virtual Result<> finish_delivery(const Delivery& delivery) = 0;
};

}  // namespace vat
