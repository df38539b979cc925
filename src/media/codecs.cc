#include "media/codecs.h"

#include <array>

#include "filters/filter_graph.h"
#include "media/av.h"

namespace vat::media {
namespace {

constexpr std::array kDemuxers = {"mov",  "matroska", "avi", "mpegts", "mp3", "wav",
                                  "flac", "ogg",      "aac", "flv",    "asf", "amr"};
constexpr std::array kDecoders = {"aac",  "mp3float", "opus",  "vorbis",    "flac",  "alac", "ac3",
                                  "eac3", "dca",      "wmav2", "pcm_s16le", "amrnb", "amrwb"};
constexpr std::array kMuxers = {"mp3", "ogg", "ipod", "flac", "wav", "mp4", "mov", "matroska", "webm"};
constexpr std::array kEncoders = {"libmp3lame", "libopus", "aac", "flac", "pcm_s16le"};
constexpr std::array kFilters = {"ebur128", "volume", "alimiter", "aresample"};

std::string triple(unsigned version) {
  return std::to_string(AV_VERSION_MAJOR(version)) + "." + std::to_string(AV_VERSION_MINOR(version)) + "." +
         std::to_string(AV_VERSION_MICRO(version));
}

}  // namespace

std::string ffmpeg_version() {
  return std::string(av_version_info()) + " (libavformat " + triple(avformat_version()) + ", libavcodec " +
         triple(avcodec_version()) + ")";
}

std::vector<CodecSupport> needed_codecs() {
  std::vector<CodecSupport> list;
  for (const char* name : kDemuxers) list.push_back({"reads", name, av_find_input_format(name) != nullptr});
  for (const char* name : kDecoders)
    list.push_back({"decodes", name, avcodec_find_decoder_by_name(name) != nullptr});
  for (const char* name : kMuxers)
    list.push_back({"writes", name, av_guess_format(name, nullptr, nullptr) != nullptr});
  for (const char* name : kEncoders)
    list.push_back({"encodes", name, avcodec_find_encoder_by_name(name) != nullptr});
  for (const char* name : kFilters) list.push_back({"filters", name, filters::has_filter(name)});
  return list;
}

}  // namespace vat::media
