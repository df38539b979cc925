// The models that clients may name: those of Whisper and of the speech detector, and those of sherpa-onnx
// that the operator has imported. Private to api.
#pragma once

#include <string_view>
#include <vector>

#include "api/services.h"
#include "base/result.h"
#include "catalog/store.h"

namespace vat::api {

/// The errors are those of ModelStore::list(). May read folders.
[[nodiscard]] Result<std::vector<catalog::ModelInfo>> list_models(const Services& services);

/// By name. The errors are those of ModelStore::find(). May read folders.
[[nodiscard]] Result<catalog::ModelInfo> find_model(const Services& services, std::string_view name);

/// Whether it transcribes.
[[nodiscard]] bool is_recogniser(const catalog::ModelInfo& model);

}  // namespace vat::api
