// The port to webhooks and the log of their deliveries, which the stores of jobs fill in the transaction of
// the change that they tell of. Implemented by db; consumed by api and by the sender of webhooks.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/utc_time.h"

namespace vat {

/// An address of one account that is told when jobs end.
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
  std::string id;  ///< UUID; the receiver tells repetitions by it.
  std::string user_id;
  std::string webhook_id;  ///< Empty for the address that a job named itself.
  std::string url;
  std::string
      secret;  ///< Of the webhook; for a job's own address, of the account's oldest webhook (or empty).
  std::string job_id;
  std::string event;    ///< "job.completed".
  std::string payload;  ///< JSON.
  DeliveryState state = DeliveryState::kPending;
  int attempt = 0;    ///< Attempts that were begun.
  int status = 0;     ///< HTTP status of the last attempt; 0 when there was no answer.
  std::string error;  ///< Sentence of the last attempt; empty when it was answered 2xx.
  UtcTime created_at;
  UtcTime next_attempt_at;
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
  /// Those about one job, to its own address and to webhooks, newest first; also when it was deleted. Nothing
  /// for a job that is not the user's.
  [[nodiscard]] virtual Result<std::vector<Delivery>> job_deliveries(const std::string& user_id,
                                                                     const std::string& job_id,
                                                                     std::size_t limit) = 0;
  /// Sends a delivery once more: it becomes pending again with its first attempt.
  [[nodiscard]] virtual Result<Delivery> replay(const std::string& user_id,
                                                const std::string& delivery_id) = 0;

  /// Takes the next delivery whose time has come, for `lease`, within which no one else gets it, and counts
  /// the attempt.
  [[nodiscard]] virtual Result<std::optional<Delivery>> claim_delivery(std::chrono::milliseconds lease) = 0;
  /// What became of it: kDelivered, kFailed, or kPending with next_attempt_at; status and error. No error
  /// when its webhook was removed meanwhile.
  [[nodiscard]] virtual Result<> finish_delivery(const Delivery& delivery) = 0;
};

}  // namespace vat
