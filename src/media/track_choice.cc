#include "media/track_choice.h"

#include <string>

#include "media/resampler.h"

namespace vat::media {
namespace {

Result<AVStream*> choose_stream(const Input& input, int track) {
  const std::size_t count = input.audio().size();
  if (count == 0) return fail(ErrorCode::kNoAudio, input.name() + " has no audio track.");
  if (track < 0)
    return fail(ErrorCode::kInvalidArgument,
                "The audio track must be a number from 1, not " + std::to_string(track) + ".");
  if (track == 0) return input.default_audio();
  if (static_cast<std::size_t>(track) > count) {
    return fail(ErrorCode::kNoAudio, input.name() + " has " + std::to_string(count) +
                                         (count == 1 ? " audio track" : " audio tracks") +
                                         "; there is no track " + std::to_string(track) + ".");
  }
  return input.audio()[static_cast<std::size_t>(track) - 1];
}

}  // namespace

Result<AVStream*> choose_track(const Input& input, int track) {
  VAT_ASSIGN(AVStream* const stream, choose_stream(input, track));
  const int rate = stream->codecpar->sample_rate;
  const int channels = stream->codecpar->ch_layout.nb_channels;
  if (rate <= kMaxSourceRate && channels <= kMaxChannels) return stream;
  return fail(ErrorCode::kBadMedia, input.name() + " claims to have " + std::to_string(channels) +
                                        " audio channels at " + std::to_string(rate) +
                                        " Hz, which cannot be decoded.");
}

}  // namespace vat::media
