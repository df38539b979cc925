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

}  // namespace vat::onnx
