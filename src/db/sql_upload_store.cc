#include "db/sql_upload_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/uuid.h"
#include "db/housekeeping.h"
#include "db/job_rows.h"
#include "db/quota_check.h"

namespace vat::db {
namespace {

struct UploadRow {
  std::string id, user_id, state, filename, content_type, metadata, fingerprint, object_key, container;
  long long size = 0, partial = 0, duration = 0, has_video = 0, audio_tracks = 0, used = 0, created_at = 0,
            expires_at = 0;

  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text : {&id, &user_id, &state, &filename, &content_type, &metadata, &fingerprint,
                              &object_key, &container}) {
      visit(*text);
    }
    for (long long* number :
         {&size, &partial, &duration, &has_video, &audio_tracks, &used, &created_at, &expires_at}) {
      visit(*number);
    }
  }
  [[nodiscard]] Upload upload() const {
    Upload upload;
    upload.id = id;
    upload.user_id = user_id;
    upload.state = state == "complete" ? UploadState::kComplete : UploadState::kReceiving;
    upload.filename = filename;
    upload.content_type = content_type;
    if (size >= 0) upload.size = static_cast<std::uint64_t>(size);
    upload.metadata = metadata;
    upload.partial = partial != 0;
    upload.fingerprint = fingerprint;
    upload.object_key = object_key;
    upload.media = {container, Millis(duration), has_video != 0, static_cast<int>(audio_tracks)};
    upload.used = used != 0;
    upload.created_at = from_unix_millis(created_at);
    upload.expires_at = time_of(expires_at);
    return upload;
  }
};

/// "SELECT ... FROM uploads ".
std::string select_uploads() {
  return "SELECT id, user_id, state, filename, content_type, metadata, fingerprint, object_key, container, "
         "COALESCE(size, -1), partial, duration, has_video, audio_tracks, used, created_at, "
         "COALESCE(expires_at, "
         "-1) "
         "FROM uploads ";
}

tl::unexpected<Error> no_such_upload() { return fail(ErrorCode::kNotFound, "There is no such upload."); }

/// Byte counts for the database.
std::optional<std::int64_t> stored_size(const std::optional<std::uint64_t>& size) {
  if (!size) return std::nullopt;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(*size, kMax));
}

Result<UploadRow> lock_upload(Transaction& transaction, const std::string& user_id,
                              const std::string& upload_id) {
  if (!is_uuid(user_id) || !is_uuid(upload_id)) return no_such_upload();
  auto row = transaction.sql.row<UploadRow>(
      select_uploads() + "WHERE id = :id AND user_id = :user_id" + transaction.sql.for_update(), upload_id,
      user_id);
  if (!row) return no_such_upload();
  return *std::move(row);
}

}  // namespace

Result<Upload> SqlUploadStore::create(const Upload& upload) {
  if (!is_uuid(upload.user_id)) return fail(ErrorCode::kNotFound, "There is no such user.");
  if (!upload.id.empty() && !is_uuid(upload.id))
    return fail_field("id", "The identifier of the upload is not a UUID.");
  return access_.write([&](Transaction& transaction) -> Result<Upload> {
    Upload made = upload;
    if (made.id.empty()) made.id = make_uuid();
    made.created_at = transaction.now;
    const bool complete = made.state == UploadState::kComplete;
    VAT_TRY(use_bytes(transaction, access_.quotas(), made.user_id, made.size.value_or(0)));
    transaction.sql.execute(
        "INSERT INTO uploads (id, user_id, state, filename, content_type, size, metadata, partial, "
        "fingerprint, "
        "object_key, "
        "container, duration, has_video, audio_tracks, created_at, expires_at) VALUES (:id, :user_id, "
        ":state, "
        ":filename, :content_type, :size, :metadata, :partial, :fingerprint, :object_key, :container, "
        ":duration, "
        ":has_video, "
        ":audio_tracks, :created_at, :expires_at)",
        made.id, made.user_id, complete ? "complete" : "receiving", made.filename, made.content_type,
        stored_size(made.size), made.metadata, made.partial, made.fingerprint, made.object_key,
        made.media.container, made.media.duration, made.media.has_video, made.media.audio_tracks,
        made.created_at, made.expires_at);
    return made;
  });
}

Result<Upload> SqlUploadStore::get(const std::string& user_id, const std::string& upload_id) {
  static const std::string kSql = select_uploads() + "WHERE id = :id AND user_id = :user_id";
  if (!is_uuid(user_id) || !is_uuid(upload_id)) return no_such_upload();
  return access_.read([&](Connection& sql) -> Result<Upload> {
    const auto row = sql.row<UploadRow>(kSql, upload_id, user_id);
    if (!row) return no_such_upload();
    return row->upload();
  });
}

Result<> SqlUploadStore::set_size(const std::string& user_id, const std::string& upload_id,
                                  std::uint64_t size) {
  return access_.write([&](Transaction& transaction) -> Result<> {
    VAT_ASSIGN(const UploadRow row, lock_upload(transaction, user_id, upload_id));
    const auto wanted = stored_size(size);
    if (row.size >= 0 && row.size != *wanted) {
      return fail(ErrorCode::kExists, "The upload already has another length.");
    }
    if (row.size < 0) VAT_TRY(use_bytes(transaction, access_.quotas(), user_id, size));
    transaction.sql.execute("UPDATE uploads SET size = :size WHERE id = :id", *wanted, upload_id);
    return {};
  });
}

Result<std::optional<Upload>> SqlUploadStore::find_content(const std::string& user_id,
                                                           const std::string& fingerprint) {
  using Found = std::optional<Upload>;
  static const std::string kSql =
      select_uploads() +
      "WHERE user_id = :user_id AND fingerprint = :fingerprint AND state = 'complete' AND "
      "object_key <> '' ORDER BY id DESC LIMIT 1";
  if (!is_uuid(user_id) || fingerprint.empty()) return Found();
  return access_.read([&](Connection& sql) -> Result<Found> {
    const auto row = sql.row<UploadRow>(kSql, user_id, fingerprint);
    return row ? Found(row->upload()) : Found();
  });
}

Result<> SqlUploadStore::complete(const Upload& upload) {
  return access_.write([&](Transaction& transaction) -> Result<> {
    if (is_uuid(upload.user_id)) lock_content(transaction, upload.user_id);
    VAT_ASSIGN(const UploadRow row, lock_upload(transaction, upload.user_id, upload.id));
    if (row.state == "complete") return fail(ErrorCode::kExists, "The upload is already complete.");
    // One whose size was not known before has not counted yet.
    if (row.size < 0)
      VAT_TRY(use_bytes(transaction, access_.quotas(), upload.user_id, upload.size.value_or(0)));
    transaction.sql.execute(
        "UPDATE uploads SET state = 'complete', filename = :filename, content_type = :content_type, size = "
        ":size, fingerprint = :fingerprint, object_key = :object_key, "
        "container = :container, duration = :duration, has_video = :has_video, audio_tracks = :audio_tracks, "
        "expires_at = :expires_at WHERE id = :id",
        upload.filename, upload.content_type, stored_size(upload.size.value_or(0)), upload.fingerprint,
        upload.object_key, upload.media.container, upload.media.duration, upload.media.has_video,
        upload.media.audio_tracks, row.used != 0 ? std::nullopt : upload.expires_at, upload.id);
    return {};
  });
}

Result<std::string> SqlUploadStore::remove(const std::string& user_id, const std::string& upload_id) {
  return access_.write_to_delete([&](Transaction& transaction) -> Result<std::string> {
    if (is_uuid(user_id)) lock_content(transaction, user_id);
    VAT_ASSIGN(const UploadRow row, lock_upload(transaction, user_id, upload_id));
    if (transaction.sql.row<long long>("SELECT 1 FROM jobs WHERE upload_id = :upload_id LIMIT 1",
                                       upload_id)) {
      return fail(ErrorCode::kExists, "A job uses the upload; delete the job first.");
    }
    transaction.sql.execute("DELETE FROM uploads WHERE id = :id", upload_id);
    const auto unused = unused_objects(transaction, {row.object_key});
    return unused.empty() ? std::string() : unused.front();
  });
}

Result<std::vector<Upload>> SqlUploadStore::list(const std::string& user_id, const std::string& after_id,
                                                 std::size_t limit) {
  using Uploads = std::vector<Upload>;
  static const std::string kSql =
      select_uploads() + "WHERE user_id = :user_id AND id > :after_id ORDER BY id LIMIT :limit";
  constexpr const char* kFirst = "00000000-0000-0000-0000-000000000000";
  if (!is_uuid(user_id)) return Uploads();
  return access_.read([&](Connection& sql) -> Result<Uploads> {
    Uploads uploads;
    sql.each<UploadRow>(
        kSql, [&](const UploadRow& row) { uploads.push_back(row.upload()); }, user_id,
        after_id.empty() ? kFirst : after_id, limit);
    return uploads;
  });
}

Result<std::vector<Upload>> SqlUploadStore::expired(UtcTime now, std::size_t limit) {
  using Uploads = std::vector<Upload>;
  static const std::string kUnfinished =
      select_uploads() + "WHERE state = 'receiving' AND expires_at <= :now ORDER BY expires_at LIMIT :limit";
  static const std::string kUnused =
      select_uploads() +
      "WHERE state = 'complete' AND used = 0 AND expires_at <= :now ORDER BY expires_at LIMIT :limit";
  return access_.read([&](Connection& sql) -> Result<Uploads> {
    Uploads uploads;
    const auto keep = [&](const UploadRow& row) { uploads.push_back(row.upload()); };
    sql.each<UploadRow>(kUnfinished, keep, now, limit);
    sql.each<UploadRow>(kUnused, keep, now, limit - std::min(limit, uploads.size()));
    return uploads;
  });
}

}  // namespace vat::db
