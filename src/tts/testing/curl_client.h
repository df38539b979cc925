// A minimal HttpClient over libcurl, for tests.
#pragma once

#include "domain/http_client.h"

namespace vat::tts::testing {

class CurlClient final : public HttpClient {
 public:
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;
};

}  // namespace vat::tts::testing
