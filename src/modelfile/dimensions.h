// The dimensions of a Whisper model that whisper.cpp can run. Any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "modelfile/file_format.h"

namespace vat::modelfile {

/// The limits that whisper.cpp's own constants set. Fuzzers lower them, to get past the vocabulary with few
/// bytes.
struct LayoutLimits {
  std::int32_t min_tokens = 51'864;
  std::int32_t min_entries = 50'256;
  std::int32_t head_channels =
      64;  ///< Whisper's in every size, for which the GPUs' kernels are made; 0 for any.
};

/// kBadData, "NAME is not a Whisper model: its number of channels is -1.", if whisper.cpp could not run a
/// model of these dimensions. The file type is not looked at.
[[nodiscard]] Result<> check_dimensions(const HyperParameters& parameters, const LayoutLimits& limits,
                                        const std::string& name);

}  // namespace vat::modelfile
