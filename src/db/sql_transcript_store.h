// The TranscriptStore on the database. Private to db.
#pragma once

#include <string>
#include <vector>

#include "db/access.h"
#include "domain/transcript_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlTranscriptStore final : public TranscriptStore {
 public:
  explicit SqlTranscriptStore(Access& access) : access_(access) {}

  Result<StoredTranscript> get(const std::string& user_id, const std::string& job_id,
                               std::optional<int> revision) override;
  Result<bool> is_long(const std::string& user_id, const std::string& job_id) override;
  Result<std::vector<TranscriptRevision>> revisions(const std::string& user_id,
                                                    const std::string& job_id) override;
  Result<TranscriptRevision> edit(const std::string& user_id, const std::string& job_id, int based_on,
                                  const Transcript& transcript) override;
  Result<std::vector<SearchHit>> search(const std::string& user_id, const std::string& query,
                                        std::size_t offset, std::size_t limit) override;

 private:
  Access& access_;
};

/// Adds the revision, makes it the searchable one, and adds the event "transcript".
void add_revision(Transaction& transaction, const std::string& user_id, const std::string& job_id,
                  const TranscriptRevision& revision, const Transcript& transcript);

}  // namespace vat::db
