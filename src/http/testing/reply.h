// What a client reads of a response. Test-only.
#pragma once

#include <string>
#include <string_view>

#include "domain/http_client.h"

namespace vat::http::testing {

struct Reply {
  int status = 0;
  HttpHeaders headers;
  std::string body;
  [[nodiscard]] std::string header(std::string_view name) const {
    return std::string(find_header(headers, name));
  }
};

}  // namespace vat::http::testing
