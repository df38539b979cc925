// What tells voices apart, with its files, which are fetched when a recording first needs them.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/store.h"
#include "domain/diarizer.h"
#include "pipeline/engines.h"

namespace vat::pipeline {

/// A published file of a store, which must outlive its users.
struct SpeakerFile {
  const catalog::ModelStore& store;
  std::string name;
};

/// Safe to use from any thread.
class SpeakerModels {
 public:
  /// The diarizer needs the files, and must outlive this. `no_fetching` as in EnginesOptions.
  SpeakerModels(Diarizer& diarizer, std::vector<SpeakerFile> files, std::string no_fetching = "");

  /// Bytes that are still to be fetched; zero when everything is here.
  [[nodiscard]] std::uint64_t missing_bytes() const;

  /// The diarizer, once all files are here: those that are missing are fetched. A file whose fetch failed is
  /// not tried again for a minute. The errors are those of ModelStore::pull(), and kUnavailable where nothing
  /// may be fetched. `progress` is called on the calling thread, and may be empty.
  [[nodiscard]] Result<Diarizer*> get(const FetchProgress& progress, const std::stop_token& stop);

 private:
  [[nodiscard]] Result<> fetch(const SpeakerFile& file, const FetchProgress& progress,
                               const std::stop_token& stop);

  Diarizer& diarizer_;
  const std::vector<SpeakerFile> files_;
  const std::string no_fetching_;
  FailedFetches failed_;
};

}  // namespace vat::pipeline
