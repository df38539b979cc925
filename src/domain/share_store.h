// The port to links with which others may read a transcript. Implemented by db.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/utc_time.h"

namespace vat {

/// A link to the transcript of one job. Whoever has its secret may read; the secret itself is not stored.
struct Share {
  std::string id;
  std::string job_id;
  bool with_recording = false;        ///< The recording may be played and downloaded as well.
  UtcTime created_at;                 ///< Set by the store.
  std::optional<UtcTime> expires_at;  ///< Empty: when it is revoked.
};

/// What the holder of a secret may see.
struct SharedJob {
  Share share;
  std::string user_id;  ///< The job's owner.
};

/// At most so many links of one job, with those that have expired.
inline constexpr std::size_t kMaxShares = 50;

/// Safe to use from any thread. A link goes with its job.
class ShareStore {
 public:
  virtual ~ShareStore() = default;
  /// Stores the link under the SHA-256 of its secret. kNotFound when the user has no such job; kExists when
  /// it has kMaxShares links.
  [[nodiscard]] virtual Result<Share> create(const std::string& user_id, const Share& share,
                                             const std::string& secret_sha256) = 0;
  /// Newest first. kNotFound when the user has no such job.
  [[nodiscard]] virtual Result<std::vector<Share>> list(const std::string& user_id,
                                                        const std::string& job_id) = 0;
  /// kNotFound when the user's job has no such link.
  [[nodiscard]] virtual Result<> remove(const std::string& user_id, const std::string& job_id,
                                        const std::string& share_id) = 0;
  /// Empty: no such link, it has expired, or the owner is disabled.
  [[nodiscard]] virtual Result<std::optional<SharedJob>> find(const std::string& secret_sha256) = 0;
};

}  // namespace vat
