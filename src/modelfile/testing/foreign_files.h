// Writes a model of whisper.cpp's format in the formats of other programs, for tests of the import. Models
// are held in memory, so they should be small.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "modelfile/import/source_tensors.h"

namespace vat::modelfile {

struct ForeignSpec {
  StoredType type = StoredType::kF16;  ///< kI8 is CTranslate2's alone, and leaves vectors in float32.
  std::size_t files = 1;               ///< Parts of model.bin, or shards of safetensors.
  /// "tokenizer.json", "vocabulary.json", "vocab.json", "vocabulary.txt"; empty for none.
  std::string vocabulary = "tokenizer.json";
};

/// What CTranslate2's converter writes of the Whisper model `ggml`, whose weights are no q8_0. The folder is
/// made.
[[nodiscard]] Result<> write_ctranslate2(const std::filesystem::path& ggml,
                                         const std::filesystem::path& folder, const ForeignSpec& spec = {});
/// What transformers' save_pretrained() writes of it.
[[nodiscard]] Result<> write_hugging_face(const std::filesystem::path& ggml,
                                          const std::filesystem::path& folder, const ForeignSpec& spec = {});

/// A text of GPT-2's characters for these bytes.
[[nodiscard]] std::string token_characters(const std::string& bytes);

/// The tensors of a model of whisper.cpp's format, as floats, by name.
struct FloatTensor {
  std::vector<std::uint64_t> shape;  ///< Slowest first.
  std::vector<float> values;
};
[[nodiscard]] Result<std::map<std::string, FloatTensor>> read_float_tensors(
    const std::filesystem::path& ggml);
/// Its vocabulary.
[[nodiscard]] Result<std::vector<std::string>> read_texts(const std::filesystem::path& ggml);

}  // namespace vat::modelfile
