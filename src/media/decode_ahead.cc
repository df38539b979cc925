#include "media/decode_ahead.h"

#include <utility>

namespace vat::media {
namespace {

/// Frames are handed over in batches, because waking a thread costs more than decoding a frame.
constexpr std::size_t kBatchFrames = 32;
constexpr std::size_t kBatchBytes = 512 * 1024;
constexpr std::size_t kMaxQueuedFrames = 4 * kBatchFrames;
constexpr std::size_t kMaxQueuedBytes = 32 * 1024 * 1024;

std::size_t bytes_of(const AVFrame* frame) {
  const int bytes = av_get_bytes_per_sample(static_cast<AVSampleFormat>(frame->format));
  return static_cast<std::size_t>(frame->nb_samples) *
         static_cast<std::size_t>(frame->ch_layout.nb_channels) * static_cast<std::size_t>(bytes);
}

}  // namespace

DecodeAhead::DecodeAhead(std::unique_ptr<AudioDecoder> decoder, std::stop_source stop, bool at_once)
    : decoder_(std::move(decoder)),
      stop_(std::move(stop)),
      batch_frames_(at_once ? 1 : kBatchFrames),
      thread_([this] { run(); }) {}

DecodeAhead::~DecodeAhead() { stop_.request_stop(); }

Result<DecodedFrame*> DecodeAhead::next() {
  if (next_ == taken_.size()) {
    taken_.clear();
    next_ = 0;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop_.get_token(), [this] { return !waiting_.empty() || ended_; });
    if (stop_.stop_requested()) return fail(read_error(AVERROR_EXIT, {}));
    if (waiting_.empty()) {
      if (error_) return fail(*error_);
      return nullptr;
    }
    taken_ = std::move(waiting_.front().first);
    waiting_bytes_ -= waiting_.front().second;
    waiting_.pop_front();
    changed_.notify_all();
  }
  return &taken_[next_++];
}

void DecodeAhead::run() {
  Frames frames;
  std::size_t bytes = 0;
  while (true) {
    auto decoded = decoder_->next();
    if (!decoded || decoded->frame == nullptr) {
      if (frames.empty() || pass_on(frames, bytes))
        finish(decoded ? std::nullopt : std::optional(decoded.error()));
      return;
    }
    bytes += bytes_of(decoded->frame.get());
    frames.push_back(std::move(*decoded));
    if (frames.size() < batch_frames_ && bytes < kBatchBytes) continue;
    if (!pass_on(frames, bytes)) return;
    frames.clear();
    bytes = 0;
  }
}

/// False if stop was requested while there was no room.
bool DecodeAhead::pass_on(Frames& frames, std::size_t bytes) {
  std::unique_lock lock(mutex_);
  const auto has_room = [this] {
    return waiting_.empty() ||
           (waiting_.size() < kMaxQueuedFrames / batch_frames_ && waiting_bytes_ < kMaxQueuedBytes);
  };
  if (!changed_.wait(lock, stop_.get_token(), has_room)) return false;
  waiting_.emplace_back(std::move(frames), bytes);
  waiting_bytes_ += bytes;
  changed_.notify_all();
  return true;
}

void DecodeAhead::finish(std::optional<Error> error) {
  const std::scoped_lock lock(mutex_);
  ended_ = true;
  error_ = std::move(error);
  changed_.notify_all();
}

}  // namespace vat::media
