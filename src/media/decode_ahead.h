// Decodes on a thread of its own, a bounded stretch ahead of the consumer. Private to this module.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "media/audio_decoder.h"

namespace vat::media {

class DecodeAhead {
 public:
  /// `stop` is the stop source of the decoder's Input; the destructor requests it, so that no read outlives
  /// this. `at_once`: every frame can be had as soon as it is decoded, as suits a pipe that may be live.
  DecodeAhead(std::unique_ptr<AudioDecoder> decoder, std::stop_source stop, bool at_once);
  ~DecodeAhead();
  DecodeAhead(const DecodeAhead&) = delete;
  DecodeAhead& operator=(const DecodeAhead&) = delete;

  /// As AudioDecoder::next(), valid until the next call; null at the end. Called from one thread.
  [[nodiscard]] Result<DecodedFrame*> next();
  /// The decoder, for its counters. Only after next() returned null, when its thread has ended.
  [[nodiscard]] const AudioDecoder& decoder() const { return *decoder_; }

 private:
  using Frames = std::vector<DecodedFrame>;
  void run();
  bool pass_on(Frames& frames, std::size_t bytes);
  void finish(std::optional<Error> error);

  std::unique_ptr<AudioDecoder> decoder_;
  std::stop_source stop_;
  std::size_t batch_frames_;
  Frames taken_;  ///< The consumer's.
  std::size_t next_ = 0;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::pair<Frames, std::size_t>> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool ended_ = false;
  std::optional<Error> error_;
  std::jthread thread_;
};

}  // namespace vat::media
