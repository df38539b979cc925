// Models in the formats of other programs, and their conversion to whisper.cpp's: Whisper by Hugging Face
// (safetensors) and by CTranslate2 (faster-whisper), Silero's speech detector by PyTorch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "modelfile/convert.h"

namespace vat::modelfile {

/// Whether ForeignModel::open() is for this path: a folder, a file of safetensors or their index, a model.bin
/// of CTranslate2 or one of its parts (model.bin.part1), a file of PyTorch's. Any thread.
[[nodiscard]] bool is_foreign_model(const std::filesystem::path& path);

/// One model, whose files stay open. One thread at a time.
class ForeignModel {
 public:
  /// Reads the tables of tensors and the vocabulary, and checks that whisper.cpp can run such a model. Of a
  /// file of Whisper's weights the folder must hold the vocabulary as well. Takes under a second, whatever
  /// the size; memory is bounded. Errors: kNotFound for a folder without a model; kPermission; kBadData with
  /// a sentence that names the file.
  [[nodiscard]] static Result<ForeignModel> open(const std::filesystem::path& path);
  ForeignModel(ForeignModel&&) noexcept;
  ForeignModel& operator=(ForeignModel&&) noexcept;
  ~ForeignModel();

  /// "a Hugging Face model of size small, 242 M weights, float32".
  [[nodiscard]] const std::string& description() const;
  /// A sentence on what the stored type has cost; usually empty.
  [[nodiscard]] const std::string& caveat() const;
  /// A name to install it under: the folder's, or "silero-v6.2.0". May not be fit for a file's name.
  [[nodiscard]] const std::string& name() const;
  /// Size of the file that write() makes.
  [[nodiscard]] std::uint64_t bytes() const;

  /// Writes `target` with f16 weights in the layout of the published models, byte for byte the same file
  /// where the weights are the same. `target` is checked and replaced only when it is complete. Memory is
  /// bounded (some MB); one thread, about 200 MB of weights per second. Errors: kBadData; kCancelled after
  /// `stop`; kDiskFull.
  [[nodiscard]] Result<> write(const std::filesystem::path& target, const ConvertProgress& progress = {},
                               const std::stop_token& stop = {}) const;

 private:
  struct Contents;
  explicit ForeignModel(std::unique_ptr<Contents> contents);
  std::unique_ptr<Contents> contents_;
};

/// open() and write() in one. Any thread.
[[nodiscard]] Result<> import_model(const std::filesystem::path& source, const std::filesystem::path& target,
                                    const ConvertProgress& progress = {}, const std::stop_token& stop = {});

}  // namespace vat::modelfile
