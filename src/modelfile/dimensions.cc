#include "modelfile/dimensions.h"

#include <string_view>

namespace vat::modelfile {
namespace {

constexpr std::int32_t kMaxTokens = 51'866;  // whisper.cpp supports no more than a hundred languages
constexpr std::int32_t kMaxState = 4096;
constexpr std::int32_t kMaxLayers = 128;

struct Bounds {
  std::string_view what;
  std::int32_t value;
  std::int32_t min;
  std::int32_t max;
};

bool heads_match(std::int32_t state, std::int32_t heads, const LayoutLimits& limits) {
  return state % heads == 0 && (limits.head_channels == 0 || state / heads == limits.head_channels);
}

}  // namespace

Result<> check_dimensions(const HyperParameters& p, const LayoutLimits& limits, const std::string& name) {
  const auto bad = [&](const std::string& what) {
    return fail(ErrorCode::kBadData, name + " is not a Whisper model: " + what + ".");
  };
  for (const Bounds& bounds :
       {Bounds{"tokens", p.vocabulary, limits.min_tokens, kMaxTokens},
        Bounds{"audio positions", p.audio_context, 1, 1500},
        Bounds{"text positions", p.text_context, 16, 4096}, Bounds{"channels", p.audio_state, 1, kMaxState},
        Bounds{"encoder layers", p.audio_layers, 1, kMaxLayers},
        Bounds{"decoder layers", p.text_layers, 1, kMaxLayers}, Bounds{"mel bands", p.mels, 1, 256},
        Bounds{"encoder heads", p.audio_heads, 1, p.audio_state},
        Bounds{"decoder heads", p.text_heads, 1, p.audio_state}}) {
    if (bounds.value < bounds.min || bounds.value > bounds.max)
      return bad("its number of " + std::string(bounds.what) + " is " + std::to_string(bounds.value));
  }
  if (p.text_state != p.audio_state) return bad("its encoder and its decoder differ in width");
  for (const std::int32_t heads : {p.audio_heads, p.text_heads}) {
    if (!heads_match(p.audio_state, heads, limits))
      return bad("its " + std::to_string(p.audio_state) + " channels do not match its " +
                 std::to_string(heads) + " heads");
  }
  return {};
}

}  // namespace vat::modelfile
