#include "modelfile/number_formats.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vat::modelfile {

void to_q8_block(std::span<const float, kQ8BlockWeights> values, std::span<char, kQ8BlockBytes> block) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::fabs(value));
  const float scale = largest / 127.0F;
  const float inverse = scale > 0 ? 1.0F / scale : 0.0F;
  const std::uint16_t half = to_half(scale);
  std::memcpy(block.data(), &half, sizeof half);
  for (std::size_t i = 0; i < kQ8BlockWeights; ++i) {
    // NaN and infinity have no integer; such weights are broken whatever is written for them.
    const float scaled = std::isfinite(values[i]) ? std::round(values[i] * inverse) : 0.0F;
    block[sizeof half + i] = static_cast<char>(static_cast<std::int8_t>(std::clamp(scaled, -127.0F, 127.0F)));
  }
}

}  // namespace vat::modelfile
