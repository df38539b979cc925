#include "media/probe.h"

#include <utility>

#include "base/text.h"
#include "media/describe_input.h"

namespace vat::media {
namespace {

std::string tag(const AVStream* stream, const char* key) {
  const AVDictionaryEntry* entry = av_dict_get(stream->metadata, key, nullptr, 0);
  return entry == nullptr ? std::string() : to_utf8(trim(entry->value));
}

AudioTrack describe(const AVStream* stream, int number, bool is_default) {
  const AVCodecParameters* parameters = stream->codecpar;
  AudioTrack track;
  track.number = number;
  track.codec = avcodec_get_name(parameters->codec_id);
  track.language = tag(stream, "language");
  // "und" is ISO 639-2's "undetermined".
  if (track.language == "und") track.language.clear();
  track.title = tag(stream, "title");
  track.channels = parameters->ch_layout.nb_channels;
  track.sample_rate = parameters->sample_rate;
  track.is_default = is_default;
  return track;
}

}  // namespace

Result<MediaInfo> describe_input(const Input& input) {
  if (input.audio().empty()) return fail(ErrorCode::kNoAudio, input.name() + " has no audio track.");
  MediaInfo info;
  info.container = input.context()->iformat->name;
  info.duration = input.duration();
  int number = 0;
  for (const AVStream* stream : input.audio())
    info.audio.push_back(describe(stream, ++number, stream == input.default_audio()));
  for (unsigned i = 0; i < input.context()->nb_streams; ++i) {
    const AVStream* stream = input.context()->streams[i];
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE) ++info.subtitle_tracks;
  }
  if (const AVStream* video = input.video()) {
    info.has_video = true;
    info.video_codec = avcodec_get_name(video->codecpar->codec_id);
    info.width = video->codecpar->width;
    info.height = video->codecpar->height;
  }
  return info;
}

Result<MediaInfo> probe(const std::filesystem::path& path, std::stop_token stop) {
  VAT_ASSIGN(const auto input, Input::open(path, std::move(stop)));
  return describe_input(*input);
}

}  // namespace vat::media
