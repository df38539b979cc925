#include "api/openai/openai_form.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

#include "api/catalog/known_models.h"
#include "api/common/json_fields.h"
#include "base/ascii.h"
#include "base/base64.h"
#include "base/text.h"
#include "domain/transcript.h"
#include "pipeline/options_json.h"

namespace vat::api {
namespace {

constexpr std::array<std::string_view, 5> kBoth = {"model", "prompt", "response_format", "temperature",
                                                   "file"};
constexpr std::array<std::string_view, 2> kTranscribing = {"language", "stream"};
/// Client libraries write the items of a list as "include[]", programs by hand also as "include".
constexpr std::array<std::string_view, 6> kLists = {
    "timestamp_granularities",  "include",  "known_speaker_names",
    "known_speaker_references", "keywords", "languages"};
constexpr const char* kKnownNames = "known_speaker_names[]";
constexpr const char* kKnownReferences = "known_speaker_references[]";
constexpr std::string_view kChunking = "chunking_strategy";
constexpr std::array<std::string_view, 4> kChunkingMembers = {"type", "prefix_padding_ms",
                                                              "silence_duration_ms", "threshold"};
/// Jobs with a waiting client run before the others.
constexpr int kPriority = 5;

template <std::size_t Count>
bool has(const std::array<std::string_view, Count>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<OpenAiFormat> parse_format(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, OpenAiFormat>, 6> kNames = {
      {{"json", OpenAiFormat::kJson},
       {"text", OpenAiFormat::kText},
       {"srt", OpenAiFormat::kSrt},
       {"verbose_json", OpenAiFormat::kVerboseJson},
       {"diarized_json", OpenAiFormat::kDiarizedJson},
       {"vtt", OpenAiFormat::kVtt}}};
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == name; });
  if (found == kNames.end()) return std::nullopt;
  return found->second;
}

/// "include" of "include[]" and "include[0]"; the whole of other names.
std::string_view list_name(std::string_view name) {
  const std::size_t bracket = name.find('[');
  if (bracket == std::string_view::npos || name.back() != ']') return name;
  const std::string_view index = name.substr(bracket + 1, name.size() - bracket - 2);
  return index.empty() || all_digits(index) ? name.substr(0, bracket) : name;
}

/// "threshold" of "chunking_strategy[threshold]"; empty for other names.
std::string_view chunking_member(std::string_view name) {
  if (!name.starts_with(kChunking) || !name.ends_with(']')) return {};
  name.remove_prefix(kChunking.size());
  return name.starts_with('[') ? name.substr(1, name.size() - 2) : std::string_view();
}

/// As programs of several languages write them; empty for anything else.
std::optional<bool> parse_truth(std::string_view value) {
  const std::string word = to_lower(trim(value));
  if (word == "true" || word == "1") return true;
  if (word == "false" || word == "0" || word == "null" || word == "none") return false;
  return std::nullopt;
}

Result<> read_chunking(const std::string& name, const std::string& value, OpenAiRequest& asked) {
  if (name == kChunking && (value == "auto" || value == "null")) return {};
  const bool detector = name != kChunking || value.find("server_vad") != std::string::npos;
  if (!detector) return fail_field(name, "chunking_strategy must be auto or server_vad.");
  asked.warn("chunking_strategy is ignored: recordings are always cut at pauses.");
  return {};
}

Result<> read_list_item(std::string_view list, const std::string& name, const std::string& value,
                        OpenAiRequest& asked) {
  if (list == "include") {
    if (value != "logprobs") return fail_field(name, "include[] must be logprobs.");
    asked.logprobs = true;
  } else if (list == "timestamp_granularities") {
    if (value != "word" && value != "segment")
      return fail_field(name, "timestamp_granularities[] must be word or segment.");
    (value == "word" ? asked.words : asked.segments) = true;
  } else if (list == "keywords") {
    append_item(asked.keywords, value, ", ");
  } else if (list == "languages") {
    asked.languages.push_back(value);
  }
  return {};
}

/// The bytes of "data:audio/wav;base64,UklGR...".
Result<std::string> bytes_of_data_url(std::string_view url) {
  constexpr std::string_view kEncoding = ";base64";
  const std::size_t comma = url.find(',');
  const bool is_data = url.starts_with("data:") && comma != std::string_view::npos &&
                       url.substr(0, comma).ends_with(kEncoding);
  auto bytes = is_data ? base64_decode(url.substr(comma + 1)) : std::nullopt;
  if (bytes && !bytes->empty()) return *std::move(bytes);
  return fail_field(kKnownReferences,
                    "known_speaker_references[] must be data URLs, such as data:audio/wav;base64,...");
}

/// Names and samples in the same order.
Result<> read_known_speakers(const FormFields& fields, OpenAiRequest& asked) {
  std::vector<std::string> names;
  std::vector<std::string_view> references;
  for (const auto& [name, value] : fields) {
    if (list_name(name) == "known_speaker_names") names.push_back(one_line(value));
    if (list_name(name) == "known_speaker_references") references.emplace_back(value);
  }
  if (names.size() != references.size() || names.size() > kMaxLongFields)
    return fail_field(kKnownNames,
                      "known_speaker_names[] must be as many as known_speaker_references[], at most 4.");
  if (names.empty()) return {};
  if (asked.format != OpenAiFormat::kDiarizedJson) {
    asked.warn("known_speaker_names is ignored: only the response_format diarized_json has speakers.");
    return {};
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty() || names[i].size() > kMaxSpeakerName)
      return fail_field(kKnownNames, "A name of known_speaker_names[] must have 1 to " +
                                         std::to_string(kMaxSpeakerName) + " bytes.");
    VAT_ASSIGN(std::string bytes, bytes_of_data_url(references[i]));
    asked.samples.push_back({std::move(names[i]), std::move(bytes)});
  }
  return {};
}

Result<> read_response_format(const std::string& value, OpenAiRequest& asked) {
  const auto format = parse_format(value);
  if (!format)
    return fail_field("response_format",
                      "response_format must be json, text, srt, verbose_json, diarized_json or vtt.");
  asked.format = *format;
  if (*format == OpenAiFormat::kDiarizedJson) asked.job.options.speakers = "auto";
  return {};
}

Result<> read_field(const Services& services, const std::string& name, const std::string& value,
                    OpenAiRequest& asked) {
  pipeline::JobOptions& options = asked.job.options;
  if (name == "model") {
    VAT_ASSIGN(options.choice, openai_model(services, value));
    return {};
  }
  const std::string_view list = list_name(name);
  if (list.starts_with("known_speaker_")) return {};  // read_known_speakers()
  if (value.empty()) return {};                       // Not given.
  if (name == "response_format") return read_response_format(value, asked);
  if (has(kLists, list)) return read_list_item(list, name, value, asked);
  if (name.starts_with(kChunking)) return read_chunking(name, value, asked);
  if (name == "stream") {
    const std::optional<bool> stream = parse_truth(value);
    if (!stream) return fail_field(name, "stream must be true or false.");
    asked.stream = *stream;
    return {};
  }
  asked.has_language = asked.has_language || name == "language";
  // Language, prompt and temperature are options of a job under the same names.
  VAT_ASSIGN(const bool known, pipeline::set_option(options, name, value));
  return known ? Result<>() : fail_field(name, "There is no field \"" + name + "\" here.");
}

/// Keywords are hotwords. Whisper is given one language, or finds it among all.
Result<> read_hints(OpenAiRequest& asked) {
  pipeline::JobOptions& options = asked.job.options;
  if (!asked.keywords.empty()) {
    VAT_TRY(pipeline::set_option(options, "hotwords", asked.keywords));
  }
  if (asked.languages.size() == 1 && !asked.has_language) {
    VAT_TRY(pipeline::set_option(options, "language", asked.languages.front()));
  } else if (!asked.languages.empty()) {
    asked.warn(asked.has_language ? "languages is ignored: language names the one."
                                  : "languages is ignored: the language is detected among all.");
  }
  return {};
}

/// What one field asks for and another makes impossible is left out, and said, as OpenAI does for whisper-1.
void settle(OpenAiRequest& asked) {
  const bool verbose = asked.format == OpenAiFormat::kVerboseJson;
  if ((asked.words || asked.segments) && !verbose) {
    asked.warn("timestamp_granularities is ignored: only the response_format verbose_json has times.");
    asked.words = false;
  }
  constexpr std::array kStreamed = {OpenAiFormat::kJson, OpenAiFormat::kText, OpenAiFormat::kDiarizedJson};
  if (asked.stream && std::find(kStreamed.begin(), kStreamed.end(), asked.format) == kStreamed.end()) {
    asked.warn("stream is ignored: only the response_formats json, text and diarized_json are streamed.");
    asked.stream = false;
  }
  if (asked.logprobs && asked.format != OpenAiFormat::kJson) {
    asked.warn("include is ignored: only the response_format json has logprobs.");
    asked.logprobs = false;
  }
  asked.segments = asked.segments || !asked.words;
  if (asked.words || asked.logprobs) asked.job.options.recognition.word_times = true;
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
  const Result<catalog::ModelInfo> model = find_model(services, name);
  if (!model || !is_recogniser(*model)) {
    const std::string shown = to_utf8(name.substr(0, kMaxShownBytes));
    return fail(Error(ErrorCode::kNotFound, "There is no model \"" + shown + "\"; see GET /v1/models.")
                    .about_field("model"));
  }
  choice.engine = model->kind == catalog::ModelKind::kSherpa ? "sherpa" : "whisper";
  choice.model = model->name;
  return choice;
}

Result<> check_openai_field(OpenAiTask task, const std::string& name) {
  if (has(kBoth, name)) return {};
  if (task == OpenAiTask::kTranscribe && (has(kTranscribing, name) || has(kLists, list_name(name)) ||
                                          name == kChunking || has(kChunkingMembers, chunking_member(name))))
    return {};
  const std::string shown = to_utf8(std::string_view(name).substr(0, kMaxShownBytes));
  return fail_field(shown, "There is no field \"" + shown + "\" here.");
}

bool is_long_openai_field(const std::string& name) { return list_name(name) == "known_speaker_references"; }

void OpenAiRequest::warn(std::string text) {
  if (std::find(warnings.begin(), warnings.end(), text) == warnings.end())
    warnings.push_back(std::move(text));
}

Result<OpenAiRequest> read_openai_form(const Services& services, OpenAiTask task, const FormFields& fields) {
  FormFields single;
  std::copy_if(fields.begin(), fields.end(), std::back_inserter(single),
               [](const auto& field) { return !has(kLists, list_name(field.first)); });
  VAT_TRY(refuse_repeated(single));
  OpenAiRequest asked;
  asked.job.options = start_options(services, task);
  asked.job.priority = kPriority;
  bool has_model = false;
  for (const auto& [name, value] : fields) {
    VAT_TRY(read_field(services, name, value, asked));
    has_model = has_model || name == "model";
  }
  if (!has_model) return fail_field("model", "The field model is missing.");
  if (task == OpenAiTask::kTranslate && asked.format == OpenAiFormat::kDiarizedJson)
    return fail_field("response_format",
                      "The response_format of a translation must be json, text, srt, verbose_json or vtt.");
  VAT_TRY(read_known_speakers(fields, asked));
  VAT_TRY(read_hints(asked));
  settle(asked);
  return asked;
}

}  // namespace vat::api
