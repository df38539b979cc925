#include "modelfile/import/ctranslate2.h"

#include <array>
#include <cstring>
#include <string_view>
#include <utility>

namespace vat::modelfile {
namespace {

constexpr std::uint32_t kBinaryVersion = 6;
constexpr std::string_view kWhisperSpec = "WhisperSpec";
// CTranslate2's enum class DataType (include/ctranslate2/types.h).
constexpr std::array kDataTypes{StoredType::kF32, StoredType::kI8,  StoredType::kI16,
                                StoredType::kI32, StoredType::kF16, StoredType::kBf16};

class ModelBinReader {
 public:
  ModelBinReader(ByteSource& source, const std::string& name) : source_(source), cursor_(source, name) {}

  Result<SourceTensors> read() {
    VAT_TRY(read_front());
    VAT_ASSIGN(const auto count, cursor_.number<std::uint32_t>());
    for (std::uint32_t i = 0; i < count; ++i) VAT_TRY(read_tensor());
    VAT_ASSIGN(const auto aliases, cursor_.number<std::uint32_t>());
    for (std::uint32_t i = 0; i < aliases; ++i) VAT_TRY(read_alias());
    if (cursor_.left() > 0)
      return bad("there are " + std::to_string(cursor_.left()) + " bytes after its end");
    return std::move(tensors_);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> bad(const std::string& what) const {
    return fail(ErrorCode::kBadData,
                cursor_.name() + " is not a CTranslate2 model of Whisper: " + what + ".");
  }
  [[nodiscard]] Result<> read_front();
  [[nodiscard]] Result<> read_tensor();
  [[nodiscard]] Result<> read_alias();
  // Texts are stored with their length and a zero byte, which counts.
  [[nodiscard]] Result<std::string> text();

  ByteSource& source_;
  Cursor cursor_;
  SourceTensors tensors_;
};

Result<> ModelBinReader::read_front() {
  VAT_ASSIGN(const auto version, cursor_.number<std::uint32_t>());
  if (version != kBinaryVersion)
    return bad("its version is " + std::to_string(version) +
               " instead of 6; convert it again with a current CTranslate2");
  VAT_ASSIGN(const std::string spec, text());
  if (spec != kWhisperSpec) return bad("it is a model of another kind");
  return cursor_.skip(sizeof(std::uint32_t));  // the revision, which only says what the decoder's options are
}

Result<std::string> ModelBinReader::text() {
  VAT_ASSIGN(const auto size, cursor_.number<std::uint16_t>());
  std::string text(size, '\0');
  VAT_TRY(cursor_.bytes(text));
  if (text.empty() || text.find('\0') != text.size() - 1)
    return bad("its text at byte " + std::to_string(cursor_.position() - size) + " has no end");
  text.pop_back();
  return text;
}

Result<> ModelBinReader::read_tensor() {
  VAT_ASSIGN(const std::string tensor_name, text());
  VAT_ASSIGN(const auto rank, cursor_.number<std::uint8_t>());
  SourceTensor tensor;
  tensor.source = &source_;
  for (std::uint8_t i = 0; i < rank; ++i) {
    VAT_ASSIGN(const auto extent, cursor_.number<std::uint32_t>());
    tensor.shape.push_back(extent);
  }
  VAT_ASSIGN(const auto type, cursor_.number<std::uint8_t>());
  VAT_ASSIGN(const auto bytes, cursor_.number<std::uint32_t>());
  if (type >= kDataTypes.size())
    return bad("its tensor at byte " + std::to_string(cursor_.position()) + " has the unknown type " +
               std::to_string(type));
  tensor.type = kDataTypes.at(type);
  tensor.begin = cursor_.position();
  const auto count = number_count(tensor.shape);
  if (count && *count * stored_bytes(tensor.type) != bytes)
    return bad("its tensor at byte " + std::to_string(cursor_.position()) + " has " + std::to_string(bytes) +
               " bytes, which its shape does not have");
  VAT_TRY(add_tensor(tensors_, tensor_name, std::move(tensor), cursor_.name()));
  return cursor_.skip(bytes);
}

Result<> ModelBinReader::read_alias() {
  VAT_ASSIGN(const std::string alias, text());
  VAT_ASSIGN(const std::string of, text());
  const auto found = tensors_.find(of);
  if (found == tensors_.end()) return bad("it has another name for a tensor that it does not have");
  return add_tensor(tensors_, alias, SourceTensor(found->second), cursor_.name());
}

}  // namespace

Result<bool> is_ctranslate2(ByteSource& source) {
  constexpr std::uint32_t kMaxVersion = 100;
  std::array<char, sizeof(std::uint32_t) + sizeof(std::uint16_t) + kWhisperSpec.size()> front{};
  if (source.size() < front.size()) return false;
  VAT_TRY(source.read_at(0, front));
  std::uint32_t version = 0;
  std::memcpy(&version, front.data(), sizeof version);
  return version <= kMaxVersion && std::string_view(front.data(), front.size()).ends_with(kWhisperSpec);
}

Result<SourceTensors> read_ctranslate2(ByteSource& source, const std::string& name) {
  return ModelBinReader(source, name).read();
}

}  // namespace vat::modelfile
