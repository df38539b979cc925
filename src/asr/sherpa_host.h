// The process that runs a model of sherpa-onnx for another one.
#pragma once

#include <filesystem>

namespace vat::asr {

/// The whole life of a helper process that ForkServer starts: loads the model, then serves forks, each of
/// which recognises one chunk after the other until the other end is closed. So the weights are in memory
/// once, however many chunks are recognised at the same time. A model that cannot be loaded is the answer of
/// every fork, even if the library ends the process over it. Returns the exit code.
[[nodiscard]] int host_sherpa(const std::filesystem::path& library, const std::filesystem::path& folder);

}  // namespace vat::asr
