// Text is compressed on its way out (RFC 9110, section 8.4). Used inside the module.
#pragma once

#include "http/content.h"
#include "http/message.h"

namespace vat::http {

/// Compresses a body that is a string of text, long enough and not compressed yet, as the client likes it.
/// Long ones on the pool.
[[nodiscard]] Task<> compress_response(BlockingPool& pool, const Request& request, Response& response);

/// Empty when it would not become shorter.
[[nodiscard]] std::string compress(std::string_view bytes, Encoding encoding);

}  // namespace vat::http
