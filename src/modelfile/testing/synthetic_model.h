// Writes a synthetic model of any dimensions, also of such as whisper.cpp would not run. Used inside
// modelfile by synthetic.cc, and by tests and fuzzers of the reader that need very small files.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "modelfile/file_format.h"
#include "modelfile/testing/synthetic.h"

namespace vat::modelfile {

/// `vocabulary_entries`: texts in the file's vocabulary. `spec` gives the weights; its shape is not looked
/// at, and its chain needs the vocabulary of SpecialTokens.
[[nodiscard]] Result<> write_synthetic_model(const std::filesystem::path& path,
                                             const HyperParameters& parameters,
                                             std::int32_t vocabulary_entries, const SyntheticSpec& spec);

}  // namespace vat::modelfile
