#include <algorithm>
#include <array>
#include <utility>

#include "api/common/handler.h"
#include "api/common/query.h"
#include "api/routes.h"
#include "api/webhooks/webhook_url.h"
#include "base/base64.h"
#include "base/json_writer.h"
#include "base/random.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::array<std::string_view, 3> kEvents = {"job.completed", "job.failed", "job.cancelled"};
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kMaxWebhooks = 20;

/// `secret` only in the answer that makes the webhook.
void write_webhook(JsonWriter& json, const Webhook& webhook, bool with_secret) {
  json.begin_object();
  json.key("id").string(webhook.id);
  json.key("url").string(webhook.url);
  json.key("events").strings(webhook.events);
  json.key("created_at").string(to_rfc3339(webhook.created_at));
  if (with_secret) json.key("secret").string(webhook.secret);
  json.end_object();
}

Answer list_webhooks(const Services& services, const User& user, Request& /*request*/) {
  auto work = [&] { return services.webhooks.list(user.id); };
  VAT_CO_ASSIGN(const std::vector<Webhook> webhooks, co_await services.pool.run(work));
  co_return list_response(
      webhooks, [](JsonWriter& json, const Webhook& webhook) { write_webhook(json, webhook, false); });
}

Result<Webhook> read_webhook(const Services& services, JsonFields& fields) {
  Webhook webhook;
  VAT_ASSIGN(std::optional<std::string> url, fields.text("url", {.min = 1, .max = 2048}));
  if (!url) return fail(fields.missing("url"));
  VAT_TRY(check_webhook_url(*url, services.allow_private_webhooks, "url"));
  webhook.url = *std::move(url);
  VAT_ASSIGN(std::optional<std::vector<std::string>> events,
             fields.texts("events", kEvents.size(), {.min = 1, .max = 64}));
  for (std::string& event : events.value_or(std::vector<std::string>())) {
    if (std::find(kEvents.begin(), kEvents.end(), event) == kEvents.end()) {
      return fail(fields.wrong("events", "The events must be job.completed, job.failed or job.cancelled."));
    }
    if (std::find(webhook.events.begin(), webhook.events.end(), event) == webhook.events.end())
      webhook.events.push_back(std::move(event));
  }
  VAT_TRY(fields.finish());
  return webhook;
}

/// As Standard Webhooks writes them: the standard alphabet, which receivers decode for the key.
std::string make_secret() {
  std::array<unsigned char, kSecretBytes> bytes{};
  fill_random(bytes);
  return "whsec_" + base64_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Answer create_webhook(const Services& services, const User& user, Request& /*request*/, JsonFields& fields) {
  VAT_CO_ASSIGN(Webhook webhook, read_webhook(services, fields));
  webhook.id = make_uuid();
  webhook.user_id = user.id;
  webhook.secret = make_secret();
  webhook.created_at = utc_now();
  auto work = [&]() -> Result<Webhook> {
    VAT_ASSIGN(const std::vector<Webhook> present, services.webhooks.list(user.id));
    if (present.size() >= kMaxWebhooks)
      return fail(ErrorCode::kExists, "You have 20 webhooks, which is the limit; delete one first.");
    return services.webhooks.create(webhook);
  };
  VAT_CO_ASSIGN(const Webhook made, co_await services.pool.run(work));
  Response response =
      item_response(201, made, [](JsonWriter& json, const Webhook& one) { write_webhook(json, one, true); });
  response.set("Location", "/api/v1/webhooks/" + made.id);
  co_return response;
}

Answer remove_webhook(const Services& services, const User& user, Request& request) {
  co_return co_await empty_response_after(
      services, [&] { return services.webhooks.remove(user.id, request.parameter("id")); });
}

std::string_view state_name(DeliveryState state) {
  switch (state) {
    case DeliveryState::kPending:
      return "pending";
    case DeliveryState::kDelivered:
      return "delivered";
    case DeliveryState::kFailed:
      return "failed";
  }
  return {};
}

void write_delivery(JsonWriter& json, const Delivery& delivery) {
  json.begin_object();
  json.key("id").string(delivery.id);
  json.key("webhook_id").string_or_null(delivery.webhook_id);
  json.key("job_id").string(delivery.job_id);
  json.key("event").string(delivery.event);
  json.key("url").string(delivery.url);
  json.key("state").string(state_name(delivery.state));
  json.key("attempt").integer(delivery.attempt);
  json.key("status").integer_or_null(delivery.status > 0 ? std::optional(delivery.status) : std::nullopt);
  json.key("error").string_or_null(delivery.error);
  json.key("created_at").string(to_rfc3339(delivery.created_at));
  const bool pending = delivery.state == DeliveryState::kPending;
  json.key("next_attempt_at").string_or_null(pending ? to_rfc3339(delivery.next_attempt_at) : std::string());
  json.end_object();
}

Answer list_deliveries(const Services& services, const User& user, Request& request) {
  VAT_CO_ASSIGN(const std::size_t limit, query_limit(request));
  auto work = [&] { return services.webhooks.deliveries(user.id, request.parameter("id"), limit); };
  VAT_CO_ASSIGN(const std::vector<Delivery> deliveries, co_await services.pool.run(work));
  co_return list_response(deliveries, write_delivery);
}

Answer list_job_deliveries(const Services& services, const User& user, Request& request) {
  VAT_CO_ASSIGN(const std::size_t limit, query_limit(request));
  auto work = [&]() -> Result<std::vector<Delivery>> {
    const std::string& job_id = request.parameter("id");
    VAT_ASSIGN(std::vector<Delivery> deliveries, services.webhooks.job_deliveries(user.id, job_id, limit));
    // The log outlives the job.
    if (deliveries.empty()) VAT_TRY(services.jobs.get(user.id, job_id));
    return deliveries;
  };
  VAT_CO_ASSIGN(const std::vector<Delivery> deliveries, co_await services.pool.run(work));
  co_return list_response(deliveries, write_delivery);
}

Answer replay_delivery(const Services& services, const User& user, Request& request) {
  auto work = [&] { return services.webhooks.replay(user.id, request.parameter("id")); };
  VAT_CO_ASSIGN(const Delivery delivery, co_await services.pool.run(work));
  services.bus.publish(
      {.kind = Notification::Kind::kDelivery, .user_id = user.id, .job_id = delivery.job_id});
  co_return item_response(202, delivery, write_delivery);
}

}  // namespace

void add_webhook_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/webhooks", route(services, list_webhooks));
  router.add(Method::kPost, "/api/v1/webhooks", json_route(services, create_webhook));
  router.add(Method::kDelete, "/api/v1/webhooks/{id:uuid}", route(services, remove_webhook));
  router.add(Method::kGet, "/api/v1/webhooks/{id:uuid}/deliveries", route(services, list_deliveries));
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/deliveries", route(services, list_job_deliveries));
  router.add(Method::kPost, "/api/v1/deliveries/{id:uuid}/replay", route(services, replay_delivery));
}

}  // namespace vat::api
