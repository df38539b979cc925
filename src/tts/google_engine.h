// Google Cloud Text-to-Speech over its REST interface, version 1.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "domain/http_client.h"
#include "domain/synthesizer.h"
#include "tts/remote.h"

namespace vat::tts {

struct GoogleConfig {
  std::string api_key;  ///< Either this,
  std::string
      service_account_json;  ///< or the content of a service account's key file; it wins over the key.
  std::string base_url = "https://texttospeech.googleapis.com";  ///< Without "/v1"; a proxy's or a test's.
  int max_parallel = 4;
  RemotePolicy policy;
};

/// kUnauthorized without credentials, kBadData for an invalid key file. No request is made before the first
/// utterance.
[[nodiscard]] Result<std::unique_ptr<Synthesizer>> make_google(GoogleConfig config,
                                                               std::shared_ptr<HttpClient> client);

}  // namespace vat::tts
