// Where a recording begins, and where a file goes on as another one.
#include <string_view>
#include <utility>

#include "media/input.h"

namespace vat::media {
namespace {

constexpr std::size_t kMaxPacketsAhead = 512;
constexpr std::int64_t kMaxBytesAhead = 8'000'000;

}  // namespace

void Input::read_ahead() {
  const auto all_started = [&] {
    for (unsigned i = 0; i < context_->nb_streams; ++i) {
      const AVStream* stream = context_->streams[i];
      if (is_moving(stream) && !position_of_start(stream)) return false;
    }
    return true;
  };
  while (!all_started() && read_one_ahead()) {
  }
  if (std::string_view(context_->iformat->name) != "ogg") return;
  for (const AVStream* stream : audio_)
    if (stream->codecpar->codec_id == AV_CODEC_ID_FLAC) time_first_page(stream);
}

/// False at the end, or when that is enough.
bool Input::read_one_ahead() {
  AvPtr<AVPacket> packet = make_packet();
  if (ahead_.size() >= kMaxPacketsAhead || bytes_ahead_ >= kMaxBytesAhead || !packet ||
      av_read_frame(context_, packet.get()) < 0)
    return false;
  bytes_ahead_ += packet->size;
  if (packet->pts != AV_NOPTS_VALUE && (packet->flags & AV_PKT_FLAG_DISCARD) == 0) {
    const AVStream* stream = context_->streams[packet->stream_index];
    first_packets_.try_emplace(packet->stream_index,
                               static_cast<double>(packet->pts) * av_q2d(stream->time_base));
  }
  ahead_.push_back(std::move(packet));
  return true;
}

/// An Ogg page says when it ends. Where libavformat does not know the lengths of packets, as in FLAC, it
/// counts the first page from zero, which really ends where the second begins.
void Input::time_first_page(const AVStream* stream) {
  std::vector<AVPacket*> first_page;
  std::optional<std::int64_t> shift;
  std::size_t looked_at = 0;
  while (!shift && (looked_at < ahead_.size() || read_one_ahead())) {
    AVPacket* packet = ahead_[looked_at++].get();
    if (packet->stream_index != stream->index || packet->pts == AV_NOPTS_VALUE) continue;
    if (first_page.empty() || packet->pos == first_page.front()->pos) {
      first_page.push_back(packet);
    } else {
      shift = packet->pts - (first_page.back()->pts + first_page.back()->duration);
    }
  }
  if (!shift || *shift <= 0) return;
  for (AVPacket* packet : first_page) {
    packet->pts += *shift;
    packet->dts += *shift;
  }
  first_page_starts_[stream->index] =
      static_cast<double>(first_page.front()->pts) * av_q2d(stream->time_base);
}

std::optional<double> Input::position_of_start(const AVStream* stream) const {
  if (const auto start = first_page_starts_.find(stream->index); start != first_page_starts_.end())
    return start->second;
  if (stream->start_time != AV_NOPTS_VALUE)
    return static_cast<double>(stream->start_time) * av_q2d(stream->time_base);
  const auto packet = first_packets_.find(stream->index);
  if (packet == first_packets_.end()) return std::nullopt;
  return packet->second;
}

void Input::find_start() {
  std::optional<double> start;
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    const AVStream* stream = context_->streams[i];
    const auto position = is_moving(stream) ? position_of_start(stream) : std::nullopt;
    if (position && (!start || *position < *start)) start = position;
  }
  start_seconds_ = start.value_or(0);
}

std::optional<double> Input::start_of(const AVStream* stream) const {
  const auto position = position_of_start(stream);
  if (!position) return std::nullopt;
  return *position - start_seconds_;
}

bool Input::times_go_on() const { return std::string_view(context_->iformat->name) == "mpegts"; }

bool Input::begin_next_part() {
  constexpr int kMaxParts = 10'000;
  if (!has_next_part() || part_ >= kMaxParts) return false;
  auto rest = io_->next_part();
  if (!rest) return false;
  Input next(name_, codecs_);
  next.io_ = std::move(*rest);
  if (!next.open_container({}) || next.context_->iformat != context_->iformat || next.audio_.empty())
    return false;
  const bool go_on = times_go_on();
  std::swap(io_, next.io_);
  std::swap(context_, next.context_);
  audio_ = std::move(next.audio_);
  ahead_ = std::move(next.ahead_);
  bytes_ahead_ = next.bytes_ahead_;
  first_packets_ = std::move(next.first_packets_);
  first_page_starts_ = std::move(next.first_page_starts_);
  if (!go_on) start_seconds_ = next.start_seconds_;
  ++part_;
  return true;
}

}  // namespace vat::media
