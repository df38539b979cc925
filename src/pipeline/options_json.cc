#include "pipeline/options_json.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <exception>
#include <functional>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/json_writer.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/text.h"
#include "pipeline/language.h"

namespace vat::pipeline {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxOptionsBytes = 64U << 10U;
constexpr std::size_t kDeepest = 4;
constexpr std::size_t kLongestShown = 60;  // bytes of an unknown name in a sentence

/// Whether the text comes from a user of the service or from to_json().
enum class Source { kUser, kStored };

tl::unexpected<Error> wrong_type(std::string_view name, std::string_view wanted) {
  return fail_field(std::string(name),
                    "The option " + std::string(name) + " must be " + std::string(wanted) + ".");
}

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

// For each type of option: reading it from JSON and from a form's text, and writing it as JSON.

Result<> read(std::string_view name, const json::value& value, bool& target) {
  if (!value.is_bool()) return wrong_type(name, "true or false");
  target = value.get_bool();
  return {};
}
Result<> read(std::string_view name, std::string_view text, bool& target) {
  constexpr std::array<std::string_view, 4> kYes = {"true", "1", "on", "yes"};
  constexpr std::array<std::string_view, 4> kNo = {"false", "0", "off", "no"};
  target = std::find(kYes.begin(), kYes.end(), text) != kYes.end();
  if (!target && std::find(kNo.begin(), kNo.end(), text) == kNo.end())
    return wrong_type(name, "true or false");
  return {};
}
json::value write(bool value) { return value; }

template <class Number>
constexpr std::string_view kNumberName = std::is_integral_v<Number> ? "a whole number" : "a number";

/// int, float and double.
template <class Number>
Result<> read_number(std::string_view name, const json::value& value, Number& target) {
  json::error_code error;
  // The cast of a number that no float holds is undefined.
  using Wide = std::conditional_t<std::is_same_v<Number, float>, double, Number>;
  const Wide number = value.to_number<Wide>(error);
  if (error || static_cast<double>(number) < static_cast<double>(std::numeric_limits<Number>::lowest()) ||
      static_cast<double>(number) > static_cast<double>(std::numeric_limits<Number>::max()))
    return wrong_type(name, kNumberName<Number>);
  target = static_cast<Number>(number);
  return {};
}
template <class Number>
Result<> read_number(std::string_view name, std::string_view text, Number& target) {
  const std::optional<Number> number = parse_number<Number>(text);
  if (!number) return wrong_type(name, kNumberName<Number>);
  target = *number;
  return {};
}
template <class Input>
Result<> read(std::string_view name, const Input& input, int& target) {
  return read_number(name, input, target);
}
template <class Input>
Result<> read(std::string_view name, const Input& input, float& target) {
  return read_number(name, input, target);
}
template <class Input>
Result<> read(std::string_view name, const Input& input, double& target) {
  return read_number(name, input, target);
}
json::value write(int value) { return value; }
json::value write(double value) { return value; }
/// The shortest number that is the same float: 0.2, not 0.20000000298.
json::value write(float value) {
  std::array<char, 64> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  double shortest = value;
  std::from_chars(text.data(), written.ptr, shortest);
  return shortest;
}

/// Empty is null, and "off" in a form.
Result<> read(std::string_view name, const json::value& value, std::optional<double>& target) {
  if (value.is_null()) {
    target.reset();
    return {};
  }
  if (!value.is_number()) return wrong_type(name, "a number or null");
  return read_number(name, value, target.emplace());
}
Result<> read(std::string_view name, std::string_view text, std::optional<double>& target) {
  if (text == "off" || text == "null") {
    target.reset();
    return {};
  }
  if (!read_number(name, text, target.emplace())) return wrong_type(name, "a number or off");
  return {};
}
json::value write(const std::optional<double>& value) { return value ? json::value(*value) : json::value(); }

Result<> read(std::string_view name, const json::value& value, std::string& target) {
  if (!value.is_string()) return wrong_type(name, "a text");
  target = view(value.get_string());
  return {};
}
Result<> read(std::string_view name, std::string_view text, std::string& target) {
  if (!is_utf8(text)) return wrong_type(name, "a UTF-8 string");
  target = text;
  return {};
}
json::value write(const std::string& value) { return json::string(to_utf8(value)); }

Result<> read(std::string_view name, std::string_view text, media::AudioFormat& target) {
  const auto format = media::parse_audio_format(text);
  if (!format) return wrong_type(name, "mp3, opus, m4a, aac, flac or wav");
  target = *format;
  return {};
}
Result<> read(std::string_view name, const json::value& value, media::AudioFormat& target) {
  if (!value.is_string()) return wrong_type(name, "mp3, opus, m4a, aac, flac or wav");
  return read(name, view(value.get_string()), target);
}
json::value write(media::AudioFormat format) {
  const std::string_view name = media::audio_format_name(format);
  return json::string(name.data(), name.size());
}

using Formats = std::vector<subtitles::Format>;

Result<> add(std::string_view name, std::string_view text, Formats& formats) {
  const auto format = subtitles::parse_format(text);
  if (!format) return fail_field(std::string(name), format.error().message);
  if (std::find(formats.begin(), formats.end(), *format) == formats.end()) formats.push_back(*format);
  return {};
}
Result<> read(std::string_view name, const json::value& value, Formats& target) {
  if (!value.is_array()) return wrong_type(name, "an array of strings");
  target.clear();
  for (const json::value& item : value.get_array()) {
    if (!item.is_string()) return wrong_type(name, "an array of strings");
    VAT_TRY(add(name, view(item.get_string()), target));
  }
  return {};
}
Result<> read(std::string_view name, std::string_view text, Formats& target) {
  target.clear();
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    VAT_TRY(add(name, trim(text.substr(0, comma)), target));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return {};
}
json::value write(const Formats& formats) {
  json::array names;
  for (const subtitles::Format format : formats) {
    const std::string_view name = subtitles::format_name(format);
    names.push_back(json::string(name.data(), name.size()));
  }
  return names;
}

/// Only the operator may name a model file: a user could name any file of this machine.
bool is_file(const std::string& model) {
  return model.find_first_of("/\\") != std::string::npos || model.ends_with(".bin");
}
Result<> check_model(JobOptions& options) {
  if (!is_file(options.choice.model)) return {};
  return fail_field("model",
                    "The model must be a name of the catalogue, such as base or small.en, not a file.");
}
Result<> normalise_language(JobOptions& options) {
  VAT_ASSIGN(options.recognition.language, recognition_language(options.recognition.language));
  return {};
}

struct Option {
  std::string_view name;
  bool operators = false;  ///< Not settable by users.
  std::function<Result<>(std::string_view name, const json::value& value, JobOptions& options)> from_json;
  std::function<Result<>(std::string_view name, std::string_view text, JobOptions& options)> from_text;
  std::function<json::value(const JobOptions& options)> get;
  Result<> (*check_of_user)(JobOptions& options) = nullptr;
};

/// `member` returns a reference to the option in the given JobOptions.
template <class Member>
Option option(std::string_view name, Member member) {
  return {.name = name,
          .from_json = [member](std::string_view n, const json::value& value,
                                JobOptions& options) { return read(n, value, member(options)); },
          .from_text = [member](std::string_view n, std::string_view text,
                                JobOptions& options) { return read(n, text, member(options)); },
          .get = [member](const JobOptions& options) { return write(member(options)); }};
}
Option checked(Option made, Result<> (*check)(JobOptions&)) {
  made.check_of_user = check;
  return made;
}
Option of_operator(Option made) {
  made.operators = true;
  return made;
}

/// Every option of a job, in the order of the documentation.
const std::vector<Option>& table() {
  static const std::vector<Option> options = {
      option(
          "engine", [](auto& o) -> auto& { return o.choice.engine; }),
      checked(option(
                  "model", [](auto& o) -> auto& { return o.choice.model; }),
              check_model),
      checked(option(
                  "language", [](auto& o) -> auto& { return o.recognition.language; }),
              normalise_language),
      option(
          "translate", [](auto& o) -> auto& { return o.recognition.translate; }),
      option(
          "prompt", [](auto& o) -> auto& { return o.recognition.prompt; }),
      option(
          "carry_text", [](auto& o) -> auto& { return o.recognition.carry_text; }),
      option(
          "beam_size", [](auto& o) -> auto& { return o.recognition.beam_size; }),
      option(
          "best_of", [](auto& o) -> auto& { return o.recognition.best_of; }),
      option(
          "temperature", [](auto& o) -> auto& { return o.recognition.temperature; }),
      option(
          "temperature_step", [](auto& o) -> auto& { return o.recognition.temperature_step; }),
      option(
          "word_times", [](auto& o) -> auto& { return o.recognition.word_times; }),
      option(
          "short_context", [](auto& o) -> auto& { return o.recognition.short_context; }),
      of_operator(option(
          "device", [](auto& o) -> auto& { return o.choice.device; })),
      of_operator(option(
          "weights", [](auto& o) -> auto& { return o.choice.weights; })),
      option(
          "detector", [](auto& o) -> auto& { return o.choice.detector; }),
      option(
          "track", [](auto& o) -> auto& { return o.track; }),
      option(
          "formats", [](auto& o) -> auto& { return o.formats; }),
      option(
          "preset", [](auto& o) -> auto& { return o.preset; }),
      option(
          "speech", [](auto& o) -> auto& { return o.speech; }),
      option(
          "speech_engine", [](auto& o) -> auto& { return o.spoken.engine; }),
      option(
          "voice", [](auto& o) -> auto& { return o.spoken.voice; }),
      option(
          "speed", [](auto& o) -> auto& { return o.spoken.speed; }),
      option(
          "audio_format", [](auto& o) -> auto& { return o.spoken.format; }),
      option(
          "loudness", [](auto& o) -> auto& { return o.spoken.loudness; }),
      option(
          "dub", [](auto& o) -> auto& { return o.dub; })};
  return options;
}

const Option* find_option(std::string_view name, Source source) {
  for (const Option& option : table()) {
    if (option.name == name && (source == Source::kStored || !option.operators)) return &option;
  }
  return nullptr;
}

tl::unexpected<Error> unknown(std::string_view name) {
  const std::string shown = to_utf8(name.substr(0, kLongestShown));
  const std::string_view meant = nearest(shown, option_names());
  return fail_field(shown, "A job has no option \"" + shown + "\"" +
                               (meant.empty() ? "." : "; did you mean " + std::string(meant) + "?"));
}

Result<> set_member(const json::key_value_pair& member, Source source, JobOptions& options) {
  const std::string_view name(member.key().data(), member.key().size());
  const Option* const option = find_option(name, source);
  if (option == nullptr) return unknown(name);
  VAT_TRY(option->from_json(name, member.value(), options));
  if (source == Source::kUser && option->check_of_user != nullptr) VAT_TRY(option->check_of_user(options));
  return {};
}

Result<JobOptions> parse(std::string_view text, const JobOptions& defaults, Source source) {
  if (text.size() > kMaxOptionsBytes)
    return fail(ErrorCode::kLimit, "The options of a job are longer than 64 KiB of JSON.");
  json::parse_options limits;
  limits.max_depth = kDeepest;
  json::error_code error;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, limits);
  if (error)
    return fail(ErrorCode::kInvalidArgument, "The options of a job are not valid JSON.", error.message());
  if (!value.is_object())
    return fail(ErrorCode::kInvalidArgument, "The options of a job must be one JSON object.");
  JobOptions options = defaults;
  for (const json::key_value_pair& member : value.get_object()) VAT_TRY(set_member(member, source, options));
  VAT_TRY(validate(options));
  return options;
}

/// Exceptions of Boost.JSON (out of memory) stop here.
Result<JobOptions> parse_safely(std::string_view text, const JobOptions& defaults, Source source) {
  try {
    return parse(text, defaults, source);
  } catch (const std::exception& exception) {
    return fail(ErrorCode::kInvalidArgument, "The options of a job cannot be read.", exception.what());
  }
}

/// With JsonWriter, which writes numbers in short form.
void write_value(JsonWriter& writer, const json::value& value) {
  switch (value.kind()) {
    case json::kind::bool_:
      writer.boolean(value.get_bool());
      break;
    case json::kind::int64:
      writer.integer(value.get_int64());
      break;
    case json::kind::double_:
      writer.number(value.get_double());
      break;
    case json::kind::string:
      writer.string(view(value.get_string()));
      break;
    case json::kind::array:
      writer.array(value.get_array(), [&](const json::value& item) { write_value(writer, item); });
      break;
    default:
      writer.null();
  }
}

template <class Wanted>
std::string write_options(const JobOptions& options, Wanted wanted) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  for (const Option& option : table()) {
    if (!wanted(option)) continue;
    writer.key(option.name);
    write_value(writer, option.get(options));
  }
  writer.end_object();
  return text;
}

}  // namespace

Result<JobOptions> job_options_from_json(std::string_view json, const JobOptions& defaults) {
  return parse_safely(json, defaults, Source::kUser);
}

Result<JobOptions> job_options_from_stored_json(std::string_view json) {
  return parse_safely(json, {}, Source::kStored);
}

Result<bool> set_option(JobOptions& options, std::string_view name, std::string_view text) {
  const Option* const option = find_option(name, Source::kUser);
  if (option == nullptr) return false;
  JobOptions changed = options;
  VAT_TRY(option->from_text(name, text, changed));
  if (option->check_of_user != nullptr) VAT_TRY(option->check_of_user(changed));
  VAT_TRY(validate(changed));
  options = std::move(changed);
  return true;
}

std::string to_json(const JobOptions& options) {
  return write_options(options, [](const Option&) { return true; });
}

std::string to_public_json(const JobOptions& options) {
  return write_options(options, [&](const Option& option) {
    return !option.operators && (option.name != "model" || !is_file(options.choice.model));
  });
}

std::vector<std::string_view> option_names() {
  std::vector<std::string_view> names;
  for (const Option& option : table()) {
    if (!option.operators) names.push_back(option.name);
  }
  return names;
}

}  // namespace vat::pipeline
