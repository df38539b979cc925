// Lists of models and of their sources, as text.
#pragma once

#include <string>
#include <vector>

#include "catalog/store.h"

namespace vat::app {

/// A line for each model.
[[nodiscard]] std::string model_table(const std::vector<catalog::ModelInfo>& models);
/// An array with an object for each model, one on each line.
[[nodiscard]] std::string model_list_json(const std::vector<catalog::ModelInfo>& models);
/// "Models are downloaded from the publisher; those marked *, otherwise from the Python package index."
[[nodiscard]] std::string sources_sentence(const std::vector<catalog::SourceInfo>& sources);

}  // namespace vat::app
