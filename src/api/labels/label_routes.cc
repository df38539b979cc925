// Labels, and which jobs have them.
#include <string>
#include <utility>
#include <vector>

#include "api/common/handler.h"
#include "api/jobs/job_json.h"
#include "api/routes.h"
#include "base/file_name.h"
#include "base/text.h"
#include "domain/label_store.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::size_t kMaxNameBytes = kMaxLabelLength * 4;
constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kMaxChangedJobs = 500;

void write_counted_label(JsonWriter& json, const CountedLabel& label) {
  json.begin_object();
  json.key("id").string(label.id);
  json.key("name").string(label.name);
  json.key("jobs").integer(static_cast<std::int64_t>(label.jobs));
  json.end_object();
}

Answer list_labels(const Services& services, const User& user, Request& /*request*/) {
  auto work = [&] { return services.labels.list(user.id); };
  VAT_CO_ASSIGN(const std::vector<CountedLabel> labels, co_await services.pool.run(work));
  co_return list_response(labels, write_counted_label);
}

Result<std::string> read_label_name(JsonFields& fields) {
  VAT_ASSIGN(const std::optional<std::string> text, fields.text("name", {.max = kMaxNameBytes}));
  VAT_TRY(fields.finish());
  if (!text) return fail(fields.missing("name"));
  std::string name = visible_name(*text);
  if (name.empty() || code_points(name) > kMaxLabelLength)
    return fail(fields.wrong("name", "The name of a label must have 1 to 50 characters."));
  return name;
}

Answer create_label(const Services& services, const User& user, Request& /*request*/, JsonFields& fields) {
  VAT_CO_ASSIGN(const std::string name, read_label_name(fields));
  auto work = [&] { return services.labels.create(user.id, name); };
  VAT_CO_ASSIGN(const Label made, co_await services.pool.run(work));
  Response response = item_response(201, made, write_label);
  response.set("Location", "/api/v1/labels/" + made.id);
  co_return response;
}

Answer rename_label(const Services& services, const User& user, Request& request, JsonFields& fields) {
  VAT_CO_ASSIGN(const std::string name, read_label_name(fields));
  auto work = [&] { return services.labels.rename(user.id, request.parameter("id"), name); };
  VAT_CO_ASSIGN(const Label renamed, co_await services.pool.run(work));
  co_return item_response(200, renamed, write_label);
}

Answer delete_label(const Services& services, const User& user, Request& request) {
  co_return co_await empty_response_after(
      services, [&] { return services.labels.remove(user.id, request.parameter("id")); });
}

Result<std::vector<std::string>> read_ids(JsonFields& fields, std::string_view name, std::size_t max) {
  VAT_ASSIGN(auto ids, fields.texts(name, max, {.min = kUuidLength, .max = kUuidLength}));
  return std::move(ids).value_or(std::vector<std::string>());
}

Answer label_jobs(const Services& services, const User& user, Request& /*request*/, JsonFields& fields) {
  LabelChange change;
  VAT_CO_ASSIGN(change.job_ids, read_ids(fields, "job_ids", kMaxChangedJobs));
  VAT_CO_ASSIGN(change.add, read_ids(fields, "add", kMaxJobLabels));
  VAT_CO_ASSIGN(change.remove, read_ids(fields, "remove", kMaxLabels));
  VAT_CO_TRY(fields.finish());
  if (change.job_ids.empty()) co_return fail(fields.missing("job_ids"));
  co_return co_await empty_response_after(services, [&] { return services.labels.change(user.id, change); });
}

}  // namespace

void add_label_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/labels", route(services, list_labels));
  router.add(Method::kPost, "/api/v1/labels", json_route(services, create_label));
  router.add(Method::kPatch, "/api/v1/labels/{id:uuid}", json_route(services, rename_label));
  router.add(Method::kDelete, "/api/v1/labels/{id:uuid}", route(services, delete_label));
  router.add(Method::kPost, "/api/v1/jobs/labels", json_route(services, label_jobs));
}

}  // namespace vat::api
