#include "modelfile/onnx_metadata.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace vat::modelfile {
namespace {

// The fields of ModelProto and StringStringEntryProto (onnx.proto).
constexpr std::uint64_t kGraph = 7;
constexpr std::uint64_t kMetadata = 14;
constexpr std::uint64_t kKey = 1;
constexpr std::uint64_t kValue = 2;
constexpr std::uint64_t kMaxPairBytes = 1 << 20;
constexpr std::size_t kMaxPairs = 1000;
constexpr int kMaxFields = 100'000;

tl::unexpected<Error> no_onnx() { return fail(ErrorCode::kBadData, "is not an ONNX model."); }

/// Of Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding), whose groups ONNX does not
/// use.
Result<std::uint64_t> read_varint(Cursor& file) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    VAT_ASSIGN(const auto byte, file.number<std::uint8_t>());
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  return no_onnx();
}

struct Field {
  std::uint64_t number = 0;
  bool text = false;        ///< Bytes of a length that stands before them.
  std::uint64_t bytes = 0;  ///< That follow.
};

Result<Field> read_field(Cursor& file) {
  VAT_ASSIGN(const std::uint64_t key, read_varint(file));
  Field field{.number = key >> 3U};
  switch (key & 7U) {
    case 0:
      VAT_TRY(read_varint(file));
      break;
    case 1:
      field.bytes = 8;
      break;
    case 2: {
      field.text = true;
      VAT_ASSIGN(field.bytes, read_varint(file));
      break;
    }
    case 5:
      field.bytes = 4;
      break;
    default:
      return no_onnx();
  }
  if (field.bytes > file.left()) return no_onnx();
  return field;
}

/// Adds the pair of the next `count` bytes.
Result<> read_pair(Cursor& file, std::uint64_t count, OnnxMetadata& pairs) {
  if (count > kMaxPairBytes || pairs.size() >= kMaxPairs) return no_onnx();
  const std::uint64_t end = file.position() + count;
  std::string key;
  std::string value;
  while (file.position() < end) {
    VAT_ASSIGN(const Field field, read_field(file));
    if (!field.text || field.bytes > kMaxPairBytes) return no_onnx();
    std::string text(field.bytes, '\0');
    VAT_TRY(file.bytes(text));
    if (field.number == kKey) key = std::move(text);
    if (field.number == kValue) value = std::move(text);
  }
  if (file.position() != end) return no_onnx();
  pairs.insert_or_assign(std::move(key), std::move(value));
  return {};
}

Result<OnnxMetadata> read_model(Cursor& file) {
  OnnxMetadata pairs;
  bool graph = false;
  for (int i = 0; file.left() > 0; ++i) {
    if (i == kMaxFields) return no_onnx();
    VAT_ASSIGN(const Field field, read_field(file));
    graph = graph || (field.number == kGraph && field.text);
    if (field.number == kMetadata && field.text) {
      VAT_TRY(read_pair(file, field.bytes, pairs));
    } else {
      VAT_TRY(file.skip(field.bytes));
    }
  }
  if (!graph) return no_onnx();
  return pairs;
}

}  // namespace

Result<OnnxMetadata> read_onnx_metadata(ByteSource& source) {
  Cursor file(source, "model");
  auto pairs = read_model(file);
  // A file that ends too early is the same to its user.
  if (!pairs && pairs.error().code == ErrorCode::kBadData) return no_onnx();
  return pairs;
}

Result<OnnxMetadata> read_onnx_metadata(const std::filesystem::path& file) {
  VAT_ASSIGN(FileSource source, FileSource::open(file));
  auto pairs = read_onnx_metadata(source);
  if (!pairs && pairs.error().code == ErrorCode::kBadData)
    return fail(ErrorCode::kBadData, file.string() + " " + pairs.error().message);
  return pairs;
}

}  // namespace vat::modelfile
