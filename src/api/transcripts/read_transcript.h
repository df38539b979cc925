// A transcript as a response, in the format that the request asks for. Private to api.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/common/handler.h"
#include "api/transcripts/transcript_file.h"
#include "subtitles/formats.h"

namespace vat::api {

struct Representation {
  subtitles::Format format = subtitles::Format::kJson;
  std::optional<int> revision;  ///< Empty: the newest.
  TranscriptLook look;
};

/// Who reads, and what of it.
struct TranscriptReading {
  std::string user_id;  ///< The job's owner.
  std::string job_id;
  /// For somebody else: the newest revision, without what was removed from it and how it was made, and
  /// nothing that a browser keeps.
  bool shared = false;
};

/// By the request's `format`, Accept, `revision` and the members of TranscriptLook; the errors name them.
[[nodiscard]] Answer transcript_answer(const Services& services, const http::Request& request,
                                       TranscriptReading reading);

/// The tag of a revision in one format: representations of one URL may not share a tag (RFC 9110, section
/// 8.8.3). An edit names the revision by any of them, or by the number alone.
[[nodiscard]] std::string entity_tag(int revision, const Representation& wanted);

/// Whether If-Match names the revision: `*`, "3", or "3-srt", in a list with commas (RFC 9110,
/// section 13.1.1).
[[nodiscard]] bool names_revision(std::string_view field, int revision);
/// 412; `newest` is the revision that should have been named.
[[nodiscard]] tl::unexpected<Error> stale_revision(const std::string& newest);

/// The schema TranscriptRevision.
void write_revision(JsonWriter& json, const TranscriptRevision& revision);
/// The revision that was saved, with its tag.
[[nodiscard]] http::Response saved_response(const TranscriptRevision& saved);

}  // namespace vat::api
