// Samples on their way from a locked-up decoder, in memory that both processes have: slots that are filled
// and emptied in turns. Only how many samples a slot has, and that slots are free again, goes through their
// channel. Private to this module.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/channel.h"
#include "base/result.h"
#include "base/shared_memory.h"

namespace vat::media {

/// Two seconds, so that the processes wake each other twice for every two seconds at most.
inline constexpr std::size_t kSlotSamples = 32'768;
inline constexpr std::size_t kRingSlots = 8;
/// The reader frees this many at once.
inline constexpr std::size_t kFreedSlots = kRingSlots / 2;
inline constexpr std::size_t kRingBytes = kRingSlots * kSlotSamples * sizeof(float);

/// In the decoder's process. One thread.
class SampleWriter {
 public:
  /// `channel` must outlive it; `memory` is the reader's.
  [[nodiscard]] static Result<SampleWriter> open(Channel& channel, int memory);

  /// Where the next samples go; waits until the reader has freed it. kUnavailable when the reader is gone.
  [[nodiscard]] Result<std::span<float>> slot();
  /// Passes on the first samples of it.
  [[nodiscard]] Result<> pass_on(std::size_t samples);

 private:
  SampleWriter(Channel& channel, SharedMemory memory) : channel_(&channel), memory_(std::move(memory)) {}

  Channel* channel_;
  SharedMemory memory_;
  std::size_t next_ = 0;
  std::size_t free_ = kRingSlots;
};

/// In the process that reads, which trusts nothing that it finds. One thread.
class SampleReader {
 public:
  [[nodiscard]] static Result<SampleReader> create();

  /// To be sent to the writer.
  [[nodiscard]] int memory() const { return memory_.fd(); }
  /// Takes up the next slot, of which this message speaks: the content of a kSamples reply. False if it is
  /// not what it should be. Only when nothing is left().
  [[nodiscard]] bool take(std::string_view message);
  [[nodiscard]] std::size_t left() const { return left_; }
  /// Copies the next samples, left() at most, of which each is then within [-1, 1].
  void copy(std::span<float> out);
  /// Whether the writer should be sent kFreed now; then false until more slots are empty.
  [[nodiscard]] bool frees_slots();

 private:
  explicit SampleReader(SharedMemory memory) : memory_(std::move(memory)) {}

  SharedMemory memory_;
  std::size_t next_ = 0;       ///< Slot.
  const float* at_ = nullptr;  ///< In the slot that was taken.
  std::size_t left_ = 0;
  std::size_t emptied_ = 0;
};

/// The message by which the reader frees kFreedSlots.
inline constexpr std::string_view kFreed = "f";

}  // namespace vat::media
