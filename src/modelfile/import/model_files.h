// Finds the files of a foreign model, and reads their tables of tensors. Internal. Any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "modelfile/byte_source.h"
#include "modelfile/import/source_tensors.h"
#include "modelfile/import/tensor_names.h"
#include "modelfile/import/whisper_plan.h"

namespace vat::modelfile {

/// A folder's Whisper model, whose files stay open. It may be moved.
struct ModelFiles {
  std::filesystem::path folder;
  ForeignFormat format = ForeignFormat::kHuggingFace;
  std::string weights;  ///< The file to name in messages: that of the weights, or of their index.
  std::vector<std::unique_ptr<ByteSource>> sources;
  SourceTensors tensors;  ///< In `sources`.
  StatedHeads heads;
};

/// What a path is, from its name and its first bytes.
enum class PathKind {
  kOther,  ///< None of the others, or not there.
  kFolder,
  kWeights,  ///< Safetensors or their index, CTranslate2's model.bin or the first of its parts.
  kZip,      ///< The container of PyTorch's files.
};
[[nodiscard]] PathKind path_kind(const std::filesystem::path& path);

/// Opens the model in a folder, or the one of which `path` is the file of weights. Safetensors are preferred
/// where both are. kNotFound for a folder without a model; otherwise the errors of the formats.
[[nodiscard]] Result<ModelFiles> open_model_files(const std::filesystem::path& path);

}  // namespace vat::modelfile
