// The files of one recording's results, and writing the text ones.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "domain/transcript.h"
#include "media/media.h"
#include "pipeline/options.h"
#include "subtitles/cues.h"

namespace vat::pipeline {

/// The names of one recording's results: FOLDER/STEM.srt, FOLDER/STEM.speech.mp3, FOLDER/STEM.dub.mp4; a name
/// that is too long for a file system is shortened (fitted_file_name()).
struct ResultPlan {
  std::filesystem::path folder;
  std::string stem;
  Overwrite overwrite = Overwrite::kRefuse;

  [[nodiscard]] std::filesystem::path transcript(subtitles::Format format) const;
  [[nodiscard]] std::filesystem::path speech(media::AudioFormat format) const;
  /// `extension` is that of the dub's container: see dub_extension().
  [[nodiscard]] std::filesystem::path dub(std::string_view extension) const;
};

/// "mp4", "mov", "mkv" or "webm", by the container of the recording; empty if no dub is requested.
/// kInvalidArgument for a recording without video.
[[nodiscard]] Result<std::string> dub_extension(media::Media& media, const JobOptions& options,
                                                const std::filesystem::path& input);

/// All files that the job will write, in that order.
[[nodiscard]] std::vector<std::filesystem::path> planned_files(const ResultPlan& plan,
                                                               const JobOptions& options,
                                                               std::string_view dub_extension);

/// kExists names the first planned file that already exists, unless the plan replaces it: better before an
/// hour of work than after it.
[[nodiscard]] Result<> check_free(const ResultPlan& plan, const std::vector<std::filesystem::path>& files);

/// The preset of the options, or the one for the transcript's language.
[[nodiscard]] Result<subtitles::Preset> cue_preset(const Transcript& transcript, const JobOptions& options);
/// The cues in that preset.
[[nodiscard]] Result<subtitles::ShapedCues> shape_cues(const Transcript& transcript,
                                                       const JobOptions& options);

/// Writes each format of the options, each complete or not at all; returns the files.
[[nodiscard]] Result<std::vector<std::filesystem::path>> write_transcript(const Transcript& transcript,
                                                                          const subtitles::ShapedCues& cues,
                                                                          const ResultPlan& plan,
                                                                          const JobOptions& options);

}  // namespace vat::pipeline
