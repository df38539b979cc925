// How ggml stores q8_0: numbers in bytes, of which 32 have a scale.
#pragma once

#include <cstdint>

namespace vat::asr::kernels {

constexpr std::int64_t kByteBlock = 32;

/// A number is scale * numbers[i].
struct ByteBlock {
  std::uint16_t scale;  ///< binary16
  std::int8_t numbers[kByteBlock];
};
static_assert(sizeof(ByteBlock) == 34);

}  // namespace vat::asr::kernels
