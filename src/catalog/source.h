// Where a published model can be had: one such place.
#pragma once

#include <stop_token>
#include <string>
#include <tl/expected.hpp>

#include "base/result.h"
#include "catalog/published.h"
#include "catalog/store.h"

namespace vat::catalog {

/// Why a source did not give a model.
struct SourceFailure {
  Error error;
  bool silent = false;  ///< It could not be reached or did not answer, so it need not be asked again soon.
};
using Fetched = tl::expected<void, SourceFailure>;

/// Safe to use from any thread.
class ModelSource {
 public:
  virtual ~ModelSource() = default;
  [[nodiscard]] virtual SourceInfo info() const = 0;
  /// Whether it may have this model.
  [[nodiscard]] virtual bool offers(const PublishedModel& model) const = 0;
  /// Ends with the model, verified, under its name in the store; the caller holds the model's lock. Blocks;
  /// kCancelled soon after `stop`.
  [[nodiscard]] virtual Fetched fetch(const PublishedModel& model, const PullSink& progress,
                                      const std::stop_token& stop) const = 0;
};

}  // namespace vat::catalog
