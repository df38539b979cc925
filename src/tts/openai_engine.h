// Any server with OpenAI's POST /v1/audio/speech: OpenAI itself, or a neural voice on your own machine.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "domain/http_client.h"
#include "domain/synthesizer.h"
#include "tts/remote.h"

namespace vat::tts {

struct OpenAiConfig {
  std::string base_url = "https://api.openai.com/v1";  ///< Up to and with "/v1".
  std::string api_key;                                 ///< May be empty for your own server.
  std::string model = "tts-1";
  std::string voice = "alloy";          ///< The default voice.
  std::string response_format = "wav";  ///< Or "pcm": 16-bit mono at `pcm_sample_rate`.
  int pcm_sample_rate = 24'000;         ///< Hz; OpenAI's is 24,000.
  int max_parallel = 4;
  RemotePolicy policy;
};

/// kUnauthorized for api.openai.com without a key; kInvalidArgument for an unknown format.
[[nodiscard]] Result<std::unique_ptr<Synthesizer>> make_openai(OpenAiConfig config,
                                                               std::shared_ptr<HttpClient> client);

}  // namespace vat::tts
