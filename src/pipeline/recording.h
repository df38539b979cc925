// One recording through the whole pipeline: sound, transcript, subtitles, speech, dub. Each stage's result is
// on the disk before the next begins.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "domain/transcript.h"
#include "pipeline/options.h"
#include "pipeline/result_files.h"
#include "pipeline/stages.h"
#include "subtitles/cues.h"

namespace vat::pipeline {

struct RecordingReport {
  Transcript transcript;
  std::vector<std::filesystem::path> files;         ///< What was written, in order.
  std::size_t resumed_chunks = 0;                   ///< Taken from an earlier run that was stopped.
  std::vector<subtitles::CueProblem> cue_problems;  ///< Of the cues that a result shows.
  std::optional<tts::NarrationReport> speech;
  /// The stage after the transcript that failed, while the transcript is there.
  std::optional<Error> failure;
};

/// `input` is a file, or "-" for stdin. kExists before any work when a result is there already. kCancelled
/// after `stop`; the same call then goes on from the finished chunks, unless `resume` is false.
[[nodiscard]] Result<RecordingReport> process_recording(const Workshop& workshop,
                                                        const std::filesystem::path& input,
                                                        const JobOptions& options, const ResultPlan& plan,
                                                        bool resume, const Reporter& reporter,
                                                        std::stop_token stop);

}  // namespace vat::pipeline
