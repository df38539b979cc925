// The error for more bytes than the limit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace vat::http {

/// `what`: "The request", "The file".
[[nodiscard]] inline std::string too_long_sentence(std::string_view what, std::uint64_t max_bytes) {
  return std::string(what) + " is longer than the limit of " + format_bytes(max_bytes) + ".";
}
[[nodiscard]] inline tl::unexpected<Error> too_long(std::string_view what, std::uint64_t max_bytes,
                                                    std::string field = {}) {
  return fail(Error{ErrorCode::kLimit, too_long_sentence(what, max_bytes), {}, false, std::move(field)});
}

}  // namespace vat::http
