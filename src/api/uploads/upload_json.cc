#include "api/uploads/upload_json.h"

#include "base/json_writer.h"
#include "base/time.h"
#include "base/utc_time.h"

namespace vat::api {
namespace {

void write_media(JsonWriter& json, const MediaSummary& media) {
  json.begin_object();
  json.key("container").string(media.container);
  json.key("duration_seconds");
  media.duration > Millis(0) ? json.number(to_seconds(media.duration)) : json.null();
  json.key("has_video").boolean(media.has_video);
  json.key("audio_tracks").integer(media.audio_tracks);
  json.end_object();
}

}  // namespace

std::string upload_path(const std::string& upload_id) { return std::string(kUploadsPrefix) + upload_id; }

std::string upload_json(const Upload& upload, std::uint64_t offset) {
  std::string out;
  JsonWriter json(out);
  const bool complete = upload.state == UploadState::kComplete;
  json.begin_object();
  json.key("id").string(upload.id);
  json.key("state").string(complete ? "complete" : "receiving");
  json.key("filename").string(upload.filename);
  json.key("size").integer_or_null(upload.size);
  json.key("offset").integer(static_cast<std::int64_t>(offset));
  json.key("partial").boolean(upload.partial);
  json.key("media");
  if (complete)
    write_media(json, upload.media);
  else
    json.null();
  json.key("created_at").string(to_rfc3339(upload.created_at));
  json.key("expires_at").string_or_null(to_rfc3339(upload.expires_at));
  json.end_object();
  return out;
}

}  // namespace vat::api
