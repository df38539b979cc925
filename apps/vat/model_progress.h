// Shows on the console how models are fetched.
#pragma once

#include <set>
#include <string>

#include "catalog/store.h"
#include "console.h"
#include "pipeline/engines.h"

namespace vat::app {

/// One thread at a time.
class ModelProgress {
 public:
  /// `console` must outlive this.
  explicit ModelProgress(Console& console) : console_(console) {}

  void show(const std::string& model, const catalog::PullProgress& progress);
  /// The same as a function, which this must outlive.
  [[nodiscard]] pipeline::FetchProgress sink() {
    return [this](const std::string& model, const catalog::PullProgress& progress) { show(model, progress); };
  }

 private:
  void tell_once(const std::string& sentence);

  Console& console_;
  std::set<std::string> told_;
};

}  // namespace vat::app
