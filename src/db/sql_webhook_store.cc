#include "db/sql_webhook_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/uuid.h"
#include "db/job_rows.h"

namespace vat::db {
namespace {

constexpr std::chrono::hours kMaxPause{12};

constexpr std::array<std::pair<DeliveryState, std::string_view>, 3> kStates = {{
    {DeliveryState::kPending, "pending"},
    {DeliveryState::kDelivered, "delivered"},
    {DeliveryState::kFailed, "failed"},
}};

DeliveryState parse_delivery_state(std::string_view name) {
  for (const auto& [state, candidate] : kStates) {
    if (candidate == name) return state;
  }
  return DeliveryState::kFailed;
}

struct WebhookRow {
  std::string id, user_id, url, secret, events;
  long long created_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text : {&id, &user_id, &url, &secret, &events}) visit(*text);
    visit(created_at);
  }
  [[nodiscard]] Webhook webhook() const {
    return {id, user_id, url, secret, from_json_array(events), from_unix_millis(created_at)};
  }
};

struct DeliveryRow {
  std::string id, user_id, webhook_id, url, secret, job_id, event, payload, state, error;
  long long attempt = 0, status = 0, created_at = 0, next_attempt_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text :
         {&id, &user_id, &webhook_id, &url, &secret, &job_id, &event, &payload, &state, &error}) {
      visit(*text);
    }
    for (long long* number : {&attempt, &status, &created_at, &next_attempt_at}) visit(*number);
  }
  [[nodiscard]] Delivery delivery() const {
    Delivery delivery;
    delivery.id = id;
    delivery.user_id = user_id;
    delivery.webhook_id = webhook_id;
    delivery.url = url;
    delivery.secret = secret;
    delivery.job_id = job_id;
    delivery.event = event;
    delivery.payload = payload;
    delivery.state = parse_delivery_state(state);
    delivery.attempt = static_cast<int>(attempt);
    delivery.status = static_cast<int>(status);
    delivery.error = error;
    delivery.created_at = from_unix_millis(created_at);
    delivery.next_attempt_at = from_unix_millis(next_attempt_at);
    return delivery;
  }
};

/// "SELECT ... FROM webhook_deliveries d ". Deliveries to a job's own URL are signed with the secret of the
/// account's oldest webhook.
std::string select_deliveries() {
  return "SELECT d.id, d.user_id, COALESCE(CAST(d.webhook_id AS TEXT), ''), d.url, "
         "COALESCE((SELECT w.secret FROM webhooks w WHERE w.user_id = d.user_id AND "
         "(w.id = d.webhook_id OR d.webhook_id IS NULL) ORDER BY w.id LIMIT 1), ''), "
         "d.job_id, d.event, d.payload, d.state, d.error, d.attempt, d.status, d.created_at, "
         "d.next_attempt_at "
         "FROM webhook_deliveries d ";
}

tl::unexpected<Error> no_such_webhook() { return fail(ErrorCode::kNotFound, "There is no such webhook."); }

}  // namespace

Result<Webhook> SqlWebhookStore::create(const Webhook& webhook) {
  if (!is_uuid(webhook.user_id)) return fail(ErrorCode::kNotFound, "There is no such user.");
  return access_.write([&](Transaction& transaction) -> Result<Webhook> {
    Webhook made = webhook;
    if (!is_uuid(made.id)) made.id = make_uuid();
    made.created_at = transaction.now;
    transaction.sql.execute(
        "INSERT INTO webhooks (id, user_id, url, secret, events, created_at) VALUES "
        "(:id, :user_id, :url, :secret, :events, :created_at)",
        made.id, made.user_id, made.url, made.secret, to_json_array(made.events), made.created_at);
    return made;
  });
}

Result<std::vector<Webhook>> SqlWebhookStore::list(const std::string& user_id) {
  if (!is_uuid(user_id)) return std::vector<Webhook>();
  return access_.read([&](Connection& sql) -> Result<std::vector<Webhook>> {
    std::vector<Webhook> webhooks;
    sql.each<WebhookRow>(
        "SELECT id, user_id, url, secret, events, created_at FROM webhooks WHERE user_id = :user_id ORDER BY "
        "id",
        [&](const WebhookRow& row) { webhooks.push_back(row.webhook()); }, user_id);
    return webhooks;
  });
}

Result<> SqlWebhookStore::remove(const std::string& user_id, const std::string& webhook_id) {
  if (!is_uuid(user_id) || !is_uuid(webhook_id)) return no_such_webhook();
  return access_.write([&](Transaction& transaction) -> Result<> {
    const bool removed = transaction.sql.execute("DELETE FROM webhooks WHERE id = :id AND user_id = :user_id",
                                                 webhook_id, user_id) > 0;
    if (!removed) return no_such_webhook();
    return {};
  });
}

Result<std::vector<Delivery>> SqlWebhookStore::deliveries(const std::string& user_id,
                                                          const std::string& webhook_id, std::size_t limit) {
  using Deliveries = std::vector<Delivery>;
  static const std::string kSql =
      select_deliveries() +
      "WHERE d.webhook_id = :webhook_id AND d.user_id = :user_id ORDER BY d.id DESC "
      "LIMIT :limit";
  if (!is_uuid(user_id) || !is_uuid(webhook_id)) return no_such_webhook();
  return access_.read([&](Connection& sql) -> Result<Deliveries> {
    if (!sql.row<long long>("SELECT 1 FROM webhooks WHERE id = :id AND user_id = :user_id", webhook_id,
                            user_id)) {
      return no_such_webhook();
    }
    Deliveries deliveries;
    sql.each<DeliveryRow>(
        kSql, [&](const DeliveryRow& row) { deliveries.push_back(row.delivery()); }, webhook_id, user_id,
        limit);
    return deliveries;
  });
}

Result<std::vector<Delivery>> SqlWebhookStore::job_deliveries(const std::string& user_id,
                                                              const std::string& job_id, std::size_t limit) {
  using Deliveries = std::vector<Delivery>;
  static const std::string kSql =
      select_deliveries() +
      "WHERE d.job_id = :job_id AND d.user_id = :user_id ORDER BY d.id DESC LIMIT :limit";
  if (!is_uuid(user_id) || !is_uuid(job_id)) return Deliveries();
  return access_.read([&](Connection& sql) -> Result<Deliveries> {
    Deliveries deliveries;
    sql.each<DeliveryRow>(
        kSql, [&](const DeliveryRow& row) { deliveries.push_back(row.delivery()); }, job_id, user_id, limit);
    return deliveries;
  });
}

Result<Delivery> SqlWebhookStore::replay(const std::string& user_id, const std::string& delivery_id) {
  static const std::string kSql = select_deliveries() + "WHERE d.id = :id";
  const auto missing = [] { return fail(ErrorCode::kNotFound, "There is no such delivery."); };
  if (!is_uuid(user_id) || !is_uuid(delivery_id)) return missing();
  return access_.write([&](Transaction& transaction) -> Result<Delivery> {
    const bool found =
        transaction.sql.execute(
            "UPDATE webhook_deliveries SET state = 'pending', attempt = 0, status = 0, error = '', "
            "next_attempt_at = :now WHERE id = :id AND user_id = :user_id",
            transaction.lease_now(), delivery_id, user_id) > 0;
    if (!found) return missing();
    const auto row = transaction.sql.row<DeliveryRow>(kSql, delivery_id);
    if (!row) return missing();
    transaction.notify(Notification::Kind::kDelivery, user_id, row->job_id);
    return row->delivery();
  });
}

Result<std::optional<Delivery>> SqlWebhookStore::claim_delivery(std::chrono::milliseconds lease) {
  using Claimed = std::optional<Delivery>;
  static const std::string kSql = select_deliveries() + "WHERE d.id = :id";
  return access_.write([&](Transaction& transaction) -> Result<Claimed> {
    Connection& sql = transaction.sql;
    // What is due later than any pause lasts was written before the clock was set back.
    sql.execute(
        "UPDATE webhook_deliveries SET next_attempt_at = :now WHERE state = 'pending' AND next_attempt_at > "
        ":latest",
        transaction.lease_now(), transaction.lease_now() + kMaxPause);
    const auto id = sql.row<std::string>(
        std::string("SELECT id FROM webhook_deliveries WHERE state = 'pending' AND next_attempt_at <= :now "
                    "ORDER BY next_attempt_at LIMIT 1") +
            (sql.sqlite() ? "" : " FOR UPDATE SKIP LOCKED"),
        transaction.lease_now());
    if (!id) return Claimed();
    sql.execute(
        "UPDATE webhook_deliveries SET attempt = attempt + 1, next_attempt_at = :lease_end WHERE id = :id",
        transaction.lease_now() + lease, *id);
    const auto row = sql.row<DeliveryRow>(kSql, *id);
    return row ? Claimed(row->delivery()) : Claimed();
  });
}

Result<> SqlWebhookStore::finish_delivery(const Delivery& delivery) {
  if (!is_uuid(delivery.id)) return fail(ErrorCode::kNotFound, "There is no such delivery.");
  return access_.write([&](Transaction& transaction) -> Result<> {
    // A delivery that was removed with its webhook in the meantime has no outcome to store.
    transaction.sql.execute(
        "UPDATE webhook_deliveries SET state = :state, status = :status, error = :error, "
        "next_attempt_at = :next_attempt_at WHERE id = :id AND state = 'pending'",
        kStates.at(static_cast<std::size_t>(delivery.state)).second, delivery.status, delivery.error,
        transaction.lease_now() + delivery.pause, delivery.id);
    return {};
  });
}

}  // namespace vat::db
