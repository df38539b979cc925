// The sources of models in their order: which is asked next, and what is said when none has the model.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "catalog/source.h"
#include "domain/http_download.h"

namespace vat::catalog {

/// Safe to use from any thread. Remembers for some minutes which source was silent, and asks that one last.
class SourceChain {
 public:
  /// Everything must outlive the chain.
  SourceChain(HttpDownloader& http, const StoreOptions& options);
  ~SourceChain();

  /// In the order in which they are asked.
  [[nodiscard]] std::vector<SourceInfo> sources() const;

  /// Ends with the model, verified, under its name in the store; the caller holds the model's lock. The
  /// source is recorded beside the model and returned. Otherwise one error says what each source answered.
  [[nodiscard]] Result<std::string> fetch(const PublishedModel& model, const PullSink& progress,
                                          const std::stop_token& stop);

 private:
  using Clock = std::chrono::steady_clock;
  struct Silence {
    Clock::time_point since;
    Error error;
  };
  struct Link {
    std::unique_ptr<ModelSource> source;
    std::optional<Silence> silence;
  };
  struct Failure {
    std::size_t link;
    Error error;
  };

  void add_packages(const StoreOptions& options);
  [[nodiscard]] std::optional<Silence> silence(std::size_t link) const;
  [[nodiscard]] std::vector<std::size_t> order(const PublishedModel& model,
                                               std::vector<Failure>& failures) const;
  [[nodiscard]] Result<> ask(std::size_t link, const PublishedModel& model, const PullSink& progress,
                             const std::stop_token& stop);
  [[nodiscard]] Error joined(const PublishedModel& model, std::vector<Failure> failures) const;
  [[nodiscard]] std::string lacking(const PublishedModel& model) const;
  [[nodiscard]] std::string remedy(const PublishedModel& model) const;

  const StoreOptions& options_;
  mutable std::mutex mutex_;  ///< For the silences.
  std::vector<Link> links_;
};

}  // namespace vat::catalog
