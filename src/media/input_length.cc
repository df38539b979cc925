// What a container says about lengths, read from where the recording begins.
#include <algorithm>
#include <cstdio>
#include <string_view>

#include "media/input.h"

namespace vat::media {
namespace {

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

}  // namespace

double Input::end_from_length(double length, std::optional<double> start) const {
  const std::string_view format = context_->iformat->name;
  const bool may_be_position = format.starts_with("matroska") || format == "ogg";
  if (may_be_position && length > start.value_or(start_seconds_))
    return length - std::max(start_seconds_, 0.0);
  return start ? *start - start_seconds_ + length : length;
}

std::optional<double> Input::end_of(const AVStream* stream) const {
  const auto start = position_of_start(stream);
  if (stream->duration != AV_NOPTS_VALUE && stream->duration > 0)
    return end_from_length(static_cast<double>(stream->duration) * av_q2d(stream->time_base), start);
  if (const auto length = tagged_duration(stream)) return end_from_length(*length, start);
  return std::nullopt;
}

std::optional<double> Input::duration_seconds() const {
  const std::string_view format = context_->iformat->name;
  // Raw AAC has no header, and its bit rate varies too much for an estimate.
  if (!duration_is_stated() && format == "aac") return std::nullopt;
  // Of Ogg's streams, libavformat mixes lengths and positions.
  if (context_->duration != AV_NOPTS_VALUE && context_->duration > 0 && format != "ogg")
    return end_from_length(static_cast<double>(context_->duration) / AV_TIME_BASE, std::nullopt);
  double longest = 0;
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    const AVStream* stream = context_->streams[i];
    if (!is_moving(stream) || stream->duration == AV_NOPTS_VALUE) continue;
    longest = std::max(longest, end_of(stream).value_or(0.0));
  }
  if (longest > 0) return longest;
  return std::nullopt;
}

std::optional<Millis> Input::duration() const {
  constexpr double kCentury = 100.0 * 365 * 86'400;
  const auto seconds = duration_seconds();
  if (!seconds || !(*seconds <= kCentury)) return std::nullopt;
  return from_seconds(*seconds);
}

}  // namespace vat::media
