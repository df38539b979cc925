// Writes the parts of a model file in order, converting weights on the way. One thread at a time. The first
// failure is kept and returned by commit().
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "modelfile/file_format.h"

namespace vat::modelfile {

class ModelWriter {
 public:
  /// Replaces a file of that name when it is committed.
  [[nodiscard]] static Result<ModelWriter> create(const std::filesystem::path& path);

  void put_bytes(std::string_view bytes);
  template <class T>
  void put(const T& value) {
    put_bytes({reinterpret_cast<const char*>(&value), sizeof value});
  }
  /// The header of a tensor. `extents`: fastest first, as in the file. Its data follows.
  void begin_tensor(std::string_view name, std::span<const std::int32_t> extents, std::int32_t type_id);
  /// Data of a tensor. For kQ8_0 the count is a multiple of 32.
  void put_weights(std::span<const float> values, WeightType type);
  /// Flushes all bytes to the operating system, so that temporary_path() can be read, or returns the first
  /// failure.
  [[nodiscard]] Result<> flush();
  /// Where the bytes are until commit().
  [[nodiscard]] const std::filesystem::path& temporary_path() const { return file_.temporary_path(); }
  /// Makes the file appear under its name, or returns the first failure since create().
  [[nodiscard]] Result<> commit();

 private:
  explicit ModelWriter(AtomicFile file) : file_(std::move(file)) {}
  void write_buffer();

  AtomicFile file_;
  std::string buffer_;
  std::optional<Error> error_;
};

}  // namespace vat::modelfile
