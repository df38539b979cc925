#include "media/completeness.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <system_error>

namespace vat::media {
namespace {

constexpr int kMaxPacketsLookedAt = 100'000;

/// "00:01:02.345000000", as Matroska writers store it in a tag of each track.
std::optional<double> tagged_duration(const AVStream* stream) {
  const AVDictionaryEntry* tag = av_dict_get(stream->metadata, "DURATION", nullptr, AV_DICT_IGNORE_SUFFIX);
  if (tag == nullptr) return std::nullopt;
  int hours = 0;
  int minutes = 0;
  double seconds = 0;
  if (std::sscanf(tag->value, "%d:%d:%lf", &hours, &minutes, &seconds) != 3) return std::nullopt;
  return hours * 3600.0 + minutes * 60.0 + seconds;
}

/// The end of this track's audio according to the container, from the recording's start.
std::optional<double> track_end(const Input& input, const AVStream* stream) {
  const double unit = av_q2d(stream->time_base);
  if (stream->duration != AV_NOPTS_VALUE && stream->duration > 0) {
    const double start = stream->start_time == AV_NOPTS_VALUE
                             ? 0.0
                             : static_cast<double>(stream->start_time) * unit - input.start_seconds();
    return start + static_cast<double>(stream->duration) * unit;
  }
  return tagged_duration(stream);
}

/// RIFF files (WAV, AVI) begin with their own size: if that is larger than the file, the audio's full length
/// is in proportion. Writers to pipes leave the largest sizes instead, which are meaningless.
std::optional<double> riff_end(const Input& input, double seconds_read) {
  constexpr std::uint32_t kUnknown = 0x7FFF'0000;
  const std::string_view format = input.context()->iformat->name;
  AVIOContext* io = input.io().context();
  if ((format != "wav" && format != "avi") || !input.io().seekable() || avio_seek(io, 4, SEEK_SET) != 4)
    return std::nullopt;
  const std::uint32_t claimed = avio_rl32(io);
  const auto actual = static_cast<double>(*input.io().size());
  if (claimed >= kUnknown || claimed <= actual) return std::nullopt;
  return seconds_read * (claimed + 8.0) / actual;
}

bool is_short(double seconds_read, double stated) {
  return stated - seconds_read > std::max(1.0, 0.01 * stated);
}

/// True when another track continues to the stated end, so that the file is complete.
bool others_reach(Input& input, double seconds_read, double stated) {
  if (!input.io().seekable()) return true;
  AVFormatContext* context = input.context();
  for (unsigned i = 0; i < context->nb_streams; ++i) context->streams[i]->discard = AVDISCARD_DEFAULT;
  const auto target = static_cast<std::int64_t>((seconds_read + input.start_seconds()) * AV_TIME_BASE);
  if (av_seek_frame(context, -1, target, AVSEEK_FLAG_BACKWARD) < 0) return false;
  AvPtr<AVPacket> packet = make_packet();
  for (int i = 0; packet && i < kMaxPacketsLookedAt; ++i) {
    if (av_read_frame(context, packet.get()) < 0) return false;
    const std::int64_t stamp = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    const double seconds =
        static_cast<double>(stamp) * av_q2d(context->streams[packet->stream_index]->time_base);
    av_packet_unref(packet.get());
    if (stamp != AV_NOPTS_VALUE && !is_short(seconds - input.start_seconds(), stated)) return true;
  }
  return false;
}

std::string sentence(double seconds_read, double stated) {
  std::array<char, 128> text{};
  std::snprintf(text.data(), text.size(), "The file ends early: %.1f s of about %.1f s could be read.",
                seconds_read, stated);
  return text.data();
}

}  // namespace

std::optional<std::string> find_shortfall(Input& input, const AVStream* stream, double seconds_read) {
  if (input.io().failure() != 0) {
    return "The file could not be read to its end: " + std::generic_category().message(input.io().failure()) +
           ".";
  }
  if (const auto end = riff_end(input, seconds_read); end && is_short(seconds_read, *end))
    return sentence(seconds_read, *end);
  if (!input.duration_is_stated()) return std::nullopt;
  if (const auto end = track_end(input, stream)) {
    if (is_short(seconds_read, *end)) return sentence(seconds_read, *end);
    return std::nullopt;
  }
  const auto stated = input.duration_seconds();
  if (!stated || !is_short(seconds_read, *stated) || others_reach(input, seconds_read, *stated))
    return std::nullopt;
  return sentence(seconds_read, *stated);
}

}  // namespace vat::media
