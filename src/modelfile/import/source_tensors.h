// The tensors of a model in somebody else's format: where their numbers are, and how to read them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "modelfile/byte_source.h"

namespace vat::modelfile {

/// How a tensor's numbers are stored; all are little-endian.
enum class StoredType : std::uint8_t { kF32, kF16, kBf16, kI8, kI16, kI32, kOther };

/// "float32", "int8"; "another type" for kOther.
[[nodiscard]] std::string_view stored_type_name(StoredType type);
/// Zero for kOther.
[[nodiscard]] std::uint64_t stored_bytes(StoredType type);

struct SourceTensor {
  StoredType type = StoredType::kOther;
  std::vector<std::uint64_t> shape;  ///< Slowest dimension first; empty for a single number.
  ByteSource* source = nullptr;      ///< Outlives the tensor.
  std::uint64_t begin = 0;           ///< Offset of the first number in the source.
};
using SourceTensors = std::map<std::string, SourceTensor, std::less<>>;

/// How many numbers a tensor of that shape has; empty if more than any model has (2^40), without overflow.
[[nodiscard]] std::optional<std::uint64_t> number_count(std::span<const std::uint64_t> shape);

/// Adds a tensor of the file `file`. kBadData for a name that is there already, for a name, a rank or a
/// number of tensors beyond any model's, and for numbers that do not lie in the source.
[[nodiscard]] Result<> add_tensor(SourceTensors& tensors, const std::string& name, SourceTensor tensor,
                                  const std::string& file);

/// Files that are one after another's continuation, read as one.
class JoinedSource final : public ByteSource {
 public:
  explicit JoinedSource(std::vector<FileSource> parts);
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Result<> read_at(std::uint64_t offset, std::span<char> out) override;

 private:
  std::vector<FileSource> parts_;
  std::uint64_t size_ = 0;
};

/// Reads numbers `first` to `first + count` of a tensor of type kF32, kF16, kBf16 or kI8, which lie in it, as
/// they are: integers too become floats. `bytes` is scratch memory.
[[nodiscard]] Result<> read_numbers(const SourceTensor& tensor, std::uint64_t first, std::size_t count,
                                    std::string& bytes, std::vector<float>& out);

/// The value of a single integer of type kI8, kI16 or kI32; empty for any other tensor.
[[nodiscard]] Result<std::optional<std::int32_t>> read_integer(const SourceTensor& tensor);

}  // namespace vat::modelfile
