// The sources that serve a model's file over HTTP: its publisher, and a mirror.
#pragma once

#include <memory>

#include "catalog/source.h"
#include "domain/http_download.h"

namespace vat::catalog {

/// Everything must outlive the source.
[[nodiscard]] std::unique_ptr<ModelSource> make_mirror_source(HttpDownloader& http,
                                                              const StoreOptions& options);
[[nodiscard]] std::unique_ptr<ModelSource> make_publisher_source(HttpDownloader& http,
                                                                 const StoreOptions& options);

}  // namespace vat::catalog
