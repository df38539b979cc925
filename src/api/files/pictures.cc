#include "api/files/pictures.h"

#include <utility>

#include "api/common/query.h"
#include "api/files/send_file.h"
#include "media/pictures.h"

namespace vat::api {
namespace {

Result<std::string> picture_name(const http::Request& request, PictureKind kind) {
  if (kind == PictureKind::kFilmstrip) return std::string(media::kFilmstripName);
  if (kind == PictureKind::kSheet) return std::string(media::kSheetName);
  VAT_ASSIGN(const auto asked, query_integer(request, "size", 1, media::kLargeThumbnail));
  const auto size = asked.value_or(media::kLargeThumbnail);
  if (size != media::kSmallThumbnail && size != media::kLargeThumbnail)
    return fail_field("size", "The parameter size must be 160 or 640 pixels.");
  return media::thumbnail_name(static_cast<int>(size));
}

Error no_picture(const Job& job) {
  if (job.kind == JobKind::kSpeech)
    return {ErrorCode::kNotFound, "This job was created from a text and has no pictures."};
  if (!job.transcript_done && !is_final(job.state))
    return {ErrorCode::kNotFound, "The pictures of this job are made before its recording is transcribed."};
  return {ErrorCode::kNotFound,
          "This job has no such picture, because its recording shows nothing that can be decoded or was "
          "removed, or "
          "because it was transcribed before pictures were made."};
}

}  // namespace

Result<http::Response> send_picture(const Services& services, const http::Request& request, const Job& job,
                                    PictureKind kind, const std::string& cache_control) {
  VAT_ASSIGN(const std::string name, picture_name(request, kind));
  const Result<Artifact> file = services.jobs.artifact(job.user_id, job.id, name);
  if (!file) return fail(file.error().code == ErrorCode::kNotFound ? no_picture(job) : file.error());
  VAT_ASSIGN(std::string shown, disposition(request, file->content_type, file->name));
  http::FileContent content{.content_type = file->content_type, .disposition = std::move(shown)};
  if (!cache_control.empty()) content.cache_control = cache_control;
  return send_object(services, request, file->object_key, file->sha256, std::move(content));
}

}  // namespace vat::api
