// Inspects a model file: whether whisper.cpp can load it, which one it is, and whether it is complete. Any
// thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace vat::modelfile {

enum class ModelKind { kWhisper, kSileroVad };

/// The properties of a valid model file.
struct ModelHeader {
  ModelKind kind = ModelKind::kWhisper;
  std::string type;     ///< "tiny", "base", "small", "medium", "large", else "custom"; for a VAD its version.
  std::string weights;  ///< Of the large matrices: "f16", "f32", "bf16", "q5_0", "q8_0", "q4_k", ...
  bool multilingual = false;  ///< Whisper: has languages and translation.
  /// False for 32-bit weights: whisper.cpp loads them, and aborts the process in its first convolution on a
  /// CPU. convert_weights() makes a model that works.
  bool runs = true;
  int mels = 0;        ///< Bands of the spectrum: 80 or 128.
  int vocabulary = 0;  ///< Tokens.
  int audio_layers = 0;
  int text_layers = 0;
  int state = 0;            ///< Channels.
  int tensors = 0;          ///< Tensors in the file.
  std::uint64_t bytes = 0;  ///< Size of the file.
};

/// Reads the header, the vocabulary and the table of tensors, and checks that they agree with each other and
/// with the size of the file to the byte. Weights themselves are skipped, so it takes milliseconds for a file
/// of any size, and memory is bounded whatever the contents. Errors: kNotFound, kPermission; kBadData with a
/// sentence such as "x.bin is not a Whisper model: ..." or "x.bin is truncated: ...".
[[nodiscard]] Result<ModelHeader> read_header(const std::filesystem::path& path);

}  // namespace vat::modelfile
