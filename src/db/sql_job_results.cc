// What a worker keeps of a job: finished chunks, the transcript, and artifacts.
#include <memory>
#include <string>
#include <utility>

#include "db/artifact_changes.h"
#include "db/housekeeping.h"
#include "db/job_rows.h"
#include "db/sql_job_queue.h"
#include "db/sql_transcript_store.h"
#include "domain/checkpoint.h"
#include "domain/transcript_json.h"

namespace vat::db {
namespace {

class SqlCheckpointStore final : public CheckpointStore {
 public:
  SqlCheckpointStore(Access& access, Lease lease) : access_(access), lease_(std::move(lease)) {}

  std::optional<ChunkText> find(const ChunkKey& key) override {
    const auto document = access_.read([&](Connection& sql) -> Result<std::optional<std::string>> {
      return sql.row<std::string>(
          "SELECT document FROM chunks WHERE job_id = :job_id AND begin_sample = :begin_sample AND "
          "end_sample = :end_sample AND content = :content",
          lease_.job_id, key.begin, key.end, key.content);
    });
    // A chunk that cannot be read is recognised again.
    if (!document || !*document) return std::nullopt;
    auto text = chunk_text_from_json(**document);
    if (!text) return std::nullopt;
    return *std::move(text);
  }

  Result<> save(const ChunkKey& key, const ChunkText& text) override {
    return access_.write([&](Transaction& transaction) -> Result<> {
      VAT_TRY(lock_lease(transaction, lease_));
      transaction.sql.execute(
          "INSERT INTO chunks (job_id, begin_sample, end_sample, content, document) VALUES "
          "(:job_id, :begin_sample, :end_sample, :content, :document) "
          "ON CONFLICT (job_id, begin_sample, end_sample, content) DO UPDATE SET document = "
          "excluded.document",
          lease_.job_id, key.begin, key.end, key.content, to_json(text));
      return {};
    });
  }

 private:
  Access& access_;
  const Lease lease_;
};

}  // namespace

Result<std::unique_ptr<CheckpointStore>> SqlJobQueue::checkpoint(const Lease& lease,
                                                                 const std::string& identity) {
  const auto taken = access_.write([&](Transaction& transaction) -> Result<> {
    VAT_TRY(lock_lease(transaction, lease));
    const bool changed = transaction.sql.execute(
                             "UPDATE jobs SET checkpoint_identity = :identity WHERE id = :id AND "
                             "checkpoint_identity <> :other",
                             identity, lease.job_id, identity) > 0;
    if (changed) transaction.sql.execute("DELETE FROM chunks WHERE job_id = :job_id", lease.job_id);
    return {};
  });
  if (!taken) return fail(taken.error());
  return std::make_unique<SqlCheckpointStore>(access_, lease);
}

Result<> SqlJobQueue::save_transcript(const Lease& lease, const Transcript& transcript) {
  VAT_TRY(check_times(transcript));
  VAT_TRY(check_speakers(transcript));
  return access_.write([&](Transaction& transaction) -> Result<> {
    VAT_ASSIGN(const std::string user, lock_lease(transaction, lease));
    transaction.sql.execute("DELETE FROM transcripts WHERE job_id = :job_id", lease.job_id);
    add_revision(transaction, user, lease.job_id, {.number = 1, .created_at = transaction.now}, transcript);
    transaction.sql.execute("UPDATE jobs SET transcript_done = 1, updated_at = :updated_at WHERE id = :id",
                            transaction.now, lease.job_id);
    return {};
  });
}

Result<std::string> SqlJobQueue::save_artifact(const Lease& lease, const Artifact& artifact) {
  return access_.write([&](Transaction& transaction) -> Result<std::string> {
    VAT_ASSIGN(const std::string user, lock_lease(transaction, lease));
    const auto replaced = put_artifact(transaction, user, lease.job_id, artifact);
    if (!replaced) return std::string();
    const auto unused = unused_objects(transaction, {*replaced});
    return unused.empty() ? std::string() : unused.front();
  });
}

}  // namespace vat::db
