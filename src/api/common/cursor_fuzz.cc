// Any bytes as the cursor of a list.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "api/common/cursor.h"
#include "base/utc_time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // An accepted cursor is exactly one that was issued.
  if (const auto id = vat::api::read_job_cursor(text); id && vat::api::job_cursor(*id) != text) std::abort();
  if (const auto offset = vat::api::read_offset_cursor(text, 1000)) {
    if (*offset > 1000 || vat::api::offset_cursor(*offset) != text) std::abort();
  }
  if (const auto time = vat::parse_rfc3339(text)) {
    if (vat::parse_rfc3339(vat::to_rfc3339(*time)) != time) std::abort();
  }
  return 0;
}
