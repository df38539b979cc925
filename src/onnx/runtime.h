// ONNX Runtime, loaded from a library file at run time, and one model in it. Used in a helper process only,
// because a library from elsewhere that reads a model from elsewhere may end its process.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.h"
#include "onnx/tensor.h"

namespace vat::onnx {

/// One thread at a time.
class Model {
 public:
  /// Loads the library, which stays loaded, and the model; `threads` compute. Errors: kUnavailable when the
  /// library is missing or is no ONNX Runtime; kBadData, with its reason as detail, for the model.
  [[nodiscard]] static Result<std::unique_ptr<Model>> open(const std::filesystem::path& library,
                                                           const std::filesystem::path& model, int threads);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  /// The values of the first output, which must be floats, at most `max_values`. Errors: kBadData.
  [[nodiscard]] Result<std::vector<float>> run(std::vector<Tensor>& inputs, std::size_t max_values);

 private:
  struct Parts;
  explicit Model(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace vat::onnx
