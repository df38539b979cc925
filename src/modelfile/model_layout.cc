#include "modelfile/model_layout.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "modelfile/expected_tensors.h"
#include "modelfile/mel_filters.h"

namespace vat::modelfile {
namespace {

constexpr std::int32_t kMaxEntryBytes = 1024;
constexpr std::size_t kMaxNameBytes = 128;

class LayoutReader {
 public:
  LayoutReader(Cursor& cursor, const LayoutLimits& limits) : cursor_(cursor), limits_(limits) {}

  Result<ModelLayout> read();

 private:
  [[nodiscard]] tl::unexpected<Error> bad(const std::string& what) const {
    return fail(ErrorCode::kBadData, cursor_.name() + " is not a Whisper model: " + what + ".");
  }
  [[nodiscard]] Result<std::string> text(std::size_t size);
  [[nodiscard]] Result<> check(std::string_view what, std::int32_t value, std::int32_t min, std::int32_t max);
  [[nodiscard]] Result<> read_parameters(std::int32_t vocabulary);
  [[nodiscard]] Result<> check_file_type();
  [[nodiscard]] Result<> skip_mel_filters();
  [[nodiscard]] Result<> read_vocabulary();
  [[nodiscard]] Result<> read_silero(std::int32_t type_bytes);
  [[nodiscard]] Result<> read_tensors(const ExpectedTensors& expected);
  [[nodiscard]] Result<TensorEntry> read_tensor(const ExpectedTensors& expected);
  [[nodiscard]] Result<> check_shape(const TensorEntry& tensor, const ExpectedTensor& expected);
  [[nodiscard]] Result<> check_width(const TensorType& type);
  [[nodiscard]] Result<> check_type(const TensorEntry& tensor, std::int32_t number);
  [[nodiscard]] const TensorType* type_of(TensorRole role) const;

  Cursor& cursor_;
  const LayoutLimits& limits_;
  ModelLayout layout_;
  bool decoder_type_known_ = false;  ///< Until the first of its matrices tells it, it is the header's.
};

Result<ModelLayout> LayoutReader::read() {
  // The first number after the magic is a vocabulary's size in one format, and the length of a short text in
  // the other.
  constexpr std::int32_t kMaxTypeTextLength = 32;
  if (cursor_.left() < 2 * sizeof(std::int32_t))
    return bad("it has " + std::to_string(cursor_.left()) + " bytes");
  VAT_ASSIGN(const auto magic, cursor_.number<std::uint32_t>());
  if (magic != kMagic) return bad("it does not begin with ggml's magic number");
  VAT_ASSIGN(const auto first, cursor_.number<std::int32_t>());
  if (first >= 1 && first <= kMaxTypeTextLength) {
    VAT_TRY(read_silero(first));
    VAT_TRY(read_tensors(silero_tensors()));
    return std::move(layout_);
  }
  VAT_TRY(read_parameters(first));
  VAT_TRY(skip_mel_filters());
  VAT_TRY(read_vocabulary());
  VAT_TRY(read_tensors(whisper_tensors(layout_.parameters)));
  return std::move(layout_);
}

Result<std::string> LayoutReader::text(std::size_t size) {
  std::string result(size, '\0');
  VAT_TRY(cursor_.bytes(result));
  return result;
}

Result<> LayoutReader::check(std::string_view what, std::int32_t value, std::int32_t min, std::int32_t max) {
  if (value >= min && value <= max) return {};
  return bad("its number of " + std::string(what) + " is " + std::to_string(value));
}

Result<> LayoutReader::read_parameters(std::int32_t vocabulary) {
  HyperParameters& p = layout_.parameters;
  p.vocabulary = vocabulary;
  for (std::int32_t HyperParameters::*field :
       {&HyperParameters::audio_context, &HyperParameters::audio_state, &HyperParameters::audio_heads,
        &HyperParameters::audio_layers, &HyperParameters::text_context, &HyperParameters::text_state,
        &HyperParameters::text_heads, &HyperParameters::text_layers, &HyperParameters::mels,
        &HyperParameters::file_type}) {
    VAT_ASSIGN(p.*field, cursor_.number<std::int32_t>());
  }
  VAT_TRY(check_dimensions(p, limits_, cursor_.name()));
  return check_file_type();
}

Result<> LayoutReader::check_file_type() {
  const std::int32_t file_type = layout_.parameters.file_type;
  const TensorType* const type = matrix_type(file_type);
  if (type == nullptr) return bad("its weights are of the unknown type " + std::to_string(file_type));
  layout_.matrices = {type, type};
  return check_width(*type);
}

Result<> LayoutReader::check_width(const TensorType& type) {
  if (layout_.parameters.text_state % static_cast<std::int32_t>(type.block_weights) == 0) return {};
  return bad("its width does not match weights of type " + std::string(type.name));
}

Result<> LayoutReader::skip_mel_filters() {
  VAT_ASSIGN(const auto mels, cursor_.number<std::int32_t>());
  VAT_ASSIGN(const auto bins, cursor_.number<std::int32_t>());
  if (mels != layout_.parameters.mels || bins != kFourierBins)
    return bad("its mel filters have " + std::to_string(mels) + " bands of " + std::to_string(bins) +
               " bins");
  return cursor_.skip(static_cast<std::uint64_t>(mels) * static_cast<std::uint64_t>(bins) * sizeof(float));
}

Result<> LayoutReader::read_vocabulary() {
  VAT_ASSIGN(const auto entries, cursor_.number<std::int32_t>());
  VAT_TRY(check("vocabulary entries", entries, limits_.min_entries, layout_.parameters.vocabulary));
  bool has_space = false;
  for (std::int32_t i = 0; i < entries; ++i) {
    VAT_ASSIGN(const auto size, cursor_.number<std::uint32_t>());
    if (size > kMaxEntryBytes)
      return bad("entry " + std::to_string(i) + " of its vocabulary has " + std::to_string(size) + " bytes");
    if (size != 1) {
      VAT_TRY(cursor_.skip(size));
      continue;
    }
    VAT_ASSIGN(const auto byte, cursor_.number<char>());
    has_space = has_space || byte == ' ';
  }
  // whisper.cpp looks it up without checking that it exists.
  if (!has_space) return bad("its vocabulary has no space");
  return {};
}

Result<> LayoutReader::read_silero(std::int32_t type_bytes) {
  layout_.kind = ModelKind::kSileroVad;
  layout_.matrices = {tensor_type(kTensorF16), tensor_type(kTensorF16)};
  VAT_ASSIGN(const auto type, text(static_cast<std::size_t>(type_bytes)));
  if (type != kSileroType) return bad("it is neither that nor a Silero voice activity model for 16 kHz");
  for (std::int32_t& part : layout_.version) {
    VAT_ASSIGN(part, cursor_.number<std::int32_t>());
    VAT_TRY(check("version", part, 0, 999));
  }
  VAT_ASSIGN(const auto shape, (cursor_.number<std::array<std::int32_t, kSileroShape.size()>>()));
  if (shape != kSileroShape) return bad("it is a Silero voice activity model of an unknown shape");
  return {};
}

Result<> LayoutReader::read_tensors(const ExpectedTensors& expected) {
  layout_.table_begin = cursor_.position();
  std::vector<std::string_view> seen;
  if (cursor_.left() == 0) return bad("it has a vocabulary but no weights");
  while (cursor_.left() > 0) {
    if (layout_.tensors.size() == expected.size())
      return bad("there are " + std::to_string(cursor_.left()) + " bytes after its last tensor");
    VAT_ASSIGN(TensorEntry tensor, read_tensor(expected));
    layout_.tensors.push_back(std::move(tensor));
  }
  for (const TensorEntry& tensor : layout_.tensors) seen.push_back(tensor.name);
  std::sort(seen.begin(), seen.end());
  const auto twice = std::adjacent_find(seen.begin(), seen.end());
  if (twice != seen.end()) return bad("it has two tensors named " + std::string(*twice));
  for (const auto& [name, tensor] : expected) {
    if (!std::binary_search(seen.begin(), seen.end(), std::string_view(name)))
      return fail(ErrorCode::kBadData,
                  cursor_.name() + " is truncated: its tensor " + name + " is missing; download it again.");
  }
  return {};
}

const TensorType* LayoutReader::type_of(TensorRole role) const {
  if (role == TensorRole::kEncoderMatrix) return layout_.matrices.encoder;
  if (role == TensorRole::kDecoderMatrix) return layout_.matrices.decoder;
  const bool half = role == TensorRole::kConvolution && layout_.matrices.encoder->id != kTensorF32;
  return tensor_type(half ? kTensorF16 : kTensorF32);
}

Result<> LayoutReader::check_type(const TensorEntry& tensor, std::int32_t number) {
  if (tensor.role == TensorRole::kDecoderMatrix && !decoder_type_known_) {
    decoder_type_known_ = true;
    const MatrixTypes types{layout_.matrices.encoder, tensor.type};
    if (tensor.type != nullptr && parse_weight_types(matrix_types_name(types))) {
      VAT_TRY(check_width(*tensor.type));
      layout_.matrices = types;
    }
  }
  if (tensor.type != nullptr && tensor.type == type_of(tensor.role)) return {};
  return bad("its tensor " + tensor.name + " has the type " + std::to_string(number));
}

Result<TensorEntry> LayoutReader::read_tensor(const ExpectedTensors& expected) {
  VAT_ASSIGN(const auto dimensions, cursor_.number<std::int32_t>());
  VAT_ASSIGN(const auto name_bytes, cursor_.number<std::uint32_t>());
  VAT_ASSIGN(const auto type, cursor_.number<std::int32_t>());
  if (dimensions < 0 || dimensions > 3 || name_bytes > kMaxNameBytes)
    return bad("its table of tensors breaks off at byte " + std::to_string(cursor_.position()));
  TensorEntry tensor;
  for (std::int32_t i = 0; i < dimensions; ++i) {
    VAT_ASSIGN(const auto extent, cursor_.number<std::int32_t>());
    tensor.extents.push_back(extent);
  }
  VAT_ASSIGN(tensor.name, text(name_bytes));
  const auto found = expected.find(tensor.name);
  if (found == expected.end())
    return bad("its table of tensors breaks off at byte " + std::to_string(cursor_.position()));
  VAT_TRY(check_shape(tensor, found->second));
  tensor.role = found->second.role;
  tensor.type = tensor_type(type);
  VAT_TRY(check_type(tensor, type));
  std::uint64_t weights = 1;
  for (const std::int32_t extent : tensor.extents) weights *= static_cast<std::uint64_t>(extent);
  tensor.data_begin = cursor_.position();
  tensor.data_bytes = weights / tensor.type->block_weights * tensor.type->block_bytes;
  VAT_TRY(cursor_.skip(tensor.data_bytes));
  return tensor;
}

Result<> LayoutReader::check_shape(const TensorEntry& tensor, const ExpectedTensor& expected) {
  for (std::size_t i = 0; i < expected.extents.size(); ++i) {
    const std::int32_t extent = i < tensor.extents.size() ? tensor.extents[i] : 1;
    if (extent != expected.extents[i]) return bad("its tensor " + tensor.name + " has the wrong shape");
  }
  return {};
}

}  // namespace

Result<ModelLayout> read_layout(ByteSource& source, const std::string& name, const LayoutLimits& limits) {
  Cursor cursor(source, name);
  return LayoutReader(cursor, limits).read();
}

}  // namespace vat::modelfile
