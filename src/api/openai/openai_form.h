// OpenAI's transcription and translation requests as jobs of this service. Private to api. Docs:
// https://platform.openai.com/docs/api-reference/audio
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/jobs/job_request.h"
#include "api/services.h"
#include "api/uploads/form.h"
#include "base/result.h"

namespace vat::api {

enum class OpenAiTask { kTranscribe, kTranslate };
enum class OpenAiFormat { kJson, kText, kSrt, kVerboseJson, kDiarizedJson, kVtt };

/// A sample of a speaker's voice: a recording.
struct SpeakerSample {
  std::string name;
  std::string bytes;
};

struct OpenAiRequest {
  JobRequest job;
  OpenAiFormat format = OpenAiFormat::kJson;
  bool words = false;     ///< timestamp_granularities[].
  bool segments = false;  ///< The same.
  bool stream = false;
  bool logprobs = false;               ///< include[].
  bool has_language = false;           ///< language is given.
  std::string keywords;                ///< keywords[], separated by commas.
  std::vector<std::string> languages;  ///< languages[].
  std::vector<SpeakerSample> samples;  ///< known_speaker_names[] and known_speaker_references[].
  std::vector<std::string> warnings;   ///< What of the request is ignored, and why: one sentence each.

  /// Adds a sentence unless it is there.
  void warn(std::string text);
};

/// kInvalidArgument for a name that the form of the task does not have.
[[nodiscard]] Result<> check_openai_field(OpenAiTask task, const std::string& name);
/// Whether the field's value may be long: a speaker's voice as a data URL.
[[nodiscard]] bool is_long_openai_field(const std::string& name);
/// The fields of a form, whatever their order. Errors name the field. Blocks shortly.
[[nodiscard]] Result<OpenAiRequest> read_openai_form(const Services& services, OpenAiTask task,
                                                     const FormFields& fields);

/// Interprets `model`: OpenAI's own names ("whisper-1", "gpt-4o-transcribe") are the operator's choice, the
/// names of the catalogue are themselves, and "pocketsphinx" is the engine. kNotFound about "model" for
/// anything else. Blocks shortly.
[[nodiscard]] Result<pipeline::RecognitionChoice> openai_model(const Services& services,
                                                               std::string_view name);
/// Whether it is one of OpenAI's names.
[[nodiscard]] bool is_openai_name(std::string_view name);

}  // namespace vat::api
