// One pull of one model: attempts, resumption, verification. The caller must hold the model's lock.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "catalog/files.h"
#include "catalog/store.h"

namespace vat::catalog {

class Pull {
 public:
  /// Everything must outlive the pull.
  Pull(HttpDownloader& http, const StoreOptions& options, const PublishedModel& model, std::string url,
       const PullSink& progress);

  /// Ends with the file under its name, or keeps what was received for the next time.
  [[nodiscard]] Result<> run(const std::stop_token& stop);
  /// Whether the server sent anything.
  [[nodiscard]] bool answered() const { return answered_; }

 private:
  [[nodiscard]] Result<> fetch_and_verify(const std::stop_token& stop);
  [[nodiscard]] Result<> fetch_all(const std::stop_token& stop);
  [[nodiscard]] Result<> attempt(const std::stop_token& stop);
  [[nodiscard]] HttpRequest request() const;
  [[nodiscard]] Result<> begin(const HttpResponse& head);
  [[nodiscard]] Result<> begin_part(const HttpResponse& head);
  [[nodiscard]] Result<> check_announced(std::uint64_t total) const;
  [[nodiscard]] Error refused(int status) const;
  [[nodiscard]] std::uint64_t max_bytes() const;
  [[nodiscard]] Result<> write(std::string_view bytes);
  [[nodiscard]] Result<> start_over();
  [[nodiscard]] Result<bool> is_right(const std::stop_token& stop);
  [[nodiscard]] Error wrong_bytes() const;
  [[nodiscard]] Error stopped() const;
  void report(PullPhase phase, std::uint64_t done, std::uint64_t total) const;

  HttpDownloader& http_;
  const StoreOptions& options_;
  const PublishedModel& model_;
  const PullSink& progress_;
  const ModelFiles files_;
  const std::string url_;
  UniqueFd fd_;              ///< The partial file, at its end.
  std::uint64_t bytes_ = 0;  ///< In the partial file.
  std::uint64_t total_ = 0;
  bool from_before_ = false;  ///< Some of the bytes are from an earlier run.
  bool answered_ = false;     ///< The server has sent something in this run.
  std::string found_digest_;
};

}  // namespace vat::catalog
