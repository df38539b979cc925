#include "media/container.h"

#include <unicode/uloc.h>

#include <array>
#include <string_view>
#include <utility>

namespace vat::media {
namespace {

std::string own_container(const Input& original) {
  const std::string_view format = original.context()->iformat->name;
  // Matroska and WebM are told apart by their first bytes.
  if (format.starts_with("matroska"))
    return original.io().first_bytes(64).find("webm") != std::string::npos ? "webm" : "matroska";
  if (!format.starts_with("mov,")) return "matroska";
  const AVDictionaryEntry* brand = av_dict_get(original.context()->metadata, "major_brand", nullptr, 0);
  return brand != nullptr && std::string_view(brand->value) == "qt  " ? "mov" : "mp4";
}

const char* display_name(const std::string& container) {
  if (container == "mp4") return "MP4";
  if (container == "mov") return "QuickTime";
  return container == "webm" ? "WebM" : "Matroska";
}

}  // namespace

bool can_hold(const std::string& container, const AVCodecParameters* parameters) {
  const AVOutputFormat* format = av_guess_format(container.c_str(), nullptr, nullptr);
  if (format == nullptr) return false;
  if (avformat_query_codec(format, parameters->codec_id, FF_COMPLIANCE_NORMAL) == 1) return true;
  // Matroska also carries what AVI and WAV carry, under their codes ("V_MS/VFW/FOURCC", "A_MS/ACM").
  const bool moving =
      parameters->codec_type == AVMEDIA_TYPE_VIDEO || parameters->codec_type == AVMEDIA_TYPE_AUDIO;
  return moving && container == "matroska" && av_codec_get_tag(format->codec_tag, parameters->codec_id) != 0;
}

const char* kind_of(const AVStream* stream) {
  if (is_cover(stream)) return "A cover picture";
  switch (stream->codecpar->codec_type) {
    case AVMEDIA_TYPE_VIDEO:
      return "A video track";
    case AVMEDIA_TYPE_AUDIO:
      return "An audio track";
    case AVMEDIA_TYPE_SUBTITLE:
      return "A subtitle track";
    case AVMEDIA_TYPE_ATTACHMENT:
      return "An attached file";
    default:
      return "A data track";
  }
}

ContainerChoice choose_container(const Input& original, const Input* audio) {
  const std::string own = own_container(original);
  const auto matroska = [&](const AVStream* stream) {
    return ContainerChoice{"matroska", std::string("The new file is Matroska, because ") + display_name(own) +
                                           " cannot contain " + avcodec_get_name(stream->codecpar->codec_id) +
                                           "."};
  };
  for (unsigned i = 0; i < original.context()->nb_streams; ++i) {
    const AVStream* stream = original.context()->streams[i];
    if (own != "matroska" && is_moving(stream) && !can_hold(own, stream->codecpar)) return matroska(stream);
  }
  if (audio != nullptr && !can_hold(own, audio->default_audio()->codecpar))
    return matroska(audio->default_audio());
  return {own, {}};
}

const char* subtitle_encoder(const std::string& container) {
  if (container == "webm") return "webvtt";
  return container == "matroska" ? "subrip" : "mov_text";
}

std::string three_letters(const std::string& language, const std::string& container) {
  const char* found = uloc_getISO3Language(language.c_str());
  std::string code = found == nullptr || *found == '\0' ? language : found;
  if (container != "mov") return code;
  constexpr std::array<std::pair<const char*, const char*>, 9> kQuickTime = {{{"deu", "ger"},
                                                                              {"nld", "dut"},
                                                                              {"ell", "gre"},
                                                                              {"isl", "ice"},
                                                                              {"zho", "chi"},
                                                                              {"swe", "sve"},
                                                                              {"fas", "per"},
                                                                              {"ron", "rum"},
                                                                              {"ces", "cze"}}};
  for (const auto& [iso, quick_time] : kQuickTime) {
    if (code == iso) return quick_time;
  }
  return code;
}

}  // namespace vat::media
