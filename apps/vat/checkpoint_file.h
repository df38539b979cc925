// Finished chunks of one recording in a file, so that an interrupted command resumes where it was.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "domain/checkpoint.h"

namespace vat::app {

/// One JSON line per chunk, appended and flushed to the disk before it counts. A line that a crash truncated
/// is ignored. Several processes may append to the same file. Safe to use from any thread.
class CheckpointFile : public CheckpointStore {
 public:
  /// `identity` is everything that the result depends on: the input, the weights, the options. The file is in
  /// `directory` under its digest. Files there that were not touched for a week are removed. With `resume`
  /// false, existing chunks are discarded.
  [[nodiscard]] static Result<std::unique_ptr<CheckpointFile>> open(const std::filesystem::path& directory,
                                                                    std::string_view identity, bool resume);

  [[nodiscard]] std::optional<ChunkText> find(const ChunkKey& key) override;
  [[nodiscard]] Result<> save(const ChunkKey& key, const ChunkText& text) override;

  /// How many finished chunks were found when it was opened.
  [[nodiscard]] std::size_t found() const { return found_; }
  /// The work is complete: removes the file.
  void discard();

 private:
  CheckpointFile(std::filesystem::path path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  void load(std::string_view lines);

  std::filesystem::path path_;
  UniqueFd fd_;
  std::size_t found_ = 0;
  std::mutex mutex_;
  std::map<ChunkKey, ChunkText> chunks_;
};

}  // namespace vat::app
