#include "db/checkpoint.h"

#include "db/lease.h"
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

std::unique_ptr<CheckpointStore> make_checkpoint(Access& access, const Lease& lease) {
  return std::make_unique<SqlCheckpointStore>(access, lease);
}

}  // namespace vat::db
