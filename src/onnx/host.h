// The process that runs a model for another one.
#pragma once

#include "base/result.h"

namespace vat::onnx {

/// The whole life of a helper process: loads a model and runs it until the other end is closed. The errors
/// are those of the channel.
[[nodiscard]] Result<> host_model();

}  // namespace vat::onnx
