// The WebhookStore on the database. Private to db.
#pragma once

#include <string>
#include <vector>

#include "db/access.h"
#include "domain/webhook_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlWebhookStore final : public WebhookStore {
 public:
  explicit SqlWebhookStore(Access& access) : access_(access) {}

  Result<Webhook> create(const Webhook& webhook) override;
  Result<std::vector<Webhook>> list(const std::string& user_id) override;
  Result<> remove(const std::string& user_id, const std::string& webhook_id) override;
  Result<std::vector<Delivery>> deliveries(const std::string& user_id, const std::string& webhook_id,
                                           std::size_t limit) override;
  Result<std::vector<Delivery>> job_deliveries(const std::string& user_id, const std::string& job_id,
                                               std::size_t limit) override;
  Result<Delivery> replay(const std::string& user_id, const std::string& delivery_id) override;
  Result<std::optional<Delivery>> claim_delivery(std::chrono::milliseconds lease) override;
  Result<> finish_delivery(const Delivery& delivery) override;

 private:
  Access& access_;
};

}  // namespace vat::db
