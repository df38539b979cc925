#include "modelfile/convert.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "modelfile/model_layout.h"
#include "modelfile/model_writer.h"
#include "modelfile/number_formats.h"

namespace vat::modelfile {
namespace {

constexpr std::uint64_t kBlockBytes = std::uint64_t{1}
                                      << 20;  // a multiple of what 32 weights take in any type
constexpr std::uint64_t kFileTypeOffset = sizeof kMagic + offsetof(HyperParameters, file_type);

std::optional<WeightType> float_type(const TensorType& type) {
  for (const WeightType candidate : {WeightType::kF32, WeightType::kF16, WeightType::kBf16})
    if (&tensor_type(candidate) == &type) return candidate;
  return std::nullopt;
}

class Converter {
 public:
  Converter(FileSource& source, const ModelLayout& layout, ModelWriter& writer, const WeightTypes& to)
      : source_(source), layout_(layout), writer_(writer), to_(to) {}

  Result<> run(const ConvertProgress& progress, const std::stop_token& stop);

 private:
  [[nodiscard]] Result<> copy_front();
  [[nodiscard]] Result<> convert_tensor(const TensorEntry& tensor);
  // Gives the bytes from `begin` to `end` of the source to `use` in blocks, and tells progress.
  template <class Use>
  [[nodiscard]] Result<> for_blocks(std::uint64_t begin, std::uint64_t end, Use use);

  FileSource& source_;
  const ModelLayout& layout_;
  ModelWriter& writer_;
  WeightTypes to_;
  const ConvertProgress* progress_ = nullptr;
  const std::stop_token* stop_ = nullptr;
  std::vector<float> values_;
};

Result<> Converter::run(const ConvertProgress& progress, const std::stop_token& stop) {
  progress_ = &progress;
  stop_ = &stop;
  VAT_TRY(copy_front());
  for (const TensorEntry& tensor : layout_.tensors) VAT_TRY(convert_tensor(tensor));
  return {};
}

Result<> Converter::copy_front() {
  const auto copy = [this](const std::string& bytes) { writer_.put_bytes(bytes); };
  VAT_TRY(for_blocks(0, kFileTypeOffset, copy));
  writer_.put(file_type_field(to_));
  return for_blocks(kFileTypeOffset + sizeof(std::int32_t), layout_.table_begin, copy);
}

Result<> Converter::convert_tensor(const TensorEntry& tensor) {
  WeightType from = WeightType::kF32;
  WeightType to = WeightType::kF32;
  if (tensor.role == TensorRole::kEncoderMatrix) to = to_.encoder;
  if (tensor.role == TensorRole::kDecoderMatrix) to = to_.decoder;
  if (tensor.role == TensorRole::kConvolution) to = WeightType::kF16;
  if (const auto type = float_type(*tensor.type)) from = *type;
  writer_.begin_tensor(tensor.name, tensor.extents, tensor_type(to).id);
  return for_blocks(tensor.data_begin, tensor.data_begin + tensor.data_bytes, [&](const std::string& bytes) {
    if (from == to) {
      writer_.put_bytes(bytes);
    } else {
      decode_weights(bytes, from, values_);
      writer_.put_weights(values_, to);
    }
  });
}

template <class Use>
Result<> Converter::for_blocks(std::uint64_t begin, std::uint64_t end, Use use) {
  std::string bytes;
  while (begin < end) {
    if (stop_->stop_requested()) return fail(ErrorCode::kCancelled, "The conversion was cancelled.");
    bytes.resize(static_cast<std::size_t>(std::min(kBlockBytes, end - begin)));
    VAT_TRY(source_.read_at(begin, bytes));
    use(bytes);
    begin += bytes.size();
    if (*progress_) (*progress_)(static_cast<double>(begin) / static_cast<double>(source_.size()));
  }
  return {};
}

Result<> check_request(const std::string& name, const ModelLayout& layout, const WeightTypes& to) {
  if (layout.kind != ModelKind::kWhisper)
    return fail(ErrorCode::kInvalidArgument,
                name + " is a voice activity model; only Whisper models are converted.");
  if (!parse_weight_types(weight_types_name(to)))
    return fail(ErrorCode::kInvalidArgument,
                "Weights are not converted to " + weight_types_name(to) + "; choose f16, bf16 or q8_0.");
  const HyperParameters& parameters = layout.parameters;
  const MatrixTypes& from = layout.matrices;
  const bool quantised = !float_type(*from.encoder) || !float_type(*from.decoder);
  if (quantised || matrix_types_name(from) == weight_types_name(to))
    return fail(ErrorCode::kInvalidArgument, name + " has weights of type " + matrix_types_name(from) +
                                                 " and cannot be converted to " + weight_types_name(to) +
                                                 "; start from the f16 model.");
  if (parameters.text_state % static_cast<std::int32_t>(tensor_type(to.decoder).block_weights) != 0)
    return fail(ErrorCode::kInvalidArgument, name + " has " + std::to_string(parameters.text_state) +
                                                 " channels, which do not fill the blocks of q8_0.");
  return {};
}

}  // namespace

Result<> convert_weights(const std::filesystem::path& source, const std::filesystem::path& target,
                         const WeightTypes& to, const ConvertProgress& progress, std::stop_token stop) {
  VAT_ASSIGN(FileSource file, FileSource::open(source));
  VAT_ASSIGN(const ModelLayout layout, read_layout(file, source.string()));
  VAT_TRY(check_request(source.string(), layout, to));
  VAT_ASSIGN(ModelWriter writer, ModelWriter::create(target));
  VAT_TRY(Converter(file, layout, writer, to).run(progress, stop));
  VAT_TRY(writer.flush());
  VAT_TRY(read_header(writer.temporary_path()));
  return writer.commit();
}

}  // namespace vat::modelfile
