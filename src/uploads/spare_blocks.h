// Memory for writing one block while the next arrives, bounded for all uploads together.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace vat::uploads {

/// A few blocks of memory for all uploads together. Safe to use from any thread.
class SpareBlocks {
 public:
  static constexpr std::size_t kBlockBytes = 256U * 1024;
  static constexpr std::size_t kMaxBlocks = 8;
  using Block = std::unique_ptr<char[]>;

  /// Empty when all are in use: the caller continues without.
  [[nodiscard]] Block try_take();
  void give_back(Block block);

 private:
  std::mutex mutex_;
  std::size_t made_ = 0;
  std::vector<Block> free_;
};

}  // namespace vat::uploads
