// Sizes of data, for people. May be called from any thread.
#pragma once

#include <cstdint>
#include <string>

namespace vat {

/// "512 bytes", "74.1 MB": in powers of 1000 (IEC 80000-13), for sentences and tables.
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

}  // namespace vat
