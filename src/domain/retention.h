// How long things are kept, and the port to it. Implemented by db.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/utc_time.h"

namespace vat {

using Days = std::chrono::days;

/// Counted from the end of the job. 0: for ever.
struct Retention {
  Days recordings{0};  ///< With their waveforms and pictures.
  Days speech{0};      ///< Speech and dubs.
  Days jobs{0};        ///< The job with its transcript and everything else.

  friend bool operator==(const Retention&, const Retention&) = default;
};

/// Of each, the shorter time.
[[nodiscard]] Retention stricter(const Retention& a, const Retention& b);

enum class Kept { kRecording, kSpeech, kJob };
[[nodiscard]] std::string_view kept_name(Kept kept);  ///< "recording", "speech", "job".

/// Something that will be removed.
struct Removal {
  std::string job_id;
  std::string title;
  Kept what = Kept::kJob;
  UtcTime at;
};

/// Safe to use from any thread.
class RetentionStore {
 public:
  virtual ~RetentionStore() = default;
  [[nodiscard]] virtual Retention installation() const = 0;
  /// The user's own wish.
  [[nodiscard]] virtual Result<Retention> own(const std::string& user_id) = 0;
  /// kNotFound when there is no such user.
  [[nodiscard]] virtual Result<> set_own(const std::string& user_id, const Retention& retention) = 0;
  /// What will be removed next, the first first: at most `limit` of each kind.
  [[nodiscard]] virtual Result<std::vector<Removal>> upcoming(const std::string& user_id,
                                                              std::size_t limit) = 0;
  /// Removes some of what is due. Returns the keys of objects that are no longer referenced, which the caller
  /// must remove; empty when nothing was due.
  struct Carried {
    std::size_t removed = 0;
    std::vector<std::string> object_keys;
  };
  [[nodiscard]] virtual Result<Carried> carry_out(UtcTime now, std::size_t limit) = 0;
};

}  // namespace vat
