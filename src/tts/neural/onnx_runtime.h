// ONNX Runtime, loaded from a library file at run time, and one model in it. Used in a helper process only,
// because a library from elsewhere that reads a model from elsewhere may end its process. Internal to tts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"

namespace vat::tts {

/// One named input of a model.
struct Tensor {
  std::string name;
  std::vector<std::int64_t> shape;  ///< Its product is the number of values.
  std::variant<std::vector<float>, std::vector<std::int64_t>> values;
};

/// One thread at a time.
class OnnxModel {
 public:
  /// Loads the library, which stays loaded, and the model; `threads` compute. Errors: kUnavailable when the
  /// library is missing or is no ONNX Runtime; kBadData, with its reason as detail, for the model.
  [[nodiscard]] static Result<std::unique_ptr<OnnxModel>> open(const std::filesystem::path& library,
                                                               const std::filesystem::path& model,
                                                               int threads);
  ~OnnxModel();
  OnnxModel(const OnnxModel&) = delete;
  OnnxModel& operator=(const OnnxModel&) = delete;

  /// The values of the first output, which must be floats, at most `max_values`. Errors: kBadData.
  [[nodiscard]] Result<std::vector<float>> run(std::vector<Tensor>& inputs, std::size_t max_values);

 private:
  struct Parts;
  explicit OnnxModel(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace vat::tts
