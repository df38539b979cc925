#include "api/uploads/uploads.h"

#include <utility>

#include "api/uploads/fingerprint.h"
#include "api/uploads/intake.h"
#include "base/time.h"
#include "base/uuid.h"
#include "domain/object_store.h"
#include "media/probe.h"

namespace vat::api {
namespace {

constexpr std::string_view kKind = "uploads";

std::string own_key(const Upload& upload) { return make_object_key(kKind, upload.id); }

/// The sentence names the file by the path that was probed; the sender knows it by its label.
Error with_label(Error error, const std::string& path, const std::string& label) {
  for (std::size_t at = error.message.find(path); at != std::string::npos;
       at = error.message.find(path, at + label.size()))
    error.message.replace(at, path.size(), label);
  error.field = "file";
  return error;
}

/// Begins the row anew.
Result<> reset_row(Services& services, Upload upload) {
  VAT_TRY(services.uploads.remove(upload.user_id, upload.id));
  upload.state = UploadState::kReceiving;
  upload.object_key.clear();
  VAT_TRY(services.uploads.create(upload));
  return {};
}

/// With the object of an upload of the same content, when there is one. False when there is none (any more).
Result<bool> complete_with_shared(Services& services, Upload& upload, const StagedFile& file) {
  VAT_ASSIGN(const std::optional<Upload> same,
             services.uploads.find_content(upload.user_id, upload.fingerprint));
  if (!same || same->id == upload.id) return false;
  const Result<LocalObject> object = services.objects.get(same->object_key);
  if (!object) return false;
  VAT_ASSIGN(const bool equal, same_content(object->path, file.path()));
  if (!equal) return false;
  upload.object_key = same->object_key;
  VAT_TRY(services.uploads.complete(upload));
  // If the other one is still there, its removal will see that this one uses the object too. If not, whoever
  // removed it may have found the object unused, and be about to delete it.
  if (services.uploads.get(same->user_id, same->id)) return true;
  VAT_TRY(reset_row(services, upload));
  return false;
}

Result<Upload> complete_row(Services& services, Upload upload, StagedFile& file) {
  const TakingTurns::Turn turn(intake_of(services)->completing, upload.user_id + upload.fingerprint);
  VAT_ASSIGN(const bool shared, complete_with_shared(services, upload, file));
  if (shared) {
    file.remove();
  } else {
    upload.object_key = own_key(upload);
    VAT_TRY(services.objects.put(upload.object_key, file.path()));
    file.keep();
    VAT_TRY(services.uploads.complete(upload));
  }
  upload.state = UploadState::kComplete;
  upload.expires_at.reset();
  return upload;
}

bool is_unusable(const Error& error) {
  return error.code == ErrorCode::kBadMedia || error.code == ErrorCode::kNoAudio;
}

/// A crash came between the move of the bytes and the row: completes the row.
Result<Upload> complete_moved(Services& services, Upload upload, const LocalObject& object) {
  upload.object_key = own_key(upload);
  upload.size = object.size;
  VAT_ASSIGN(upload.media, look_at(object.path, upload.filename));
  VAT_ASSIGN(upload.fingerprint, fingerprint_file(object.path));
  VAT_TRY(services.uploads.complete(upload));
  upload.state = UploadState::kComplete;
  upload.expires_at.reset();
  return upload;
}

}  // namespace

Result<MediaSummary> look_at(const std::filesystem::path& path, const std::string& label) {
  const Result<media::MediaInfo> info = media::probe(path);
  if (!info) return fail(with_label(info.error(), path.string(), label));
  return MediaSummary{.container = info->container,
                      .duration = info->duration.value_or(Millis(0)),
                      .has_video = info->has_video,
                      .audio_tracks = static_cast<int>(info->audio.size())};
}

Result<Upload> store_upload(Services& services, ReceivedFile& received) {
  Upload& upload = received.upload;
  upload.state = UploadState::kReceiving;
  upload.expires_at = utc_now() + services.limits.unfinished_uploads_expire;
  VAT_ASSIGN(Upload made, services.uploads.create(upload));
  made.size = upload.size;
  made.fingerprint = upload.fingerprint;
  made.media = upload.media;
  Result<Upload> complete = complete_row(services, made, *received.file);
  if (complete) return complete;
  // An error of the cleaning changes nothing for the sender, and the expiry tries again.
  (void)services.objects.remove(own_key(made));
  (void)services.uploads.remove(made.user_id, made.id);
  return complete;
}

Result<Upload> complete_upload(Services& services, Upload upload, StagedFile& file) {
  if (file.size() == 0) {
    if (const Result<LocalObject> moved = services.objects.get(own_key(upload))) {
      file.remove();
      return complete_moved(services, std::move(upload), *moved);
    }
  }
  Result<MediaSummary> media = look_at(file.path(), upload.filename);
  if (!media) {
    if (!is_unusable(media.error())) return fail(std::move(media).error());
    file.remove();
    (void)services.uploads.remove(upload.user_id, upload.id);
    return fail(std::move(media).error());
  }
  upload.media = *media;
  upload.size = file.size();
  VAT_ASSIGN(upload.fingerprint, fingerprint_file(file.path()));
  return complete_row(services, std::move(upload), file);
}

std::uint64_t offset_of(const Services& services, const Upload& upload) {
  if (upload.state == UploadState::kComplete) return upload.size.value_or(0);
  return resumable_size(services.objects.staging(), upload.id);
}

bool is_whole(Services& services, const Upload& upload) {
  if (upload.partial || !upload.size) return false;
  const std::uint64_t offset = offset_of(services, upload);
  return offset == *upload.size || (offset == 0 && services.objects.get(own_key(upload)).has_value());
}

Result<Upload> find_settled(Services& services, const std::string& user_id, const std::string& upload_id) {
  VAT_ASSIGN(Upload upload, services.uploads.get(user_id, upload_id));
  if (upload.state == UploadState::kComplete || !is_whole(services, upload)) return upload;
  VAT_ASSIGN(std::optional<StagedFile> file,
             StagedFile::open_resumable(services.objects.staging(), upload.id));
  if (!file) return upload;  // The request that brought the last byte is completing it.
  VAT_ASSIGN(upload, services.uploads.get(user_id, upload_id));
  if (upload.state != UploadState::kComplete) return complete_upload(services, std::move(upload), *file);
  file->remove();
  return upload;
}

Result<Upload> find_complete(Services& services, const std::string& user_id, const std::string& upload_id) {
  Result<Upload> upload = find_settled(services, user_id, upload_id);
  Error error;
  if (upload) {
    if (upload->state == UploadState::kComplete) return upload;
    error = Error{ErrorCode::kExists,
                  upload->partial ? "The upload is a part of another one; name the whole."
                                  : "The upload is not complete: " +
                                        std::to_string(offset_of(services, *upload)) + " bytes are there.",
                  {},
                  false,
                  {}};
  } else {
    error = std::move(upload).error();
  }
  error.field = "upload_id";
  return fail(std::move(error));
}

Result<> remove_upload(Services& services, const Upload& upload) {
  VAT_ASSIGN(const std::string key, services.uploads.remove(upload.user_id, upload.id));
  // Of one that was being completed when its process died, no row knows the key.
  if (upload.state == UploadState::kReceiving) VAT_TRY(services.objects.remove(own_key(upload)));
  if (key.empty()) return {};
  return services.objects.remove(key);
}

std::string upload_path(const std::string& upload_id) { return "/api/v1/uploads/" + upload_id; }

std::string upload_json(const Upload& upload, std::uint64_t offset) {
  std::string out;
  JsonWriter json(out);
  const bool complete = upload.state == UploadState::kComplete;
  json.begin_object();
  json.key("id").string(upload.id);
  json.key("state").string(complete ? "complete" : "receiving");
  json.key("filename").string(upload.filename);
  json.key("size");
  upload.size ? json.integer(static_cast<std::int64_t>(*upload.size)) : json.null();
  json.key("offset").integer(static_cast<std::int64_t>(offset));
  json.key("partial").boolean(upload.partial);
  json.key("media");
  if (complete) {
    json.begin_object();
    json.key("container").string(upload.media.container);
    json.key("duration_seconds");
    upload.media.duration > Millis(0) ? json.number(to_seconds(upload.media.duration)) : json.null();
    json.key("has_video").boolean(upload.media.has_video);
    json.key("audio_tracks").integer(upload.media.audio_tracks);
    json.end_object();
  } else {
    json.null();
  }
  json.key("created_at").string(to_rfc3339(upload.created_at));
  json.key("expires_at");
  upload.expires_at ? json.string(to_rfc3339(*upload.expires_at)) : json.null();
  json.end_object();
  return out;
}

}  // namespace vat::api
