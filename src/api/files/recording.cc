#include "api/files/recording.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "api/files/send_file.h"

namespace vat::api {
namespace {

struct ContainerType {
  std::string_view container;  ///< One of libav's names.
  std::string_view audio;
  std::string_view video;
};

// From the probe's result, never from the sender's type: text/html is not a recording.
constexpr std::array<ContainerType, 14> kContainerTypes = {{
    {"mp4", "audio/mp4", "video/mp4"},
    {"webm", "audio/webm", "video/webm"},
    {"matroska", "audio/x-matroska", "video/x-matroska"},
    {"ogg", "audio/ogg", "video/ogg"},
    {"mp3", "audio/mpeg", "audio/mpeg"},
    {"wav", "audio/wav", "audio/wav"},
    {"flac", "audio/flac", "audio/flac"},
    {"aac", "audio/aac", "audio/aac"},
    {"avi", "video/x-msvideo", "video/x-msvideo"},
    {"mpegts", "video/mp2t", "video/mp2t"},
    {"mpeg", "video/mpeg", "video/mpeg"},
    {"flv", "video/x-flv", "video/x-flv"},
    {"asf", "audio/x-ms-wma", "video/x-ms-wmv"},
    {"amr", "audio/amr", "audio/amr"},
}};

bool has_name(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    if (names.substr(0, comma) == name) return true;
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return false;
}

std::string_view media_content_type(const Upload& upload) {
  // Matroska and WebM share libav's demuxer; browsers play both as WebM, which is listed first.
  for (const ContainerType& type : kContainerTypes) {
    if (has_name(upload.media.container, type.container))
      return upload.media.has_video ? type.video : type.audio;
  }
  return "application/octet-stream";
}

}  // namespace

Result<Upload> find_recording(const Services& services, const Job& job) {
  if (job.upload_id.empty())
    return fail(ErrorCode::kNotFound, "This job was created from a text and has no recording.");
  VAT_ASSIGN(Upload upload, services.uploads.get(job.user_id, job.upload_id));
  if (upload.state != UploadState::kComplete)
    return fail(ErrorCode::kNotFound, "The recording of this job has not been fetched from its link yet.");
  if (upload.object_key.empty())
    return fail(Error(ErrorCode::kNotFound, "The recording was removed, because it was kept long enough.")
                    .with_status(410));
  return upload;
}

Result<http::Response> send_recording(const Services& services, const http::Request& request,
                                      const Upload& recording, const RecordingView& view) {
  const std::string_view type = media_content_type(recording);
  VAT_ASSIGN(std::string shown, disposition(request, type, view.name));
  // An object of an upload never changes, and the same content has one object.
  const std::string version = recording.object_key.substr(recording.object_key.find('/') + 1);
  http::FileContent content{.content_type = std::string(type), .disposition = std::move(shown)};
  if (!view.cache_control.empty()) content.cache_control = view.cache_control;
  return send_object(services, request, recording.object_key, version, std::move(content));
}

}  // namespace vat::api
