#include "api/uploads/upload_json.h"

#include <optional>

#include "base/json_writer.h"
#include "base/time.h"
#include "base/utc_time.h"

namespace vat::api {
namespace {

/// Null until the upload is complete.
void write_media(JsonWriter& json, const Upload& upload) {
  if (upload.state != UploadState::kComplete) return json.null();
  const MediaSummary& media = upload.media;
  const bool timed = media.duration > Millis(0);
  json.begin_object();
  json.key("container").string(media.container);
  json.key("duration_seconds")
      .number_or_null(timed ? std::optional(to_seconds(media.duration)) : std::nullopt);
  json.key("has_video").boolean(media.has_video);
  json.key("audio_tracks").integer(media.audio_tracks);
  json.end_object();
}

}  // namespace

std::string upload_path(const std::string& upload_id) { return std::string(kUploadsPrefix) + upload_id; }

std::string upload_json(const Upload& upload, std::uint64_t offset) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("id").string(upload.id);
  json.key("state").string(upload.state == UploadState::kComplete ? "complete" : "receiving");
  json.key("filename").string(upload.filename);
  json.key("size").integer_or_null(upload.size);
  json.key("offset").integer(static_cast<std::int64_t>(offset));
  json.key("partial").boolean(upload.partial);
  write_media(json.key("media"), upload);
  json.key("created_at").string(to_rfc3339(upload.created_at));
  json.key("expires_at").string_or_null(to_rfc3339(upload.expires_at));
  json.end_object();
  return out;
}

}  // namespace vat::api
