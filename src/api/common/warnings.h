// What a client is told beside a response that succeeds. Private to api.
#pragma once

#include <string>
#include <vector>

#include "http/message.h"

namespace vat::api {

/// `Warning: 299 - "..."` (RFC 7234, section 5.5) for each sentence, in ASCII; none without sentences.
void set_warnings(http::Response& response, const std::vector<std::string>& sentences);

}  // namespace vat::api
