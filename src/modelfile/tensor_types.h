// The type of each tensor of a model file, for a loader to hand to whisper.cpp, which knows the header's type
// only when it allocates memory. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vat::modelfile {

/// ggml's number of the type (enum ggml_type) by the tensor's name.
using TensorTypes = std::map<std::string, std::int32_t, std::less<>>;

/// Those of a valid file. Errors: as read_header().
[[nodiscard]] Result<TensorTypes> read_tensor_types(const std::filesystem::path& path);

}  // namespace vat::modelfile
