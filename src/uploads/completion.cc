#include "uploads/completion.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "base/time.h"
#include "base/utc_time.h"
#include "base/uuid.h"
#include "domain/object_store.h"
#include "uploads/file_label.h"
#include "uploads/fingerprint.h"

namespace vat::uploads {
namespace {

constexpr std::string_view kKind = "uploads";
constexpr std::size_t kMaxTypeBytes = 255;  // bytes of a media type that is kept

/// The message names the file by the probed path; the sender knows it by its label.
Error with_label(Error error, const std::string& path, const std::string& label) {
  for (std::size_t at = error.message.find(path); at != std::string::npos;
       at = error.message.find(path, at + label.size()))
    error.message.replace(at, path.size(), label);
  error.field = "file";
  return error;
}

/// For one that no job uses.
UtcTime expiry_of(const Intake& intake) { return utc_now() + intake.options.unfinished_expire; }

/// Resets the row.
Result<> reset_row(Intake& intake, Upload upload) {
  VAT_TRY(intake.rows.remove(upload.user_id, upload.id));
  upload.state = UploadState::kReceiving;
  upload.object_key.clear();
  VAT_TRY(intake.rows.create(upload));
  return {};
}

/// Reuses the object of an upload with the same content. False if there is none (any more).
Result<bool> complete_with_shared(Intake& intake, Upload& upload, const StagedFile& file) {
  VAT_ASSIGN(const std::optional<Upload> same, intake.rows.find_content(upload.user_id, upload.fingerprint));
  if (!same || same->id == upload.id) return false;
  const Result<LocalObject> object = intake.objects.get(same->object_key);
  if (!object) return false;
  VAT_ASSIGN(const bool equal, same_content(object->path, file.path()));
  if (!equal) return false;
  upload.object_key = same->object_key;
  upload.expires_at = expiry_of(intake);
  VAT_TRY(intake.rows.complete(upload));
  // If the other one still exists, its removal will see that this one uses the object too. If not, its
  // removal may have found the object unused and be about to delete it.
  if (intake.rows.get(same->user_id, same->id)) return true;
  VAT_TRY(reset_row(intake, upload));
  return false;
}

Result<Upload> complete_row(Intake& intake, Upload upload, StagedFile& file) {
  const TakingTurns::Turn turn(intake.completing, upload.user_id + upload.fingerprint);
  VAT_ASSIGN(const bool shared, complete_with_shared(intake, upload, file));
  if (shared) {
    file.remove();
  } else {
    upload.object_key = own_key(upload);
    upload.expires_at = expiry_of(intake);
    VAT_TRY(intake.objects.put(upload.object_key, file.path()));
    file.keep();
    VAT_TRY(intake.rows.complete(upload));
  }
  upload.state = UploadState::kComplete;
  return upload;
}

bool is_unusable(const Error& error) {
  return error.code == ErrorCode::kBadMedia || error.code == ErrorCode::kNoAudio;
}

/// After a crash between moving the bytes and the row: completes the row.
Result<Upload> complete_moved(Intake& intake, Upload upload, const LocalObject& object) {
  upload.object_key = own_key(upload);
  upload.expires_at = expiry_of(intake);
  upload.size = object.size;
  VAT_ASSIGN(upload.media, look_at(intake, object.path, upload.filename));
  VAT_ASSIGN(upload.fingerprint, fingerprint_file(object.path));
  VAT_TRY(intake.rows.complete(upload));
  upload.state = UploadState::kComplete;
  return upload;
}

}  // namespace

std::string own_key(const Upload& upload) { return make_object_key(kKind, upload.id); }

Upload new_upload(const std::string& user_id, std::string_view filename, std::string_view content_type) {
  Upload upload;
  upload.id = make_uuid();
  upload.user_id = user_id;
  upload.filename = file_label(filename);
  upload.content_type = to_utf8(content_type.substr(0, kMaxTypeBytes));
  return upload;
}

Result<MediaSummary> look_at(const Intake& intake, const std::filesystem::path& path,
                             const std::string& label) {
  const Result<media::MediaInfo> info = intake.options.media->probe(path, {});
  if (!info) return fail(with_label(info.error(), path.string(), label));
  return MediaSummary{.container = info->container,
                      .duration = info->duration.value_or(Millis(0)),
                      .has_video = info->has_video,
                      .audio_tracks = static_cast<int>(info->audio.size())};
}

Result<Upload> store_upload(Intake& intake, ReceivedFile& received) {
  Upload& upload = received.upload;
  upload.state = UploadState::kReceiving;
  upload.expires_at = expiry_of(intake);
  VAT_ASSIGN(Upload made, intake.rows.create(upload));
  made.size = upload.size;
  made.fingerprint = upload.fingerprint;
  made.media = upload.media;
  Result<Upload> complete = complete_row(intake, made, *received.file);
  if (complete) return complete;
  // A failed cleanup does not matter to the sender, and expiry tries again.
  (void)intake.objects.remove(own_key(made));
  (void)intake.rows.remove(made.user_id, made.id);
  return complete;
}

Result<Upload> complete_upload(Intake& intake, Upload upload, StagedFile& file) {
  if (file.size() == 0) {
    if (const Result<LocalObject> moved = intake.objects.get(own_key(upload))) {
      file.remove();
      return complete_moved(intake, std::move(upload), *moved);
    }
  }
  Result<MediaSummary> media = look_at(intake, file.path(), upload.filename);
  if (!media) {
    if (!is_unusable(media.error())) return fail(std::move(media).error());
    file.remove();
    (void)intake.rows.remove(upload.user_id, upload.id);
    return fail(std::move(media).error());
  }
  upload.media = *media;
  upload.size = file.size();
  VAT_ASSIGN(upload.fingerprint, fingerprint_file(file.path()));
  return complete_row(intake, std::move(upload), file);
}

std::uint64_t offset_of(const Intake& intake, const Upload& upload) {
  if (upload.state == UploadState::kComplete) return upload.size.value_or(0);
  return resumable_size(intake.objects.staging(), upload.id);
}

bool is_moved(Intake& intake, const Upload& upload) {
  return intake.objects.get(own_key(upload)).has_value();
}

bool is_whole(Intake& intake, const Upload& upload) {
  if (upload.partial || !upload.size) return false;
  const std::uint64_t offset = offset_of(intake, upload);
  return offset == *upload.size || (offset == 0 && is_moved(intake, upload));
}

Result<Upload> find_settled(Intake& intake, const std::string& user_id, const std::string& upload_id) {
  VAT_ASSIGN(Upload upload, intake.rows.get(user_id, upload_id));
  if (upload.state == UploadState::kComplete || !is_whole(intake, upload)) return upload;
  VAT_ASSIGN(std::optional<StagedFile> file, StagedFile::open_resumable(intake.objects.staging(), upload.id));
  if (!file) return upload;  // The request with the last byte is completing it.
  VAT_ASSIGN(upload, intake.rows.get(user_id, upload_id));
  if (upload.state != UploadState::kComplete) return complete_upload(intake, std::move(upload), *file);
  file->remove();
  return upload;
}

Result<> remove_upload(Intake& intake, const Upload& upload) {
  VAT_ASSIGN(const std::string key, intake.rows.remove(upload.user_id, upload.id));
  // Of one that was being completed when its process died, no row knows the key.
  if (upload.state == UploadState::kReceiving) VAT_TRY(intake.objects.remove(own_key(upload)));
  if (key.empty()) return {};
  return intake.objects.remove(key);
}

}  // namespace vat::uploads
