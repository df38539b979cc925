// What must hold of a plan, whatever bytes it was made from, for fuzzers.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "modelfile/import/whisper_plan.h"

namespace vat::modelfile {

/// Plans the model with the limits of very small ones, and aborts if a planned tensor does not lie in its
/// source.
inline void check_plan(const SourceTensors& tensors, ForeignFormat format) {
  const StatedHeads heads{1, 1};
  const auto parameters = find_dimensions(tensors, format, heads, "input", LayoutLimits{1, 0, 0});
  if (!parameters) return;
  const auto plan = plan_whisper(*parameters, tensors, format, {}, "input");
  if (!plan) return;
  std::string bytes;
  std::vector<float> numbers;
  for (const PlannedTensor& tensor : plan->tensors) {
    if (tensor.first + tensor.count > *number_count(tensor.source->shape)) std::abort();
    const std::uint64_t end =
        tensor.source->begin + (tensor.first + tensor.count) * stored_bytes(tensor.source->type);
    if (end > tensor.source->source->size()) std::abort();
    if (!read_numbers(*tensor.source, tensor.first, tensor.count, bytes, numbers)) std::abort();
    if (numbers.size() != tensor.count) std::abort();
  }
}

}  // namespace vat::modelfile
