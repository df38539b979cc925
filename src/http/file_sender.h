// Sends a range of a file. The disk is read on the blocking pool, never on an I/O thread.
#pragma once

#include <cstdint>

#include "http/connection.h"

namespace vat::http {

/// Adds the number of bytes sent to `sent`. kInternal when the file ends early or cannot be read.
[[nodiscard]] Task<Result<>> send_file_body(Connection& connection, const FileBody& body,
                                            std::uint64_t& sent);

}  // namespace vat::http
