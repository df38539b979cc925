#include "media/av.h"

#include <array>
#include <cerrno>

namespace vat::media {

bool is_cover(const AVStream* stream) { return (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0; }

bool is_moving(const AVStream* stream) {
  const AVMediaType type = stream->codecpar->codec_type;
  return type == AVMEDIA_TYPE_AUDIO || (type == AVMEDIA_TYPE_VIDEO && !is_cover(stream));
}

std::string av_error_text(int error) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(error, text.data(), text.size());
  return text.data();
}

Error read_error(int error, std::string message) {
  if (error == AVERROR_EXIT) return {ErrorCode::kCancelled, "Stopped on request."};
  return {ErrorCode::kBadMedia, std::move(message), av_error_text(error)};
}

Error write_error(int error, const std::string& name) {
  // libav's own codes are tags below -0xFF; the small ones are errno values.
  if (error < 0 && error > -4096) return system_error(AVUNERROR(error), "write", name);
  return {ErrorCode::kInternal, "Cannot write " + name + ".", av_error_text(error)};
}

}  // namespace vat::media
