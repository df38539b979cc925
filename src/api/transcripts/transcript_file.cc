#include "api/transcripts/transcript_file.h"

#include "base/file_name.h"
#include "pipeline/options_json.h"
#include "pipeline/result_files.h"

namespace vat::api {

std::string stem_of(const std::string& title) {
  const std::size_t dot = title.rfind('.');
  return dot == std::string::npos || dot == 0 || title.size() - dot > 6 ? title : title.substr(0, dot);
}

Result<TranscriptFile> transcript_file(const Job& job, const Transcript& transcript, subtitles::Format format,
                                       const std::string& preset) {
  VAT_ASSIGN(pipeline::JobOptions options, pipeline::job_options_from_stored_json(job.options));
  if (!preset.empty()) options.preset = preset;
  VAT_ASSIGN(const subtitles::ShapedCues cues, pipeline::shape_cues(transcript, options));
  const std::string stem = stem_of(job.title);
  return TranscriptFile{
      .name = fitted_file_name(stem, "." + std::string(subtitles::file_extension(format))),
      .bytes = subtitles::write(format, transcript, cues, {.title = stem, .sounds = options.sounds})};
}

}  // namespace vat::api
