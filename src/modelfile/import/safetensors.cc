#include "modelfile/import/safetensors.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "modelfile/import/json_walk.h"

namespace vat::modelfile {
namespace {

constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // safetensors' own limit
constexpr std::uint64_t kMaxIndexBytes = 16'000'000;
constexpr std::size_t kMaxShards = 256;
constexpr std::size_t kMaxDeclared = 8192;
constexpr std::size_t kMaxDeclaredNameBytes = 256;
constexpr std::string_view kHuggingFacePrefix = "model.";

/// What a header says of one tensor.
struct Declared {
  std::optional<StoredType> type;
  std::vector<std::uint64_t> shape;
  std::vector<std::uint64_t> offsets;  ///< Begin and end, behind the header.
};

StoredType safetensors_type(std::string_view name) {
  if (name == "F32") return StoredType::kF32;
  if (name == "F16") return StoredType::kF16;
  if (name == "BF16") return StoredType::kBf16;
  return StoredType::kOther;
}

class SafetensorsReader {
 public:
  SafetensorsReader(ByteSource& source, const std::string& name) : source_(source), name_(name) {}
  Result<> read(SourceTensors& tensors);

 private:
  [[nodiscard]] tl::unexpected<Error> bad(const std::string& what) const {
    return fail(ErrorCode::kBadData, name_ + " is not a safetensors file: " + what + ".");
  }
  [[nodiscard]] Result<> take(const JsonLeaf& leaf);
  [[nodiscard]] Result<> take_number(const JsonLeaf& leaf, std::vector<std::uint64_t>& list, std::size_t max);
  [[nodiscard]] Result<SourceTensor> locate(const Declared& declared, std::uint64_t data_begin) const;

  ByteSource& source_;
  const std::string& name_;
  std::map<std::string, Declared, std::less<>> declared_;
};

Result<> SafetensorsReader::read(SourceTensors& tensors) {
  Cursor cursor(source_, name_);
  VAT_ASSIGN(const auto bytes, cursor.number<std::uint64_t>());
  if (bytes > kMaxHeaderBytes) return bad("its header would have " + std::to_string(bytes) + " bytes");
  const std::uint64_t begin = cursor.position();
  VAT_TRY(cursor.skip(bytes));
  VAT_TRY(
      walk_json(source_, begin, begin + bytes, name_, [this](const JsonLeaf& leaf) { return take(leaf); }));
  for (const auto& [name, declared] : declared_) {
    VAT_ASSIGN(SourceTensor tensor, locate(declared, begin + bytes));
    const bool prefixed = name.starts_with(kHuggingFacePrefix);
    VAT_TRY(add_tensor(tensors, prefixed ? name.substr(kHuggingFacePrefix.size()) : name, std::move(tensor),
                       name_));
  }
  return {};
}

Result<> SafetensorsReader::take(const JsonLeaf& leaf) {
  if (leaf.path.size() < 2 || leaf.path[0].in_array) return bad("its header does not list tensors");
  const std::string& tensor = leaf.path[0].key;
  if (tensor == "__metadata__") return {};
  if (tensor.size() > kMaxDeclaredNameBytes || declared_.size() > kMaxDeclared)
    return bad("its header lists more than any Whisper model has");
  Declared& declared = declared_[tensor];
  const std::string& field = leaf.path[1].key;
  if (field == "shape") return take_number(leaf, declared.shape, 8);
  if (field == "data_offsets") return take_number(leaf, declared.offsets, 2);
  if (field != "dtype" || leaf.path.size() != 2 || !leaf.text)
    return bad("its header says of a tensor what it should not");
  if (declared.type) return bad("its header lists a tensor twice");
  declared.type = safetensors_type(*leaf.text);
  return {};
}

// A list that is there twice begins again at index 0, and is refused.
Result<> SafetensorsReader::take_number(const JsonLeaf& leaf, std::vector<std::uint64_t>& list,
                                        std::size_t max) {
  const bool next = leaf.path.size() == 3 && leaf.path[2].in_array && leaf.path[2].index == list.size();
  if (!next || list.size() == max || !leaf.number || *leaf.number < 0)
    return bad("its header has a tensor with an impossible shape or place");
  list.push_back(static_cast<std::uint64_t>(*leaf.number));
  return {};
}

Result<SourceTensor> SafetensorsReader::locate(const Declared& declared, std::uint64_t data_begin) const {
  const std::uint64_t data_bytes = source_.size() - data_begin;
  if (!declared.type || declared.offsets.size() != 2 || declared.offsets[0] > declared.offsets[1])
    return bad("its header does not say where a tensor is");
  if (declared.offsets[1] > data_bytes)
    return fail(ErrorCode::kBadData, name_ + " is truncated: a tensor ends at byte " +
                                         std::to_string(declared.offsets[1]) + " of its data, which has " +
                                         std::to_string(data_bytes) + " bytes; download it again.");
  SourceTensor tensor{*declared.type, declared.shape, &source_, data_begin + declared.offsets[0]};
  const auto count = number_count(tensor.shape);
  const bool fits = count && *count * stored_bytes(tensor.type) == declared.offsets[1] - declared.offsets[0];
  if (!fits && tensor.type != StoredType::kOther) return bad("a tensor's shape does not match its place");
  return tensor;
}

/// Neither a path nor a hidden file.
bool is_plain_file_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '/'; });
}

}  // namespace

Result<> add_safetensors(ByteSource& source, const std::string& name, SourceTensors& tensors) {
  return SafetensorsReader(source, name).read(tensors);
}

Result<std::vector<std::string>> read_shards(ByteSource& index, const std::string& name) {
  std::set<std::string, std::less<>> shards;
  const auto bad = [&](const std::string& what) {
    return fail(ErrorCode::kBadData, name + " is not an index of safetensors files: " + what + ".");
  };
  VAT_TRY(walk_json_file(index, kMaxIndexBytes, name, [&](const JsonLeaf& leaf) -> Result<> {
    if (leaf.path.size() != 2 || leaf.path[0].key != "weight_map") return {};
    if (!leaf.text || !is_plain_file_name(*leaf.text)) return bad("it names a file outside of its folder");
    if (shards.size() == kMaxShards) return bad("it names too many files");
    shards.emplace(*leaf.text);
    return {};
  }));
  if (shards.empty()) return bad("it names no files");
  return std::vector<std::string>(shards.begin(), shards.end());
}

}  // namespace vat::modelfile
