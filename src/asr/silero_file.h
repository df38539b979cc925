// Reads Silero's network in whisper.cpp's format, and only files of exactly that shape. Private to the Silero
// detector, its tests and its fuzzer.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vat::asr {

/// The weights of one layer. Those of a convolution have the shape [outputs][inputs][taps], others
/// [outputs][inputs].
struct SileroLayer {
  std::vector<float> weights;
  std::vector<float> bias;
};

/// The network that Silero 5 and 6 have for 16 kHz.
struct SileroWeights {
  std::vector<float> stft;             ///< [129 real parts, 129 imaginary parts][256 samples]
  std::array<SileroLayer, 4> encoder;  ///< Of 129 to 128, 64, 64 and 128 channels, with 3 taps each.
  SileroLayer lstm_input;              ///< Of 128 to 512: the gates input, forget, cell and output, 128 each.
  SileroLayer lstm_hidden;             ///< As lstm_input.
  SileroLayer output;                  ///< Of 128 to 1.
};

/// The weights when `bytes` is exactly one network of that shape, with every weight and nothing after it;
/// else kBadData, whose detail says where it differs. Any thread.
[[nodiscard]] Result<SileroWeights> read_silero_file(std::string_view bytes);

}  // namespace vat::asr
