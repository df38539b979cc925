// The error for more bytes than the limit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace vat::http {

/// `what`: "The request", "The file".
[[nodiscard]] inline Error too_long_error(std::string_view what, std::uint64_t max_bytes) {
  return {ErrorCode::kLimit,
          std::string(what) + " is longer than the limit of " + format_bytes(max_bytes) + "."};
}
[[nodiscard]] inline tl::unexpected<Error> too_long(std::string_view what, std::uint64_t max_bytes,
                                                    std::string field = {}) {
  return fail(too_long_error(what, max_bytes).about_field(std::move(field)));
}

}  // namespace vat::http
