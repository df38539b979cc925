// The port to transcripts with their revisions, and the search in them. Implemented by db; consumed by api
// and worker.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/transcript.h"
#include "domain/utc_time.h"

namespace vat {

struct TranscriptRevision {
  int number = 0;  ///< From 1, which is what the engine heard.
  UtcTime created_at;
  bool edited = false;  ///< By a person.
};

struct StoredTranscript {
  TranscriptRevision revision;
  Transcript transcript;
};

struct SearchHit {
  std::string job_id;
  std::string title;
  Millis start{0};
  Millis end{0};
  std::string snippet;  ///< Text around the hit; the words that matched stand between U+0002 and U+0003.
};

/// Safe to use from any thread. A job of another user is kNotFound.
class TranscriptStore {
 public:
  virtual ~TranscriptStore() = default;
  /// The newest revision, or a certain one. kNotFound while there is none.
  [[nodiscard]] virtual Result<StoredTranscript> get(const std::string& user_id, const std::string& job_id,
                                                     std::optional<int> revision = {}) = 0;
  [[nodiscard]] virtual Result<std::vector<TranscriptRevision>> revisions(const std::string& user_id,
                                                                          const std::string& job_id) = 0;
  /// A new revision on top of `based_on`. kExists when that is not the newest any more.
  [[nodiscard]] virtual Result<TranscriptRevision> edit(const std::string& user_id, const std::string& job_id,
                                                        int based_on, const Transcript& transcript) = 0;
  /// Segments of the newest revisions that contain all words of the query, best first. A query without words
  /// finds nothing. `offset` + `limit` at most 1000.
  [[nodiscard]] virtual Result<std::vector<SearchHit>> search(const std::string& user_id,
                                                              const std::string& query, std::size_t offset,
                                                              std::size_t limit) = 0;
};

}  // namespace vat
