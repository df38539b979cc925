// Writes a synthetic model of any dimensions, even those that whisper.cpp would not run, for tests and
// fuzzers that need very small files.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "modelfile/file_format.h"
#include "modelfile/testing/synthetic.h"

namespace vat::modelfile {

/// `vocabulary_entries`: texts in the file's vocabulary. `spec` determines the weights; its shape is ignored,
/// and its chain needs the vocabulary of SpecialTokens.
[[nodiscard]] Result<> write_synthetic_model(const std::filesystem::path& path,
                                             const HyperParameters& parameters,
                                             std::int32_t vocabulary_entries, const SyntheticSpec& spec);

}  // namespace vat::modelfile
