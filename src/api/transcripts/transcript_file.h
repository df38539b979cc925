// A transcript in one of its formats, as a file to download. Private to api.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "domain/job.h"
#include "domain/transcript.h"
#include "subtitles/formats.h"

namespace vat::api {

struct TranscriptFile {
  std::string name;  ///< "talk.srt", after the job's title.
  std::string bytes;
};

/// How a transcript is to look; what is empty is as the job's options have it.
struct TranscriptLook {
  std::string preset = {};                      ///< A known one.
  std::optional<std::size_t> line_length = {};  ///< Columns of a line of subtitles, in place of the preset's.
  std::optional<std::size_t> lines = {};        ///< Of a cue, likewise.
  std::optional<Millis> paragraph_pause = {};   ///< As WriteOptions::paragraph_pause.
  std::optional<bool> sounds = {};              ///< Whether sounds are included.
  bool speakers = true;                         ///< Whether it says who speaks.
  bool times = true;                            ///< As WriteOptions::times.
  std::optional<std::size_t> max_segments = {};  ///< The beginning alone.
};

[[nodiscard]] Result<TranscriptFile> transcript_file(const Job& job, const Transcript& transcript,
                                                     subtitles::Format format, const TranscriptLook& look);
/// Another text for each look, for entity tags; empty for the usual one.
[[nodiscard]] std::string name_of(const TranscriptLook& look);

/// A job's title without what looks like the end of a file's name: "talk.mp4" -> "talk".
[[nodiscard]] std::string stem_of(const std::string& title);

}  // namespace vat::api
