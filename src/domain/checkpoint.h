// The port to the store of finished chunks, so that interrupted work resumes where it stopped. The command
// line implements it on a file, the service on its database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "domain/recognizer.h"

namespace vat {

/// Names a chunk by the samples it covers; a plan that cuts differently does not find it.
struct ChunkKey {
  std::int64_t begin = 0;     ///< First sample of the recording in the chunk, 16 kHz.
  std::int64_t end = 0;       ///< One past the last.
  std::uint64_t content = 0;  ///< Hash of the chunk's samples.

  friend auto operator<=>(const ChunkKey&, const ChunkKey&) = default;
};

/// Safe to use from any thread.
class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;
  [[nodiscard]] virtual std::optional<ChunkText> find(const ChunkKey& key) = 0;
  /// Returns once the chunk would survive a kill -9.
  [[nodiscard]] virtual Result<> save(const ChunkKey& key, const ChunkText& text) = 0;
};

}  // namespace vat
