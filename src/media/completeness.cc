#include "media/completeness.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <system_error>

#include "media/stated_size.h"

namespace vat::media {
namespace {

constexpr int kMaxPacketsLookedAt = 100'000;

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

std::optional<std::string> find_shortfall(Input& input, const AVStream* stream, double seconds_read,
                                          double before) {
  if (input.io().failure() != 0) {
    return "The file could not be read to its end: " + std::generic_category().message(input.io().failure()) +
           ".";
  }
  const auto size = stated_size(input);
  if (size && size->is_whole) return std::nullopt;
  const std::string_view format = input.context()->iformat->name;
  // The header of a RIFF file is often written before the length is known.
  const bool length_counts = input.duration_is_stated() && format != "wav" && format != "avi";
  std::optional<double> end;
  if (length_counts || (!size && input.duration_is_stated())) {
    end = input.end_of(stream);
    if (!end) end = input.duration_seconds();
  }
  if (!end && size) end = seconds_read * size->bytes / static_cast<double>(*input.io().size());
  if (!end || !is_short(seconds_read, *end)) return std::nullopt;
  // Without a stated size, another track that goes on to the end proves that the file does.
  if (!size && others_reach(input, seconds_read, *end)) return std::nullopt;
  return sentence(before + seconds_read, before + *end);
}

}  // namespace vat::media
