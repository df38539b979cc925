#include "modelfile/import/model_plan.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "modelfile/header.h"
#include "modelfile/model_writer.h"

namespace vat::modelfile {
namespace {

constexpr std::size_t kNumbersAtOnce = std::size_t{1} << 18;
constexpr std::uint64_t kMaxScales = std::uint64_t{1} << 20;

std::uint64_t weight_bytes(WeightType type) { return tensor_type(type).block_bytes; }

/// Fastest first, without ones, which the formats treat differently.
std::vector<std::uint64_t> essential_shape(const SourceTensor& tensor, std::uint32_t parts) {
  std::vector<std::uint64_t> shape(tensor.shape.rbegin(), tensor.shape.rend());
  if (!shape.empty() && shape.back() % parts == 0) shape.back() /= parts;
  std::erase(shape, 1U);
  return shape;
}

std::vector<std::uint64_t> essential_shape(const ExpectedTensor& expected) {
  std::vector<std::uint64_t> shape;
  for (const std::int32_t extent : expected.extents)
    if (extent != 1) shape.push_back(static_cast<std::uint64_t>(extent));
  return shape;
}

bool is_convertible(StoredType type) {
  return type == StoredType::kF32 || type == StoredType::kF16 || type == StoredType::kBf16 ||
         type == StoredType::kI8;
}

/// The scales of an int8 tensor, which CTranslate2 names after it.
Result<const SourceTensor*> find_scales(const SourceTensors& tensors, const std::string& foreign,
                                        const SourceTensor& source, const std::string& model) {
  const auto found = tensors.find(foreign + "_scale");
  if (found == tensors.end())
    return fail(ErrorCode::kBadData, model + " lacks the scales of its int8 tensor " + foreign + ".");
  const SourceTensor& scales = found->second;
  const bool fits = !source.shape.empty() && source.shape[0] <= kMaxScales &&
                    number_count(scales.shape) == source.shape[0] && scales.type != StoredType::kI8 &&
                    is_convertible(scales.type);
  if (!fits)
    return fail(ErrorCode::kBadData, model + " has no proper scales for its int8 tensor " + foreign + ".");
  return &scales;
}

class PlanWriter {
 public:
  PlanWriter(const ModelPlan& plan, ModelWriter& writer, const std::string& model)
      : plan_(plan), writer_(writer), model_(model), total_(plan.bytes()) {}

  Result<> run(const ConvertProgress& progress, const std::stop_token& stop) {
    writer_.put_bytes(plan_.front);
    done_ = plan_.front.size();
    for (const PlannedTensor& tensor : plan_.tensors) VAT_TRY(write(tensor, progress, stop));
    return {};
  }

 private:
  [[nodiscard]] Result<> write(const PlannedTensor& tensor, const ConvertProgress& progress,
                               const std::stop_token& stop);
  [[nodiscard]] Result<> read_scales(const PlannedTensor& tensor);
  void apply_scales(const PlannedTensor& tensor, std::uint64_t first);

  const ModelPlan& plan_;
  ModelWriter& writer_;
  const std::string& model_;
  const std::uint64_t total_;
  std::uint64_t done_ = 0;
  std::string bytes_;
  std::vector<float> numbers_;
  std::vector<float> scales_;
};

Result<> PlanWriter::write(const PlannedTensor& tensor, const ConvertProgress& progress,
                           const std::stop_token& stop) {
  writer_.begin_tensor(tensor.name, tensor.extents, tensor_type(tensor.type).id);
  if (tensor.scales != nullptr) VAT_TRY(read_scales(tensor));
  for (std::uint64_t done = 0; done < tensor.count;) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "The conversion was cancelled.");
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kNumbersAtOnce, tensor.count - done));
    VAT_TRY(read_numbers(*tensor.source, tensor.first + done, count, bytes_, numbers_));
    if (tensor.scales != nullptr) apply_scales(tensor, tensor.first + done);
    writer_.put_weights(numbers_, tensor.type);
    done += count;
    done_ += count * weight_bytes(tensor.type);
    if (progress) progress(static_cast<double>(done_) / static_cast<double>(total_));
  }
  return {};
}

Result<> PlanWriter::read_scales(const PlannedTensor& tensor) {
  const auto rows = static_cast<std::size_t>(tensor.source->shape[0]);
  VAT_TRY(read_numbers(*tensor.scales, 0, rows, bytes_, scales_));
  if (std::all_of(scales_.begin(), scales_.end(),
                  [](float scale) { return std::isfinite(scale) && scale > 0; }))
    return {};
  return fail(ErrorCode::kBadData,
              model_ + " has scales for " + tensor.name + " that are not positive numbers.");
}

// CTranslate2 multiplies each row by 127 / its largest magnitude and rounds.
void PlanWriter::apply_scales(const PlannedTensor& tensor, std::uint64_t first) {
  const std::uint64_t columns = *number_count(tensor.source->shape) / tensor.source->shape[0];
  for (std::size_t i = 0; i < numbers_.size(); ++i)
    numbers_[i] /= scales_[static_cast<std::size_t>((first + i) / columns)];
}

}  // namespace

std::uint64_t ModelPlan::bytes() const {
  std::uint64_t bytes = front.size();
  for (const PlannedTensor& tensor : tensors)
    bytes += (3 + tensor.extents.size()) * sizeof(std::int32_t) + tensor.name.size() +
             tensor.count * weight_bytes(tensor.type);
  return bytes;
}

Result<PlannedTensor> plan_tensor(const std::string& name, const ExpectedTensor& expected,
                                  const SourceTensors& tensors, const std::string& foreign,
                                  std::uint32_t part, std::uint32_t parts, const std::string& model) {
  const auto found = tensors.find(foreign);
  if (found == tensors.end())
    return fail(ErrorCode::kBadData, model + " is not complete: its tensor " + foreign + " is missing.");
  const SourceTensor& source = found->second;
  if (!is_convertible(source.type))
    return fail(ErrorCode::kBadData, model + " has numbers of " + std::string(stored_type_name(source.type)) +
                                         " in its tensor " + foreign +
                                         "; only float32, float16, bfloat16 and int8 are converted.");
  if (essential_shape(source, parts) != essential_shape(expected))
    return fail(ErrorCode::kBadData, model + " is not a Whisper model: its tensor " + foreign +
                                         " has another shape than Whisper's.");
  PlannedTensor tensor{name, {expected.extents.begin(), expected.extents.end()}};
  while (!tensor.extents.empty() && tensor.extents.back() == 1) tensor.extents.pop_back();
  tensor.type = expected.role == TensorRole::kSmall ? WeightType::kF32 : WeightType::kF16;
  tensor.source = &source;
  if (source.type == StoredType::kI8) {
    VAT_ASSIGN(tensor.scales, find_scales(tensors, foreign, source, model));
  }
  tensor.count = *number_count(source.shape) / parts;
  tensor.first = tensor.count * part;
  return tensor;
}

Result<> write_plan(const ModelPlan& plan, const std::filesystem::path& target, const std::string& model,
                    const ConvertProgress& progress, const std::stop_token& stop) {
  VAT_ASSIGN(ModelWriter writer, ModelWriter::create(target));
  VAT_TRY(PlanWriter(plan, writer, model).run(progress, stop));
  VAT_TRY(writer.flush());
  VAT_TRY(read_header(writer.temporary_path()));
  return writer.commit();
}

}  // namespace vat::modelfile
