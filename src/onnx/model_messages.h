// What a process says to the one that runs a model for it, and the answer. Both are this program, so
// numbers are in the machine's own order; but what comes back may be anything, as a library from elsewhere
// shares that process. Safe to call from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "onnx/tensor.h"

namespace vat::onnx {

/// The first message: what to load. The answer has no values.
struct OpenModel {
  std::filesystem::path library;
  std::filesystem::path model;
  std::uint32_t threads = 1;
  std::uint64_t max_memory = 0;  ///< Bytes of address space.
};

[[nodiscard]] std::string write_open(const OpenModel& message);
[[nodiscard]] Result<OpenModel> read_open(std::string_view bytes);

/// Each further message: the inputs of one run. The answer has the values.
[[nodiscard]] std::string write_inputs(const std::vector<Tensor>& inputs);
[[nodiscard]] Result<std::vector<Tensor>> read_inputs(std::string_view bytes);

[[nodiscard]] std::string write_answer(const Result<Output>& answer);
/// kInternal for what is no answer.
[[nodiscard]] Result<Output> read_answer(std::string_view bytes);

}  // namespace vat::onnx
