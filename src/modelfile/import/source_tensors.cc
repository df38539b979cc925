#include "modelfile/import/source_tensors.h"

#include <algorithm>
#include <cstring>

#include "modelfile/number_formats.h"

namespace vat::modelfile {
namespace {

constexpr std::uint64_t kMaxNumbers = std::uint64_t{1} << 40;
constexpr std::size_t kMaxTensors = 8192;  // large-v3 has 1260
constexpr std::size_t kMaxSourceNameBytes = 256;
constexpr std::size_t kMaxRank = 8;

/// A control character in a name would end up on the terminal.
bool is_printable(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

template <class Integer>
Result<std::optional<std::int32_t>> integer_at(const SourceTensor& tensor) {
  Integer value{};
  VAT_TRY(tensor.source->read_at(tensor.begin, {reinterpret_cast<char*>(&value), sizeof value}));
  return std::int32_t{value};
}

}  // namespace

std::string_view stored_type_name(StoredType type) {
  switch (type) {
    case StoredType::kF32:
      return "float32";
    case StoredType::kF16:
      return "float16";
    case StoredType::kBf16:
      return "bfloat16";
    case StoredType::kI8:
      return "int8";
    case StoredType::kI16:
      return "int16";
    case StoredType::kI32:
      return "int32";
    case StoredType::kOther:
      break;
  }
  return "another type";
}

std::uint64_t stored_bytes(StoredType type) {
  switch (type) {
    case StoredType::kF32:
    case StoredType::kI32:
      return 4;
    case StoredType::kF16:
    case StoredType::kBf16:
    case StoredType::kI16:
      return 2;
    case StoredType::kI8:
      return 1;
    case StoredType::kOther:
      break;
  }
  return 0;
}

std::optional<std::uint64_t> number_count(std::span<const std::uint64_t> shape) {
  std::uint64_t count = 1;
  for (const std::uint64_t extent : shape) {
    if (extent > kMaxNumbers) return std::nullopt;
    if (extent != 0 && count > kMaxNumbers / extent) return std::nullopt;
    count *= extent;
  }
  return count;
}

Result<> add_tensor(SourceTensors& tensors, const std::string& name, SourceTensor tensor,
                    const std::string& file) {
  if (name.empty() || name.size() > kMaxSourceNameBytes || !is_printable(name))
    return fail(ErrorCode::kBadData, file + " is damaged: it has a tensor without a proper name.");
  const auto count = number_count(tensor.shape);
  if (tensor.shape.size() > kMaxRank || !count)
    return fail(ErrorCode::kBadData, file + " is damaged: its tensor " + name + " has an impossible shape.");
  const std::uint64_t size = tensor.source->size();
  if (tensor.begin > size || *count * stored_bytes(tensor.type) > size - tensor.begin)
    return fail(ErrorCode::kBadData,
                file + " is truncated: its tensor " + name + " lies beyond its end; download it again.");
  if (tensors.size() == kMaxTensors)
    return fail(ErrorCode::kBadData, file + " has more tensors than any Whisper model.");
  if (!tensors.emplace(name, std::move(tensor)).second)
    return fail(ErrorCode::kBadData, file + " is damaged: it has two tensors named " + name + ".");
  return {};
}

JoinedSource::JoinedSource(std::vector<FileSource> parts) : parts_(std::move(parts)) {
  for (const FileSource& part : parts_) size_ += part.size();
}

Result<> JoinedSource::read_at(std::uint64_t offset, std::span<char> out) {
  for (FileSource& part : parts_) {
    if (out.empty()) break;
    if (offset >= part.size()) {
      offset -= part.size();
      continue;
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), part.size() - offset));
    VAT_TRY(part.read_at(offset, out.first(count)));
    out = out.subspan(count);
    offset = 0;
  }
  return {};
}

Result<> read_numbers(const SourceTensor& tensor, std::uint64_t first, std::size_t count, std::string& bytes,
                      std::vector<float>& out) {
  const std::uint64_t width = stored_bytes(tensor.type);
  bytes.resize(count * width);
  VAT_TRY(tensor.source->read_at(tensor.begin + first * width, bytes));
  if (tensor.type == StoredType::kF32) decode_weights(bytes, WeightType::kF32, out);
  if (tensor.type == StoredType::kF16) decode_weights(bytes, WeightType::kF16, out);
  if (tensor.type == StoredType::kBf16) decode_weights(bytes, WeightType::kBf16, out);
  if (tensor.type == StoredType::kI8) {
    out.resize(count);
    std::transform(bytes.begin(), bytes.end(), out.begin(),
                   [](char byte) { return static_cast<float>(static_cast<signed char>(byte)); });
  }
  return {};
}

Result<std::optional<std::int32_t>> read_integer(const SourceTensor& tensor) {
  if (number_count(tensor.shape) != 1) return std::nullopt;
  switch (tensor.type) {
    case StoredType::kI8:
      return integer_at<std::int8_t>(tensor);
    case StoredType::kI16:
      return integer_at<std::int16_t>(tensor);
    case StoredType::kI32:
      return integer_at<std::int32_t>(tensor);
    default:
      return std::nullopt;
  }
}

}  // namespace vat::modelfile
