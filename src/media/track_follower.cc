#include "media/track_follower.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace vat::media {
namespace {

/// A stream that sounds this long while the track does not, in the order of the file, continues it; in
/// seconds. Containers interleave more finely.
constexpr double kTakeover = 3.0;
/// Streams that sound at the same time for longer are alternatives; less is interleaving.
constexpr double kMaxInterleaving = 1.5;
/// So little may be what a parser held back of a stream that ended long ago.
constexpr double kLeftOver = 0.2;
constexpr std::size_t kMaxWaitingBytes = 8'000'000;
constexpr double kWellAfter = 3.0;

std::optional<double> time_of(const AVPacket* packet, const AVStream* stream) {
  const std::int64_t stamp = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
  if (stamp == AV_NOPTS_VALUE) return std::nullopt;
  return static_cast<double>(stamp) * av_q2d(stream->time_base);
}

double length_of(const AVPacket* packet, const AVStream* stream) {
  return static_cast<double>(std::max<std::int64_t>(packet->duration, 0)) * av_q2d(stream->time_base);
}

/// By how much a packet continues the one of the same stream before it. Not every container states lengths.
double progress(const std::optional<double>& before, const std::optional<double>& now, double length) {
  constexpr double kLongest = 1.0;
  return before && now ? std::clamp(*now - *before, length, std::max(length, kLongest)) : length;
}

std::string_view language_of(const AVStream* stream) {
  const AVDictionaryEntry* entry = av_dict_get(stream->metadata, "language", nullptr, 0);
  return entry == nullptr ? std::string_view() : entry->value;
}

bool may_gain_streams(const AVFormatContext* context) {
  return (context->ctx_flags & AVFMTCTX_NOHEADER) != 0 || std::string_view(context->iformat->name) == "ogg";
}

}  // namespace

TrackFollower::TrackFollower(Input& input, AVStream* stream, bool follow)
    : input_(input),
      stream_(stream),
      follow_(follow && (input.audio().size() > 1 || may_gain_streams(input.context()))),
      stamps_restart_((input.context()->iformat->flags & AVFMT_TS_DISCONT) != 0) {
  if (follow_) {
    input.select_audio();
  } else {
    input.select(stream);
  }
}

AVStream* TrackFollower::stream_of(const AVPacket* packet) const {
  return input_.context()->streams[packet->stream_index];
}

int TrackFollower::next(AVPacket* packet) {
  while (true) {
    if (!released_.empty()) {
      av_packet_move_ref(packet, released_.front().get());
      released_.pop_front();
      accept_own(packet);
      return 0;
    }
    av_packet_unref(packet);
    const int error = input_.read_packet(packet);
    if (error == AVERROR_EOF && switch_at_end()) continue;
    if (error < 0) return error;
    if (packet->stream_index == stream_->index) {
      accept_own(packet);
      return 0;
    }
    if (!follow_ || stream_of(packet)->codecpar->codec_type != AVMEDIA_TYPE_AUDIO) continue;
    if (accept_other(packet)) switch_to(stream_of(packet)->index);
  }
}

void TrackFollower::accept_own(const AVPacket* packet) {
  const auto time = time_of(packet, stream_);
  const double length = progress(last_, time, length_of(packet, stream_));
  if (time) last_ = time;
  if (time) end_ = *time + length_of(packet, stream_);
  for (auto& [index, other] : others_) {
    if (other.waiting.empty()) continue;
    other.overlap += length;
    other.waited = 0;
    if (other.overlap > kMaxInterleaving) discard(index, other);
  }
}

/// True if its stream now continues the track. The packet's content is moved.
bool TrackFollower::accept_other(AVPacket* packet) {
  AVStream* stream = stream_of(packet);
  Candidate& other = others_[stream->index];
  const auto time = time_of(packet, stream);
  const double length = progress(other.last, time, length_of(packet, stream));
  if (time) other.last = time;
  if (time) other.end = *time + length_of(packet, stream);
  if (other.alternative) return false;
  // The last frame from before a pause comes with the first one after it.
  const bool left_over = time.value_or(other.first) > other.first + kMaxInterleaving;
  if (left_over && other.length < kLeftOver) other.waiting.clear();
  if (other.waiting.empty()) {
    other.first = time.value_or(end_.value_or(0));
    other.overlap = other.waited = other.length = 0;
    other.bytes = 0;
  }
  other.waited += length;
  other.length += length;
  other.bytes += static_cast<std::size_t>(packet->size);
  const int index = stream->index;
  other.waiting.push_back(make_packet());
  if (other.waiting.back() == nullptr || other.bytes > kMaxWaitingBytes) {
    discard(index, other);
    return false;
  }
  av_packet_move_ref(other.waiting.back().get(), packet);
  packet->stream_index = index;
  return other.waited > kTakeover && may_follow(other);
}

bool TrackFollower::may_follow(const Candidate& candidate) const {
  // Where stamps may start again, only the order of the file says what comes after what.
  return stamps_restart_ || !end_ || candidate.first >= *end_ - kMaxInterleaving;
}

void TrackFollower::discard(int index, Candidate& candidate) {
  candidate.alternative = true;
  candidate.waiting.clear();
  if (!stamps_restart_) input_.context()->streams[index]->discard = AVDISCARD_ALL;
}

void TrackFollower::switch_to(int index) {
  // Several may continue it: languages that changed together.
  for (const auto& [other, candidate] : others_) {
    const bool fits = !candidate.alternative && !candidate.waiting.empty() && may_follow(candidate);
    if (fits && !language_of(stream_).empty() &&
        language_of(input_.context()->streams[other]) == language_of(stream_)) {
      index = other;
      break;
    }
  }
  last_.reset();
  Candidate& chosen = others_[index];
  released_ = std::move(chosen.waiting);
  others_.erase(index);
  others_.try_emplace(stream_->index);
  stream_ = input_.context()->streams[index];
}

bool TrackFollower::switch_at_end() {
  for (const auto& [index, candidate] : others_) {
    if (candidate.alternative || candidate.waiting.empty() || !may_follow(candidate)) continue;
    if (end_ && candidate.first < *end_ - kMaxInterleaving && candidate.length < kLeftOver) continue;
    switch_to(index);
    return true;
  }
  return false;
}

std::optional<int> TrackFollower::longer_alternative() const {
  int number = 0;
  for (unsigned i = 0; i < input_.context()->nb_streams; ++i) {
    const AVStream* stream = input_.context()->streams[i];
    if (stream->codecpar->codec_type != AVMEDIA_TYPE_AUDIO) continue;
    ++number;
    const auto other = others_.find(stream->index);
    if (stream == stream_ || other == others_.end() || !other->second.alternative || !end_) continue;
    std::optional<double> end = other->second.end;
    if (!stamps_restart_ && stream->duration != AV_NOPTS_VALUE && stream->start_time != AV_NOPTS_VALUE)
      end = static_cast<double>(stream->start_time + stream->duration) * av_q2d(stream->time_base);
    if (end && *end > *end_ + kWellAfter) return number;
  }
  return std::nullopt;
}

}  // namespace vat::media
