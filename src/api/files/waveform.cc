#include "api/files/waveform.h"

#include <algorithm>
#include <utility>

#include "api/common/query.h"
#include "api/files/send_file.h"
#include "media/waveform.h"

namespace vat::api {
namespace {

constexpr int kUsualResolution = 10;

Error no_waveform(const Job& job) {
  if (job.kind == JobKind::kSpeech)
    return {ErrorCode::kNotFound, "This job was created from a text and has no waveform."};
  if (job.transcript_done)
    return {
        ErrorCode::kNotFound,
        "This job has no waveform, because it was transcribed before waveforms were drawn or its recording "
        "was removed."};
  return {ErrorCode::kNotFound, "The waveform of this job is drawn while its recording is transcribed."};
}

}  // namespace

Result<http::Response> send_waveform(const Services& services, const http::Request& request, const Job& job,
                                     const std::string& cache_control) {
  VAT_ASSIGN(const auto asked, query_integer(request, "resolution", 1, kRecognitionRate));
  const int resolution = static_cast<int>(asked.value_or(kUsualResolution));
  if (!std::count(media::kWaveformResolutions.begin(), media::kWaveformResolutions.end(), resolution))
    return fail_field("resolution", "The parameter resolution must be 1, 10 or 100 points a second.");
  const Result<Artifact> file =
      services.jobs.artifact(job.user_id, job.id, media::waveform_file_name(resolution));
  if (!file) return fail(file.error().code == ErrorCode::kNotFound ? no_waveform(job) : file.error());
  VAT_ASSIGN(std::string shown, disposition(request, file->content_type, file->name));
  http::FileContent content{.content_type = file->content_type, .disposition = std::move(shown)};
  if (!cache_control.empty()) content.cache_control = cache_control;
  return send_object(services, request, file->object_key, file->sha256, std::move(content));
}

}  // namespace vat::api
