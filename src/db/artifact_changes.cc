#include "db/artifact_changes.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/uuid.h"
#include "db/housekeeping.h"
#include "db/job_rows.h"
#include "db/sql_job_store.h"

namespace vat::db {
namespace {

std::string artifact_event(const Artifact& artifact) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("name").string(artifact.name);
  json.key("kind").string(artifact.kind);
  json.key("content_type").string(artifact.content_type);
  json.key("size").integer(static_cast<std::int64_t>(artifact.size));
  json.key("sha256").string(artifact.sha256);
  json.end_object();
  return out;
}

}  // namespace

std::optional<std::string> put_artifact(Transaction& transaction, const std::string& user_id,
                                        const std::string& job_id, const Artifact& artifact) {
  const auto replaced = transaction.sql.row<std::string>(
      "DELETE FROM artifacts WHERE job_id = :job_id AND name = :name RETURNING object_key", job_id,
      artifact.name);
  transaction.sql.execute(
      "INSERT INTO artifacts (id, job_id, name, kind, content_type, size, sha256, object_key, created_at) "
      "VALUES (:id, :job_id, :name, :kind, :content_type, :size, :sha256, :object_key, :created_at)",
      is_uuid(artifact.id) ? artifact.id : make_uuid(), job_id, artifact.name, artifact.kind,
      artifact.content_type, artifact.size, artifact.sha256, artifact.object_key, transaction.now);
  if (is_result(artifact.kind) || is_preview(artifact.kind))
    transaction.add_event(user_id, job_id, "artifact", artifact_event(artifact));
  return replaced;
}

Result<std::optional<std::vector<std::string>>> SqlJobStore::change_artifacts(const std::string& user_id,
                                                                              const std::string& job_id,
                                                                              const ArtifactChange& change) {
  using Keys = std::vector<std::string>;
  return access_.write([&](Transaction& transaction) -> Result<std::optional<Keys>> {
    VAT_ASSIGN(const FullJobRow row, lock_job(transaction, user_id, job_id));
    if (!is_final(row.job().state)) return fail(ErrorCode::kExists, "The job has not ended yet.");
    Connection& sql = transaction.sql;
    if (!is_uuid(change.based_on) ||
        !sql.row<long long>("SELECT 1 FROM artifacts WHERE id = :id AND job_id = :job_id", change.based_on,
                            job_id))
      return std::optional<Keys>();
    Keys keys;
    for (const std::string& name : change.dropped)
      if (auto key = sql.row<std::string>(
              "DELETE FROM artifacts WHERE job_id = :job_id AND name = :name RETURNING object_key", job_id,
              name))
        keys.push_back(*std::move(key));
    for (const Artifact& artifact : change.made)
      if (auto key = put_artifact(transaction, user_id, job_id, artifact)) keys.push_back(*std::move(key));
    sql.execute("UPDATE jobs SET updated_at = :updated_at WHERE id = :id", transaction.now, job_id);
    return std::make_optional(unused_objects(transaction, std::move(keys)));
  });
}

}  // namespace vat::db
