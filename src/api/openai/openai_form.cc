#include "api/openai/openai_form.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "pipeline/options_json.h"

namespace vat::api {
namespace {

constexpr std::string_view kGranularities = "timestamp_granularities[]";
constexpr std::array<std::string_view, 5> kBoth = {"model", "prompt", "response_format", "temperature",
                                                   "file"};
constexpr std::array<std::string_view, 4> kTranscribing = {"language", "stream", kGranularities,
                                                           "timestamp_granularities"};
/// Jobs with a waiting client run before the others.
constexpr int kPriority = 5;

template <std::size_t Count>
bool has(const std::array<std::string_view, Count>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<OpenAiFormat> parse_format(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, OpenAiFormat>, 5> kNames = {
      {{"json", OpenAiFormat::kJson},
       {"text", OpenAiFormat::kText},
       {"srt", OpenAiFormat::kSrt},
       {"verbose_json", OpenAiFormat::kVerboseJson},
       {"vtt", OpenAiFormat::kVtt}}};
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == name; });
  if (found == kNames.end()) return std::nullopt;
  return found->second;
}

Result<> read_field(const Services& services, const std::string& name, const std::string& value,
                    OpenAiRequest& asked) {
  pipeline::JobOptions& options = asked.job.options;
  if (name == "model") {
    VAT_ASSIGN(options.choice, openai_model(services, value));
    return {};
  }
  if (name == "response_format") {
    const auto format = parse_format(value);
    if (!format) return fail_field(name, "response_format must be json, text, srt, verbose_json or vtt.");
    asked.format = *format;
    return {};
  }
  if (name.starts_with("timestamp_granularities")) {
    if (value != "word" && value != "segment")
      return fail_field(name, "timestamp_granularities[] must be word or segment.");
    (value == "word" ? asked.words : asked.segments) = true;
    return {};
  }
  if (name == "stream") {
    if (value != "true" && value != "false") return fail_field(name, "stream must be true or false.");
    asked.stream = value == "true";
    return {};
  }
  // Language, prompt and temperature are options of a job under the same names. An empty one is ignored.
  if (value.empty()) return {};
  VAT_ASSIGN(const bool known, pipeline::set_option(options, name, value));
  return known ? Result<>() : fail_field(name, "There is no field \"" + name + "\" here.");
}

/// No files: the response is made from the transcript.
pipeline::JobOptions start_options(const Services& services, OpenAiTask task) {
  pipeline::JobOptions options = services.defaults;
  options.speech = false;
  options.dub = false;
  options.formats.clear();
  options.recognition.translate = task == OpenAiTask::kTranslate;
  return options;
}

}  // namespace

bool is_openai_name(std::string_view name) {
  constexpr std::array<std::string_view, 4> kPrefixes = {"whisper-", "gpt-", "tts-", "o1-"};
  return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

Result<pipeline::RecognitionChoice> openai_model(const Services& services, std::string_view name) {
  pipeline::RecognitionChoice choice = services.defaults.choice;
  if (is_openai_name(name)) return choice;
  if (name == "pocketsphinx") {
    choice.engine = name;
    return choice;
  }
  const Result<catalog::ModelInfo> model = services.models.find(name);
  if (!model || model->kind != catalog::ModelKind::kRecognition) {
    const std::string shown = to_utf8(name.substr(0, kMaxShownBytes));
    return fail(Error(ErrorCode::kNotFound, "There is no model \"" + shown + "\"; see GET /v1/models.")
                    .about_field("model"));
  }
  choice.engine = "whisper";
  choice.model = model->name;
  return choice;
}

Result<> check_openai_field(OpenAiTask task, const std::string& name) {
  if (has(kBoth, name) || (task == OpenAiTask::kTranscribe && has(kTranscribing, name))) return {};
  const std::string shown = to_utf8(std::string_view(name).substr(0, kMaxShownBytes));
  return fail_field(shown, "There is no field \"" + shown + "\" here.");
}

Result<OpenAiRequest> read_openai_form(const Services& services, OpenAiTask task, const FormFields& fields) {
  VAT_TRY(refuse_repeated(fields, "timestamp_granularities"));
  OpenAiRequest asked;
  asked.job.options = start_options(services, task);
  asked.job.priority = kPriority;
  bool has_model = false;
  for (const auto& [name, value] : fields) {
    VAT_TRY(read_field(services, name, value, asked));
    has_model = has_model || name == "model";
  }
  if (!has_model) return fail_field("model", "The field model is missing.");
  if ((asked.words || asked.segments) && asked.format != OpenAiFormat::kVerboseJson)
    return fail_field(std::string(kGranularities),
                      "timestamp_granularities[] requires the response_format verbose_json.");
  if (asked.stream && asked.format != OpenAiFormat::kJson && asked.format != OpenAiFormat::kText)
    return fail_field("stream", "stream requires the response_format json or text.");
  if (!asked.words) asked.segments = true;
  if (asked.words) asked.job.options.recognition.word_times = true;
  return asked;
}

}  // namespace vat::api
