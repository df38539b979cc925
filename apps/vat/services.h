// Puts the program together: which HTTP client, model store, speech engines and threads the commands use. The
// only place that joins modules which do not know each other.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "asr/chunk_pool.h"
#include "base/result.h"
#include "catalog/store.h"
#include "console.h"
#include "domain/http_client.h"
#include "flags.h"
#include "pipeline/engines.h"
#include "pipeline/speech.h"

namespace vat::app {

/// The console that the flags ask for; sets the log level too.
[[nodiscard]] std::unique_ptr<Console> make_console(const CommonFlags& flags);

class Services {
 public:
  explicit Services(const CommonFlags& flags);
  ~Services();

  [[nodiscard]] catalog::ModelStore& store() { return *store_; }
  [[nodiscard]] pipeline::Engines& engines() { return *engines_; }
  /// Made on first use, so that commands which recognise nothing start no threads. `niceness` of the first
  /// use counts (asr/chunk_pool.h).
  [[nodiscard]] asr::ChunkPool& pool(int niceness = 0);
  [[nodiscard]] int threads() const;
  [[nodiscard]] HttpClient& http() const;

  /// Every speech engine that works here or for which there are credentials. An engine whose credentials are
  /// of no use is the error.
  [[nodiscard]] Result<tts::Engines> speech_engines(const ServiceFlags& flags) const;

 private:
  class Http;
  CommonFlags flags_;
  std::shared_ptr<Http> http_;
  std::unique_ptr<catalog::ModelStore> store_;
  std::unique_ptr<pipeline::Engines> engines_;
  std::unique_ptr<asr::ChunkPool> pool_;
};

}  // namespace vat::app
