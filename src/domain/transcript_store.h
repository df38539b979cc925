// The port to transcripts with their revisions, and to search in them. Implemented by db.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/utc_time.h"
#include "domain/transcript.h"

namespace vat {

struct TranscriptRevision {
  int number = 0;  ///< From 1, which is the engine's transcript.
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
  std::string snippet;  ///< Text around the hit; matching words are enclosed in U+0002 and U+0003.
};

/// Safe to use from any thread. A job of another user is kNotFound.
class TranscriptStore {
 public:
  virtual ~TranscriptStore() = default;
  /// The newest revision, or the given one. kNotFound while there is none.
  [[nodiscard]] virtual Result<StoredTranscript> get(const std::string& user_id, const std::string& job_id,
                                                     std::optional<int> revision = {}) = 0;
  /// Whether the newest revision has more than kManySegments segments, so that get() and edit() take long and
  /// much memory. Quick. False if there is none.
  [[nodiscard]] virtual Result<bool> is_long(const std::string& user_id, const std::string& job_id) = 0;
  static constexpr int kManySegments = 5'000;
  [[nodiscard]] virtual Result<std::vector<TranscriptRevision>> revisions(const std::string& user_id,
                                                                          const std::string& job_id) = 0;
  /// A new revision on top of `based_on`. kExists when that is no longer the newest.
  [[nodiscard]] virtual Result<TranscriptRevision> edit(const std::string& user_id, const std::string& job_id,
                                                        int based_on, const Transcript& transcript) = 0;
  /// Segments of the newest revisions that contain all words of the query, best first. A query without words
  /// has no hits. `offset` + `limit` at most 1000.
  [[nodiscard]] virtual Result<std::vector<SearchHit>> search(const std::string& user_id,
                                                              const std::string& query, std::size_t offset,
                                                              std::size_t limit) = 0;
};

}  // namespace vat
