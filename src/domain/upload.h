// A file that someone sent, while it arrives and afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "domain/utc_time.h"

namespace vat {

enum class UploadState {
  kReceiving,  ///< Bytes may still come (tus); they lie in the staging folder.
  kComplete,   ///< Whole, probed, in the object store.
};

/// What a probe found. Shown to the user; the pipeline looks again by itself.
struct MediaSummary {
  std::string container;  ///< libav's name: "mov,mp4,m4a,3gp,3g2,mj2".
  Millis duration{0};     ///< Zero when the file does not say.
  bool has_video = false;
  int audio_tracks = 0;

  friend bool operator==(const MediaSummary&, const MediaSummary&) = default;
};

struct Upload {
  std::string id;  ///< UUID.
  std::string user_id;
  UploadState state = UploadState::kReceiving;
  std::string filename;  ///< As the sender called it, UTF-8, at most 255 code points. A label, never a path.
  std::string content_type;           ///< As the sender called it; not trusted.
  std::optional<std::uint64_t> size;  ///< Bytes in all; empty while a tus upload defers its length.
  std::string metadata;               ///< The Upload-Metadata header of tus, as it came. Often empty.
  bool partial = false;               ///< tus concatenation: a part that makes no job by itself.
  std::string fingerprint;            ///< The same for the same content, and mostly for no other; opaque.
  std::string object_key;  ///< In the object store; empty until complete. Uploads of one user with the
                           ///< same content share it.
  MediaSummary media;
  UtcTime created_at;
  std::optional<UtcTime> expires_at;  ///< When unfinished bytes are removed.
};

}  // namespace vat
