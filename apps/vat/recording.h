// One recording through the whole pipeline: sound, transcript, subtitles, speech, dub. Each stage's result is
// on the disk, or on standard output, before the next begins.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/transcript.h"
#include "pipeline/options.h"
#include "pipeline/result_files.h"
#include "pipeline/stages.h"
#include "subtitles/cues.h"

namespace vat::app {

/// What is to be made of what.
struct RecordingTask {
  std::filesystem::path input;  ///< A file, or "-" for stdin.
  pipeline::JobOptions options;
  pipeline::ResultPlan plan;
  bool to_stdout =
      false;  ///< The only result goes to stdout, TXT as it is recognised, and no file is written.
  std::function<void()> before_stdout;  ///< Called before a whole result is written there; may be empty.
  std::filesystem::path speakers_from;  ///< An RTTM file of who speaks; may be empty.
  bool resume = true;  ///< Resuming after the chunks that a stopped run of the same task has finished.
};

/// Whether its text is written to stdout as it is recognised, and not at the end.
[[nodiscard]] bool writes_live_text(const RecordingTask& task);

struct RecordingReport {
  Transcript transcript;
  std::vector<std::filesystem::path> files;         ///< What was written, in order.
  std::vector<subtitles::CueProblem> cue_problems;  ///< Of the cues that a result shows.
  std::size_t sounds_left_out = 0;                  ///< Of the text.
  std::optional<tts::NarrationReport> speech;
  /// The error of a stage after the transcript, which exists.
  std::optional<Error> failure;
};

/// The files that the task will write, in that order. `dub_extension` as in pipeline/result_files.h.
[[nodiscard]] std::vector<std::filesystem::path> planned_files(const RecordingTask& task,
                                                               std::string_view dub_extension);

/// kExists before any work when a result is there already. kCancelled after `stop`; the finished chunks are
/// kept then.
[[nodiscard]] Result<RecordingReport> process_recording(const pipeline::Resources& resources,
                                                        const RecordingTask& task,
                                                        const pipeline::Observer& observer,
                                                        std::stop_token stop);

}  // namespace vat::app
