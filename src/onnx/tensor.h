// What a model computes with.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace vat::onnx {

/// One named input of a model.
struct Tensor {
  std::string name;
  std::vector<std::int64_t> shape;  ///< Its product is the number of values.
  std::variant<std::vector<float>, std::vector<std::int64_t>> values;
};

/// What one run of a model made.
struct Output {
  std::vector<float> values;
  double computing = 0;  ///< Seconds of CPU time, of all threads together.
};

}  // namespace vat::onnx
