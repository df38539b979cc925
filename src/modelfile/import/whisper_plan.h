// Turns the tensors of a foreign Whisper model into the plan of whisper.cpp's file. Internal. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "modelfile/dimensions.h"
#include "modelfile/file_format.h"
#include "modelfile/import/model_plan.h"
#include "modelfile/import/source_tensors.h"
#include "modelfile/import/tensor_names.h"

namespace vat::modelfile {

/// What a model's configuration says of its attention; empty where it says nothing.
struct StatedHeads {
  std::optional<std::int32_t> encoder;
  std::optional<std::int32_t> decoder;
};

/// The dimensions, as the shapes of the tensors show them, for f16 weights. kBadData, naming `model`, when
/// tensors are missing or whisper.cpp could not run such a model.
[[nodiscard]] Result<HyperParameters> find_dimensions(const SourceTensors& tensors, ForeignFormat format,
                                                      const StatedHeads& heads, const std::string& model,
                                                      const LayoutLimits& limits = {});

/// The file in the layout of the published models. `texts`: the vocabulary. The tensors outlive the plan.
/// kBadData as plan_tensor().
[[nodiscard]] Result<ModelPlan> plan_whisper(const HyperParameters& parameters, const SourceTensors& tensors,
                                             ForeignFormat format, std::span<const std::string> texts,
                                             const std::string& model);

}  // namespace vat::modelfile
