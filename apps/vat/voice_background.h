// The natural voices of a service: fetched in the background when they are first needed, never in a request.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/result.h"
#include "catalog/store.h"
#include "pipeline/options.h"
#include "tts/engines.h"

namespace vat::app {

/// Safe to use from any thread.
class BackgroundVoices {
 public:
  /// `store` must outlive it. Without `may_fetch` it does nothing.
  BackgroundVoices(const catalog::ModelStore& store, bool may_fetch);
  /// Stops a fetch that runs.
  ~BackgroundVoices();
  BackgroundVoices(const BackgroundVoices&) = delete;
  BackgroundVoices& operator=(const BackgroundVoices&) = delete;

  /// Told of speech that is about to be made; quick. If Kokoro would make it and is not here, its fetch
  /// begins, unless it runs or failed within the last hour. Returns what to tell the user: that a simpler
  /// voice speaks meanwhile, and why. For a voice of Kokoro's that was asked for, this is the error,
  /// kUnavailable: retryable while it is being fetched.
  [[nodiscard]] Result<std::optional<std::string>> need(const tts::Engines& engines,
                                                        const pipeline::SpeechOptions& options,
                                                        const std::string& language);

  /// For operators: kUnavailable, with how far it is or why it failed, unless all is well.
  [[nodiscard]] Result<> state() const;

 private:
  void fetch(const tts::Engines& engines, const std::string& language, const std::stop_token& stop);
  [[nodiscard]] std::string fetching_sentence() const;

  const catalog::ModelStore& store_;
  const bool may_fetch_;
  mutable std::mutex mutex_;
  bool fetching_ = false;
  int percent_ = 0;
  std::optional<Error> failure_;
  std::chrono::steady_clock::time_point failed_at_;
  std::jthread thread_;  ///< Last, because it uses the others.
};

}  // namespace vat::app
