// A transcript in one of its formats, as a file to download. Private to api.
#pragma once

#include <string>

#include "base/result.h"
#include "domain/job.h"
#include "domain/transcript.h"
#include "subtitles/formats.h"

namespace vat::api {

struct TranscriptFile {
  std::string name;  ///< "talk.srt", after the job's title.
  std::string bytes;
};

/// With the options of the job; `preset`, a known one, takes the place of its own if it is not empty.
[[nodiscard]] Result<TranscriptFile> transcript_file(const Job& job, const Transcript& transcript,
                                                     subtitles::Format format, const std::string& preset);

/// A job's title without what looks like the end of a file's name: "talk.mp4" -> "talk".
[[nodiscard]] std::string stem_of(const std::string& title);

}  // namespace vat::api
