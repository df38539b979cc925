#include "modelfile/number_formats.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vat::modelfile {
namespace {

template <class Number, class Convert>
void decode_as(std::string_view bytes, std::vector<float>& out, Convert convert) {
  out.resize(bytes.size() / sizeof(Number));
  for (std::size_t i = 0; i < out.size(); ++i) {
    Number number;
    std::memcpy(&number, bytes.data() + i * sizeof number, sizeof number);
    out[i] = convert(number);
  }
}

}  // namespace

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

void decode_weights(std::string_view bytes, WeightType type, std::vector<float>& out) {
  switch (type) {
    case WeightType::kF32:
      return decode_as<float>(bytes, out, [](float value) { return value; });
    case WeightType::kF16:
      return decode_as<std::uint16_t>(bytes, out, from_half);
    case WeightType::kBf16:
      return decode_as<std::uint16_t>(bytes, out, from_bfloat);
    case WeightType::kQ8_0:
      out.clear();
  }
}

}  // namespace vat::modelfile
