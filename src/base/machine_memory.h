// How much memory there is for this process.
#pragma once

#include <cstdint>

namespace vat {

/// Bytes of the machine, or of the container when its limit is lower (memory.max of the kernel's control
/// groups, version 2). Zero when it cannot be told.
[[nodiscard]] std::uint64_t machine_memory_bytes();

}  // namespace vat
