// The validated layout of a model file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "modelfile/byte_source.h"
#include "modelfile/dimensions.h"
#include "modelfile/file_format.h"
#include "modelfile/header.h"

namespace vat::modelfile {

/// The role of a tensor, which decides its type.
enum class TensorRole {
  kEncoderMatrix,  ///< A large matrix that is multiplied with a whole window.
  kDecoderMatrix,  ///< One that is multiplied with one token after another.
  kConvolution,    ///< A kernel: binary16, or binary32 in a model of binary32.
  kSmall,          ///< A bias, a norm, positions: always binary32.
};

struct TensorEntry {
  std::string name;
  TensorRole role = TensorRole::kSmall;
  const TensorType* type = nullptr;
  std::vector<std::int32_t> extents;  ///< As in the file, fastest first.
  std::uint64_t data_begin = 0;       ///< Offset in the file.
  std::uint64_t data_bytes = 0;
};

struct ModelLayout {
  ModelKind kind = ModelKind::kWhisper;
  HyperParameters parameters;             ///< Of a Whisper model.
  MatrixTypes matrices{};                 ///< As the table of tensors has them.
  std::array<std::int32_t, 3> version{};  ///< Of a VAD model.
  std::uint64_t table_begin = 0;          ///< Offset of the first tensor.
  std::vector<TensorEntry> tensors;       ///< In the order of the file; each required tensor once.
};

/// `name` is for error messages.
[[nodiscard]] Result<ModelLayout> read_layout(ByteSource& source, const std::string& name,
                                              const LayoutLimits& limits = {});

}  // namespace vat::modelfile
