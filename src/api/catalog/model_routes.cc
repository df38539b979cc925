#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/catalog/known_models.h"
#include "api/catalog/model_pulls.h"
#include "api/common/handler.h"
#include "api/routes.h"
#include "base/json_writer.h"
#include "pipeline/weights.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

/// What clients see of a model.
struct ModelView {
  catalog::ModelInfo model;
  std::optional<ModelPull> pull;
};

bool is_multilingual(const catalog::ModelInfo& model) {
  return is_recogniser(model) && model.name.find(".en") == std::string::npos;
}

std::string_view state_of(const ModelView& view) {
  using enum catalog::PullPhase;
  if (view.model.installed) return "installed";
  if (!view.pull || !view.pull->running) return "missing";
  switch (view.pull->progress.phase) {
    case kWaiting:
    case kAsking:
      return "waiting";
    case kDownloading:
      return "downloading";
    case kConverting:
      return "converting";
    case kVerifying:
    case kInstalled:
      return "verifying";
  }
  return {};
}

void write_model(JsonWriter& json, const ModelView& view) {
  const catalog::ModelInfo& model = view.model;
  const bool running = !model.installed && view.pull && view.pull->running;
  const bool counted = running && view.pull->progress.total > 0;
  const auto bytes = [counted](std::uint64_t count) {
    return counted ? std::optional(static_cast<std::int64_t>(count)) : std::nullopt;
  };
  const catalog::PullProgress progress = running ? view.pull->progress : catalog::PullProgress();
  json.begin_object();
  json.key("name").string(model.name);
  json.key("kind").string(is_recogniser(model) ? "recognition" : "speech_detection");
  json.key("multilingual").boolean(is_multilingual(model));
  json.key("published").boolean(model.published);
  json.key("packaged").boolean(model.packaged);
  json.key("installed").boolean(model.installed);
  json.key("bytes").integer(static_cast<std::int64_t>(model.bytes));
  json.key("state").string(state_of(view));
  json.key("source").string_or_null(running ? progress.source : model.source);
  json.key("done_bytes").integer_or_null(bytes(progress.done));
  json.key("total_bytes").integer_or_null(bytes(progress.total));
  json.key("error").string_or_null(!model.installed && view.pull ? view.pull->failure : std::string());
  json.end_object();
}

/// kPermission for who may not download and remove models.
Result<> check_manager(const Services& services, const Caller& caller) {
  const bool admin = caller.is_admin() && services.model_management == ModelManagement::kAdmins;
  if (admin || services.model_management == ModelManagement::kEveryone) return {};
  return fail(ErrorCode::kPermission, "The models of this server are managed by its operator.");
}

/// The handlers. Safe to use from any thread.
class ModelRoutes {
 public:
  explicit ModelRoutes(const Services& services) : services_(services), pulls_(services.models) {}

  Answer list() {
    auto work = [this]() -> Result<std::vector<ModelView>> {
      VAT_ASSIGN(std::vector<catalog::ModelInfo> models, list_models(services_));
      std::vector<ModelView> views;
      for (catalog::ModelInfo& model : models) views.push_back(view_of(std::move(model)));
      return views;
    };
    VAT_CO_ASSIGN(const std::vector<ModelView> views, co_await services_.pool.run(work));
    co_return list_response(views, write_model);
  }

  Answer get(Request& request) {
    auto work = [&] { return find(request); };
    VAT_CO_ASSIGN(const ModelView view, co_await services_.pool.run(work));
    co_return item_response(200, view, write_model);
  }

  Answer pull(const Caller& caller, Request& request) {
    VAT_CO_TRY(check_manager(services_, caller));
    auto work = [&]() -> Result<ModelView> {
      VAT_ASSIGN(ModelView view, find(request));
      if (view.model.installed) return view;
      VAT_TRY(services_.models.may_pull());
      VAT_TRY(pulls_.start(view.model));
      return view_of(std::move(view.model));
    };
    VAT_CO_ASSIGN(const ModelView view, co_await services_.pool.run(work));
    Response response = item_response(view.model.installed ? 200 : 202, view, write_model);
    response.set("Location", "/api/v1/models/" + view.model.name);
    co_return response;
  }

  Answer remove(const Caller& caller, Request& request) {
    VAT_CO_TRY(check_manager(services_, caller));
    auto work = [&]() -> Result<> {
      VAT_ASSIGN(const ModelView view, find(request));
      if (view.model.kind == catalog::ModelKind::kSherpa)
        return fail(ErrorCode::kPermission, "The model " + view.model.name +
                                                " was imported by the operator, who alone can remove it.");
      const bool stopped = pulls_.cancel(view.model.name);
      pipeline::remove_converted(view.model.path);
      const auto removed = services_.models.remove(view.model.name);
      if (removed || (stopped && removed.error().code == ErrorCode::kNotFound)) return {};
      if (removed.error().code != ErrorCode::kUnavailable) return fail(removed.error());
      return fail(
          ErrorCode::kExists,
          "The model " + view.model.name +
              " is being downloaded for a job; cancel the job, or remove the model when it is there.");
    };
    VAT_CO_TRY(co_await services_.slow_pool.run(work));
    co_return http::empty_response(204);
  }

 private:
  [[nodiscard]] ModelView view_of(catalog::ModelInfo model) const {
    std::optional<ModelPull> pull = pulls_.find(model.name);
    return {std::move(model), std::move(pull)};
  }
  [[nodiscard]] Result<ModelView> find(Request& request) const {
    VAT_ASSIGN(catalog::ModelInfo model, find_model(services_, request.parameter("name")));
    return view_of(std::move(model));
  }

  const Services& services_;
  ModelPulls pulls_;
};

}  // namespace

void add_model_routes(http::Router& router, const Services& services) {
  const auto models = std::make_shared<ModelRoutes>(services);
  router.add(
      Method::kGet, "/api/v1/models",
      signed_in(services, [models](const User& /*user*/, Request& /*request*/) { return models->list(); }));
  router.add(
      Method::kGet, "/api/v1/models/{name}",
      signed_in(services, [models](const User& /*user*/, Request& request) { return models->get(request); }));
  router.add(Method::kPost, "/api/v1/models/{name}/pull",
             signed_in(services, [models](const Caller& caller, Request& request) {
               return models->pull(caller, request);
             }));
  router.add(Method::kDelete, "/api/v1/models/{name}",
             signed_in(services, [models](const Caller& caller, Request& request) {
               return models->remove(caller, request);
             }));
}

}  // namespace vat::api
