#include "pipeline/option_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <type_traits>

#include "base/base64.h"
#include "base/number.h"
#include "base/text.h"
#include "pipeline/language.h"

namespace vat::pipeline {
namespace {

namespace json = boost::json;

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
/// Rounded to a millionth: Boost.JSON does not read 17 digits exactly, so a longer number would change each
/// time that it is stored and read.
template <class Input>
Result<> read(std::string_view name, const Input& input, double& target) {
  VAT_TRY(read_number(name, input, target));
  target = std::round(target * 1e6) / 1e6;
  return {};
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
  return read(name, value, target.emplace());
}
Result<> read(std::string_view name, std::string_view text, std::optional<double>& target) {
  if (text == "off" || text == "null") {
    target.reset();
    return {};
  }
  if (!read(name, text, target.emplace())) return wrong_type(name, "a number or off");
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

Result<> read(std::string_view name, std::string_view text, media::Background& target) {
  const auto background = media::parse_background(text);
  if (!background) return wrong_type(name, "off, duck or keep");
  target = *background;
  return {};
}
Result<> read(std::string_view name, const json::value& value, media::Background& target) {
  if (!value.is_string()) return wrong_type(name, "off, duck or keep");
  return read(name, view(value.get_string()), target);
}
json::value write(media::Background background) {
  const std::string_view name = media::background_name(background);
  return json::string(name.data(), name.size());
}

/// Voices by speaker.
using Voices = std::map<std::string, std::string>;
constexpr std::string_view kVoicesForm = R"(an object of voices by speaker, such as {"Anna": "af_heart"})";

Result<> read(std::string_view name, const json::value& value, Voices& target) {
  if (!value.is_object()) return wrong_type(name, kVoicesForm);
  Voices voices;
  for (const auto& [speaker, voice] : value.get_object()) {
    if (!voice.is_string()) return wrong_type(name, kVoicesForm);
    voices.emplace(speaker, view(voice.get_string()));
  }
  target = std::move(voices);
  return {};
}
/// The same object, as a form's text.
Result<> read(std::string_view name, std::string_view text, Voices& target) {
  json::error_code error;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error) return wrong_type(name, kVoicesForm);
  return read(name, value, target);
}
json::value write(const Voices& voices) {
  json::object object;
  for (const auto& [speaker, voice] : voices) object.emplace(to_utf8(speaker), to_utf8(voice));
  return object;
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

// Pairs of a name and a voice, whose numbers are in the machine's own order: only this program writes them.
using KnownSpeakers = std::vector<KnownSpeaker>;
Result<> read(std::string_view name, const json::value& value, KnownSpeakers& target) {
  constexpr std::string_view kWanted = "an array of names and voices";
  target.clear();
  if (!value.is_array()) return wrong_type(name, kWanted);
  for (const json::value& item : value.get_array()) {
    const json::array* const pair = item.if_array();
    if (pair == nullptr || pair->size() != 2 || !pair->at(0).is_string() || !pair->at(1).is_string())
      return wrong_type(name, kWanted);
    const auto bytes = base64_decode(view(pair->at(1).get_string()));
    if (!bytes || bytes->size() % sizeof(float) != 0) return wrong_type(name, kWanted);
    KnownSpeaker& known = target.emplace_back();
    known.name = view(pair->at(0).get_string());
    known.voice.resize(bytes->size() / sizeof(float));
    std::memcpy(known.voice.data(), bytes->data(), bytes->size());
  }
  return {};
}
Result<> read(std::string_view name, std::string_view /*text*/, KnownSpeakers& /*target*/) {
  return wrong_type(name, "left to the service");
}
json::value write(const KnownSpeakers& known) {
  json::array all;
  for (const KnownSpeaker& one : known) {
    const std::string_view bytes(reinterpret_cast<const char*>(one.voice.data()),
                                 one.voice.size() * sizeof(float));
    all.push_back(json::array{write(one.name), write(base64_encode(bytes))});
  }
  return all;
}

Result<> check_model(JobOptions& options) {
  if (!names_file(options.choice)) return {};
  return fail_field("model",
                    "The model must be a name of the catalogue, such as base or small.en, not a file.");
}
Result<> normalise_language(JobOptions& options) {
  VAT_ASSIGN(options.recognition.language, recognition_language(options.recognition.language));
  return {};
}

/// `path` leads to the option: members of JobOptions, and of what is in it.
template <class... Path>
Option option(std::string_view name, Path... path) {
  const auto member = [path...](auto& options) -> auto& { return (options.*....*path); };
  return {.name = name,
          .from_json = [name, member](const json::value& value,
                                      JobOptions& options) { return read(name, value, member(options)); },
          .from_text = [name, member](std::string_view text,
                                      JobOptions& options) { return read(name, text, member(options)); },
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

}  // namespace

const std::vector<Option>& option_table() {
  static const std::vector<Option> options = {
      option("engine", &JobOptions::choice, &RecognitionChoice::engine),
      checked(option("model", &JobOptions::choice, &RecognitionChoice::model), check_model),
      checked(option("language", &JobOptions::recognition, &RecognitionOptions::language),
              normalise_language),
      option("mixed_languages", &JobOptions::recognition, &RecognitionOptions::mixed_languages),
      option("translate", &JobOptions::recognition, &RecognitionOptions::translate),
      option("prompt", &JobOptions::recognition, &RecognitionOptions::prompt),
      option("hotwords", &JobOptions::recognition, &RecognitionOptions::hotwords),
      option("carry_text", &JobOptions::recognition, &RecognitionOptions::carry_text),
      option("beam_size", &JobOptions::recognition, &RecognitionOptions::beam_size),
      option("best_of", &JobOptions::recognition, &RecognitionOptions::best_of),
      option("temperature", &JobOptions::recognition, &RecognitionOptions::temperature),
      option("temperature_step", &JobOptions::recognition, &RecognitionOptions::temperature_step),
      option("word_times", &JobOptions::recognition, &RecognitionOptions::word_times),
      option("short_context", &JobOptions::recognition, &RecognitionOptions::short_context),
      of_operator(option("device", &JobOptions::choice, &RecognitionChoice::device)),
      of_operator(option("weights", &JobOptions::choice, &RecognitionChoice::weights)),
      option("detector", &JobOptions::choice, &RecognitionChoice::detector),
      option("track", &JobOptions::track),
      option("formats", &JobOptions::formats),
      option("preset", &JobOptions::preset),
      option("sounds", &JobOptions::sounds),
      option("speakers", &JobOptions::speakers),
      of_operator(option("known_speakers", &JobOptions::known_speakers)),
      option("speech", &JobOptions::speech),
      option("speech_engine", &JobOptions::spoken, &SpeechOptions::engine),
      option("voice", &JobOptions::spoken, &SpeechOptions::voice),
      option("voices", &JobOptions::spoken, &SpeechOptions::voices),
      option("speed", &JobOptions::spoken, &SpeechOptions::speed),
      option("audio_format", &JobOptions::spoken, &SpeechOptions::format),
      option("loudness", &JobOptions::spoken, &SpeechOptions::loudness),
      option("dub", &JobOptions::dub),
      option("background", &JobOptions::spoken, &SpeechOptions::background)};
  return options;
}

bool names_file(const RecognitionChoice& choice) {
  return choice.model.find_first_of("/\\") != std::string::npos || choice.model.ends_with(".bin");
}

}  // namespace vat::pipeline
