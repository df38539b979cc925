#include "pipeline/result_files.h"

#include "base/file_name.h"
#include "subtitles/shape.h"
#include "subtitles/sound_captions.h"

namespace vat::pipeline {

namespace fs = std::filesystem;

fs::path ResultPlan::transcript(subtitles::Format format) const {
  return folder / fitted_file_name(stem, "." + std::string(subtitles::file_extension(format)));
}

fs::path ResultPlan::speech(media::AudioFormat format) const {
  return folder / fitted_file_name(stem, ".speech." + std::string(media::audio_format_name(format)));
}

fs::path ResultPlan::dub(std::string_view extension) const {
  return folder / fitted_file_name(stem, ".dub." + std::string(extension));
}

Result<std::string> dub_extension(media::Media& media, const JobOptions& options, const fs::path& input) {
  if (!options.dub) return std::string();
  return media.mux_extension(input, {});
}

std::vector<fs::path> planned_files(const ResultPlan& plan, const JobOptions& options,
                                    std::string_view dub_extension) {
  std::vector<fs::path> files;
  for (const subtitles::Format format : options.formats) files.push_back(plan.transcript(format));
  if (options.speech) files.push_back(plan.speech(options.spoken.format));
  if (options.dub) files.push_back(plan.dub(dub_extension));
  return files;
}

Result<> check_free(const ResultPlan& plan, const std::vector<fs::path>& files) {
  if (plan.overwrite == Overwrite::kReplace) return {};
  std::error_code ignored;
  for (const fs::path& file : files) {
    if (fs::exists(file, ignored)) return fail(ErrorCode::kExists, file.string() + " already exists.");
  }
  return {};
}

Result<subtitles::Preset> cue_preset(const Transcript& transcript, const JobOptions& options) {
  const bool english =
      transcript.language.empty() || transcript.language == "en" || transcript.task == "translate";
  const std::string name = !options.preset.empty() ? options.preset : english ? "netflix" : "netflix-other";
  return subtitles::find_preset(name);
}

Result<subtitles::ShapedCues> shape_cues(const Transcript& transcript, const JobOptions& options) {
  VAT_ASSIGN(const subtitles::Preset preset, cue_preset(transcript, options));
  return subtitles::shape(options.sounds ? subtitles::with_sounds(transcript) : transcript, preset);
}

Result<std::vector<fs::path>> write_transcript(const Transcript& transcript,
                                               const subtitles::ShapedCues& cues, const ResultPlan& plan,
                                               const JobOptions& options) {
  const subtitles::WriteOptions write_options{.title = plan.stem, .sounds = options.sounds};
  std::vector<fs::path> files;
  for (const subtitles::Format format : options.formats) {
    const std::string text = subtitles::write(format, transcript, cues, write_options);
    fs::path path = plan.transcript(format);
    VAT_TRY(write_file_atomically(path, text, plan.overwrite));
    files.push_back(std::move(path));
  }
  return files;
}

}  // namespace vat::pipeline
