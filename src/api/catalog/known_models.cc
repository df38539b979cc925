#include "api/catalog/known_models.h"

#include <utility>

#include "catalog/recognisers.h"

namespace vat::api {

Result<std::vector<catalog::ModelInfo>> list_models(const Services& services) {
  VAT_ASSIGN(std::vector<catalog::ModelInfo> models, services.models.list());
  if (services.recognisers == nullptr) return models;
  // What is not here cannot be downloaded either.
  for (catalog::ModelInfo& model : services.recognisers->list())
    if (model.installed) models.push_back(std::move(model));
  return models;
}

Result<catalog::ModelInfo> find_model(const Services& services, std::string_view name) {
  if (services.recognisers != nullptr)
    if (auto model = services.recognisers->find(name)) return model;
  return services.models.find(name);
}

bool is_recogniser(const catalog::ModelInfo& model) {
  return model.kind == catalog::ModelKind::kRecognition || model.kind == catalog::ModelKind::kSherpa;
}

}  // namespace vat::api
