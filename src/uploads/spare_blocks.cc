#include "uploads/spare_blocks.h"

#include <utility>

namespace vat::uploads {

SpareBlocks::Block SpareBlocks::try_take() {
  const std::lock_guard lock(mutex_);
  if (!free_.empty()) {
    Block block = std::move(free_.back());
    free_.pop_back();
    return block;
  }
  if (made_ == kMaxBlocks) return nullptr;
  ++made_;
  return std::make_unique_for_overwrite<char[]>(kBlockBytes);
}

void SpareBlocks::give_back(Block block) {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(block));
}

}  // namespace vat::uploads
