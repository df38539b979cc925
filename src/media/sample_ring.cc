#include "media/sample_ring.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "media/helper_messages.h"

namespace vat::media {
namespace {

/// Copied and then checked while it is still in the first cache.
constexpr std::size_t kPiece = 2'048;

float* slot_of(const SharedMemory& memory, std::size_t slot) {
  return reinterpret_cast<float*>(memory.data()) + slot * kSlotSamples;
}

/// What is no number becomes -1.
void limit_to_range(std::span<float> samples) {
  for (float& sample : samples) {
    const float low = sample > -1.0F ? sample : -1.0F;
    sample = low < 1.0F ? low : 1.0F;
  }
}

}  // namespace

Result<SampleWriter> SampleWriter::open(Channel& channel, int memory) {
  VAT_ASSIGN(SharedMemory mapped, SharedMemory::map_to_write(memory, kRingBytes));
  return SampleWriter(channel, std::move(mapped));
}

Result<std::span<float>> SampleWriter::slot() {
  if (free_ == 0) {
    VAT_ASSIGN(const auto freed, channel_->receive(kFreed.size()));
    if (!freed) return fail(ErrorCode::kUnavailable, "Nobody reads the samples any more.");
    free_ += kFreedSlots;
  }
  return std::span(slot_of(memory_, next_), kSlotSamples);
}

Result<> SampleWriter::pass_on(std::size_t samples) {
  next_ = (next_ + 1) % kRingSlots;
  --free_;
  MessageWriter content;
  content.number(static_cast<std::int64_t>(samples));
  return channel_->send(to_message(HelperReply::kSamples, std::move(content)));
}

Result<SampleReader> SampleReader::create() {
  VAT_ASSIGN(SharedMemory memory, SharedMemory::create(kRingBytes));
  return SampleReader(std::move(memory));
}

bool SampleReader::take(std::string_view message) {
  MessageReader reader(message);
  const std::int64_t samples = reader.number();
  if (reader.failed() || samples < 1 || samples > static_cast<std::int64_t>(kSlotSamples)) return false;
  at_ = slot_of(memory_, next_);
  left_ = static_cast<std::size_t>(samples);
  next_ = (next_ + 1) % kRingSlots;
  return true;
}

void SampleReader::copy(std::span<float> out) {
  while (!out.empty()) {
    const std::span<float> piece = out.first(std::min(out.size(), kPiece));
    std::memcpy(piece.data(), at_, piece.size_bytes());
    // The writer may still change its memory: what is checked is the copy.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    limit_to_range(piece);
    at_ += piece.size();
    left_ -= piece.size();
    out = out.subspan(piece.size());
  }
  if (left_ == 0) ++emptied_;
}

bool SampleReader::frees_slots() {
  if (emptied_ < kFreedSlots) return false;
  emptied_ -= kFreedSlots;
  return true;
}

}  // namespace vat::media
