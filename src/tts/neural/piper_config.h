// The description of a Piper voice, "NAME.onnx.json". Internal to tts.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tts/neural/phonemes.h"

namespace vat::tts {

struct PiperConfig {
  int sample_rate = 0;   ///< Hz.
  std::string language;  ///< BCP 47.
  std::string quality;   ///< "medium", or empty.
  std::string espeak;    ///< eSpeak NG's voice; empty when the text's own letters are the symbols.
  SymbolIds symbols;
  int speakers = 1;
  std::map<std::string, int> speaker_ids;  ///< By name; may be empty.
  float noise = 0.667F;
  float length = 1.0F;
  float noise_width = 0.8F;
};

/// kBadData, with a sentence that goes on after a file's name and a colon, for what is no such description.
[[nodiscard]] Result<PiperConfig> read_piper_config(std::string_view json);

/// The names of the inputs of an ONNX model, from the file's beginning and its structure alone. Errors:
/// kBadData when it is no ONNX file or has a name that is not plain. Memory is bounded.
[[nodiscard]] Result<std::vector<std::string>> onnx_inputs(std::string_view file);

}  // namespace vat::tts
