// The TranscriptStore on the database. Private to db.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/access.h"
#include "domain/transcript_store.h"

namespace vat::db {

/// `access` outlives it.
class SqlTranscriptStore final : public TranscriptStore {
 public:
  explicit SqlTranscriptStore(Access& access) : access_(access) {}

  Result<StoredTranscript> get(const std::string& user_id, const std::string& job_id,
                               std::optional<int> revision) override;
  Result<std::vector<TranscriptRevision>> revisions(const std::string& user_id,
                                                    const std::string& job_id) override;
  Result<TranscriptRevision> edit(const std::string& user_id, const std::string& job_id, int based_on,
                                  const Transcript& transcript) override;
  Result<std::vector<SearchHit>> search(const std::string& user_id, const std::string& query,
                                        std::size_t offset, std::size_t limit) override;

 private:
  Access& access_;
};

/// Arguments: the query, the user, (on PostgreSQL the query again,) the most rows, those to pass over. Its
/// own so that a test can ask for its plan.
[[nodiscard]] std::string_view search_statement(Engine engine);

}  // namespace vat::db
