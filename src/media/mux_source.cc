#include "media/mux_source.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vat::media {
namespace {

/// Audio and video whose times jump by more, in formats where that happens, go on where they were; FFmpeg's
/// program uses the same value.
constexpr double kJump = 10.0;
/// Times that go back by more than containers round or reorder have begun anew.
constexpr double kMaxBack = 0.5;

}  // namespace

std::int64_t FileSource::in_unit(double seconds) const {
  return static_cast<std::int64_t>(std::llround(seconds / av_q2d(unit_)));
}

Result<bool> FileSource::advance() {
  while (true) {
    av_packet_unref(packet_.get());
    const int error = input_.read_packet(packet_.get());
    if (error == AVERROR_EXIT) return fail(read_error(error, {}));
    if (error < 0) return false;
    const auto index = static_cast<std::size_t>(packet_->stream_index);
    if (index >= places_.size() || places_[index].index < 0) continue;
    const AVStream* stream = input_.context()->streams[index];
    unit_ = stream->time_base;
    set_times(stream);
    if (skip_priming_ && packet_->pts + packet_->duration <= 0) continue;
    if (PacketConverter* converter = places_[index].converter.get()) {
      VAT_ASSIGN(auto converted, converter->convert(packet_.get()));
      if (!converted) continue;
      packet_ = std::move(converted);
    }
    packet_->stream_index = places_[index].index;
    return true;
  }
}

void FileSource::set_times(const AVStream* stream) {
  Clock& clock = clocks_[stream->index];
  AVPacket& packet = *packet_;
  join_jump(stream, clock);
  const std::int64_t offset = in_unit(shift_ - input_.start_seconds());
  if (packet.pts != AV_NOPTS_VALUE) packet.pts += offset;
  if (packet.dts != AV_NOPTS_VALUE) {
    packet.dts += offset;
  } else if (packet.pts != AV_NOPTS_VALUE && clock.last == AV_NOPTS_VALUE) {
    packet.dts = packet.pts;
  } else {
    // Of pictures that are shown later than they are decoded, only the earlier bound is known.
    packet.dts = packet.pts == AV_NOPTS_VALUE ? clock.next : std::min(packet.pts, clock.next);
  }
  const std::int64_t step = stream->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE ? 0 : 1;
  if (clock.last != AV_NOPTS_VALUE) packet.dts = std::max(packet.dts, clock.last + step);
  packet.pts = packet.pts == AV_NOPTS_VALUE ? packet.dts : std::max(packet.pts, packet.dts);
  clock.last = packet.dts;
  clock.next = packet.dts + std::max<std::int64_t>(packet.duration, 1);
}

void FileSource::join_jump(const AVStream* stream, const Clock& clock) {
  if ((input_.context()->iformat->flags & AVFMT_TS_DISCONT) == 0 || !is_moving(stream) ||
      clock.last == AV_NOPTS_VALUE || packet_->dts == AV_NOPTS_VALUE)
    return;
  const std::int64_t dts = packet_->dts + in_unit(shift_ - input_.start_seconds());
  const double gap = static_cast<double>(dts - clock.next) * av_q2d(unit_);
  if (gap < kJump && gap > -kMaxBack) return;
  shift_ -= gap;
}

int FileSource::late_tracks() const {
  int count = 0;
  for (auto i = places_.size(); i < input_.context()->nb_streams; ++i) {
    const AVMediaType type = input_.context()->streams[i]->codecpar->codec_type;
    if (type != AVMEDIA_TYPE_DATA && type != AVMEDIA_TYPE_UNKNOWN) ++count;
  }
  return count;
}

SubtitleSource::SubtitleSource(SubtitleTrack track, int place) : track_(std::move(track)), place_(place) {
  unit_ = track_.unit;
}

Result<bool> SubtitleSource::advance() {
  if (track_.packets.empty()) return false;
  packet_ = std::move(track_.packets.front());
  track_.packets.pop_front();
  packet_->stream_index = place_;
  return true;
}

}  // namespace vat::media
