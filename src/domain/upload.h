// A file sent by a user, while it arrives and afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "base/utc_time.h"

namespace vat {

enum class UploadState {
  kReceiving,  ///< More bytes may arrive (tus); they are in the staging folder.
  kComplete,   ///< Complete, probed, in the object store.
};

/// The result of a probe. Shown to the user; the pipeline probes again.
struct MediaSummary {
  std::string container;  ///< libav's name: "mov,mp4,m4a,3gp,3g2,mj2".
  Millis duration{0};     ///< Zero if unknown.
  bool has_video = false;
  int audio_tracks = 0;

  friend bool operator==(const MediaSummary&, const MediaSummary&) = default;
};

struct Upload {
  std::string id;  ///< UUID.
  std::string user_id;
  UploadState state = UploadState::kReceiving;
  std::string filename;      ///< As the sender named it, UTF-8, at most 255 code points. A label, not a path.
  std::string content_type;  ///< As the sender named it; not trusted.
  std::optional<std::uint64_t> size;  ///< Total bytes; empty while a tus upload defers its length.
  std::string metadata;               ///< The Upload-Metadata header of tus, as received. Often empty.
  bool partial = false;               ///< tus concatenation: a part, which creates no job by itself.
  std::string fingerprint;            ///< Equal for equal content, and rarely for other content; opaque.
  std::string object_key;  ///< In the object store; empty until complete. Uploads of one user with the
                           ///< same content share it.
  MediaSummary media;
  bool used = false;  ///< By a job. A receiving one is used by the job that fetches it from a link.
  UtcTime created_at;
  std::optional<UtcTime> expires_at;  ///< When it is removed, unless it is finished, or used by a job, before
                                      ///< then. Empty: never.
};

}  // namespace vat
