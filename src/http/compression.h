// Compression of text in responses (RFC 9110, section 8.4).
#pragma once

#include "http/content.h"
#include "http/message.h"

namespace vat::http {

/// Compresses a body that is a string of text, long enough and not yet compressed, in the encoding that the
/// client prefers. Long ones on the pool.
[[nodiscard]] Task<> compress_response(BlockingPool& pool, const Request& request, Response& response);

/// Empty if it would not become shorter.
[[nodiscard]] std::string compress(std::string_view bytes, Encoding encoding);

}  // namespace vat::http
