// A model file that is still to be written: what stands in it, and where the numbers come from. Internal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "modelfile/convert.h"
#include "modelfile/expected_tensors.h"
#include "modelfile/import/source_tensors.h"
#include "modelfile/weight_type.h"

namespace vat::modelfile {

struct PlannedTensor {
  std::string name;
  std::vector<std::int32_t> extents;  ///< Fastest first, without ones at the end.
  WeightType type = WeightType::kF32;
  const SourceTensor* source = nullptr;  ///< Outlives the plan.
  const SourceTensor* scales = nullptr;  ///< Of an int8 source: one divisor for each of its rows.
  std::uint64_t first = 0;               ///< Number of the source with which this tensor begins.
  std::uint64_t count = 0;
};

struct ModelPlan {
  std::string front;  ///< All bytes before the first tensor.
  std::vector<PlannedTensor> tensors;
  /// Size of the file.
  [[nodiscard]] std::uint64_t bytes() const;
};

/// Plans the tensor `name`, of the shape and type that `expected` demands, from the part `part` of `parts`
/// equal ones of the source tensor `foreign`. kBadData, naming `model`, if that is missing or has another
/// shape or a type that is not converted.
[[nodiscard]] Result<PlannedTensor> plan_tensor(const std::string& name, const ExpectedTensor& expected,
                                                const SourceTensors& tensors, const std::string& foreign,
                                                std::uint32_t part, std::uint32_t parts,
                                                const std::string& model);

/// Writes the file, replacing `target` when it is complete and checked. One thread, a few MB of memory.
/// Errors: those of reading and writing; kBadData, naming `model`, for scales that are no scales; kCancelled
/// after `stop`.
[[nodiscard]] Result<> write_plan(const ModelPlan& plan, const std::filesystem::path& target,
                                  const std::string& model, const ConvertProgress& progress,
                                  const std::stop_token& stop);

}  // namespace vat::modelfile
