#include "pipeline/takes.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <exception>
#include <utility>

#include "base/json_writer.h"

namespace vat::pipeline {
namespace {

namespace json = boost::json;

constexpr std::int64_t kTakesFormat = 1;
constexpr float kEncodedOne = 32'767;

Take take_of(const tts::SpokenText& spoken) {
  return {.text = spoken.source,
          .voice = spoken.voice,
          .speed = spoken.speed,
          .begin = spoken.begin,
          .end = spoken.finish};
}

void write_take(JsonWriter& writer, const Take& take) {
  writer.begin_object();
  writer.key("text").string(take.text);
  writer.key("voice").string(take.voice);
  writer.key("speed").number(take.speed);
  if (!take.file.empty()) writer.key("file").string(take.file);
  writer.key("begin").integer(take.begin);
  writer.key("end").integer(take.end);
  writer.end_object();
}

std::string text_of(const json::object& from, const char* name) {
  return json::value_to<std::string>(from.at(name));
}

std::optional<double> number_of(const json::object& from, const char* name) {
  const json::value* const value = from.if_contains(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return value->to_number<double>();
}

Take read_take(const json::object& from) {
  return {.text = text_of(from, "text"),
          .voice = text_of(from, "voice"),
          .speed = from.at("speed").to_number<double>(),
          .file = from.contains("file") ? text_of(from, "file") : "",
          .begin = from.at("begin").as_int64(),
          .end = from.at("end").as_int64()};
}

SpeechTakes read_takes(const json::object& from) {
  SpeechTakes takes{.speech_id = text_of(from, "speech_id"),
                    .title = text_of(from, "title"),
                    .language = text_of(from, "language"),
                    .format = media::parse_audio_format(text_of(from, "format")).value(),
                    .loudness = number_of(from, "loudness"),
                    .level = std::nullopt,
                    .timed = from.at("timed").as_bool(),
                    .total = from.at("total").as_int64(),
                    .sentences = {}};
  if (const auto gain = number_of(from, "gain"))
    takes.level = media::LevelPlan{.gain = *gain, .limit = from.at("limited").as_bool()};
  for (const json::value& item : from.at("sentences").as_array()) {
    SpokenSentence& sentence = takes.sentences.emplace_back();
    for (const json::value& take : item.as_array()) sentence.takes.push_back(read_take(take.as_object()));
  }
  return takes;
}

/// What places_of() and join_takes() rely on.
bool is_sound(const SpeechTakes& takes) {
  std::int64_t done = 0;
  for (const SpokenSentence& sentence : takes.sentences) {
    if (sentence.takes.empty()) return false;
    for (const Take& take : sentence.takes)
      if (take.begin < 0 || take.end < take.begin) return false;
    if (!sentence.first().file.empty() || sentence.first().begin < done) return false;
    done = sentence.first().end;
  }
  return done <= takes.total;
}

tl::unexpected<Error> unreadable(std::string detail) {
  return fail(ErrorCode::kBadData, "The list of the speech's sentences cannot be read.", std::move(detail));
}

}  // namespace

float kept_sample(float sample) {
  return static_cast<float>(std::lrint(std::clamp(sample, -1.0F, 1.0F) * kEncodedOne)) / kEncodedOne;
}

float read_sample(float decoded) {
  constexpr float kDecodedOne = 32'768;
  return static_cast<float>(std::lrint(decoded * kDecodedOne)) / kEncodedOne;
}

std::vector<SpokenSentence> sentences_of(const tts::NarrationReport& report, bool timed) {
  std::vector<SpokenSentence> sentences;
  std::optional<std::size_t> cue;
  for (const tts::SpokenText& spoken : report.spoken) {
    if (spoken.finish <= spoken.begin) continue;
    if (timed && cue == spoken.cue) {
      Take& take = sentences.back().takes.back();
      take.text += " " + spoken.source;
      take.end = spoken.finish;
      continue;
    }
    cue = spoken.cue;
    sentences.push_back({{take_of(spoken)}});
  }
  return sentences;
}

std::vector<Place> places_of(const SpeechTakes& takes) {
  std::vector<Place> places;
  std::int64_t clock = 0;
  std::int64_t before = 0;
  for (const SpokenSentence& sentence : takes.sentences) {
    const Take& first = sentence.first();
    clock = takes.timed ? std::max(clock, first.begin) : clock + first.begin - before;
    before = first.end;
    places.push_back({clock, clock + sentence.heard().length()});
    clock = places.back().end;
  }
  return places;
}

std::int64_t length_of(const SpeechTakes& takes, const std::vector<Place>& places) {
  const std::int64_t end = places.empty() ? 0 : places.back().end;
  if (takes.timed) return std::max(takes.total, end);
  return end + takes.total - (takes.sentences.empty() ? 0 : takes.sentences.back().first().end);
}

std::string takes_name(std::string_view speech) { return std::string(speech) + ".takes.json"; }
std::string master_name(std::string_view speech) { return std::string(speech) + ".master.flac"; }
std::string take_name(std::string_view speech, std::string_view uuid) {
  return std::string(speech) + ".take-" + std::string(uuid) + ".flac";
}

void add_take(SpeechTakes& takes, std::size_t sentence, Take take) {
  std::vector<Take>& list = takes.sentences.at(sentence).takes;
  if (list.size() >= kMaxTakes) list.erase(list.begin() + 1);
  list.push_back(std::move(take));
}

std::string to_json(const SpeechTakes& takes) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.key("takes_format").integer(kTakesFormat);
  writer.key("speech_id").string(takes.speech_id);
  writer.key("title").string(takes.title);
  writer.key("language").string(takes.language);
  writer.key("format").string(media::audio_format_name(takes.format));
  writer.key("loudness").number_or_null(takes.loudness);
  writer.key("gain").number_or_null(takes.level ? std::optional(takes.level->gain) : std::nullopt);
  writer.key("limited").boolean(takes.level && takes.level->limit);
  writer.key("timed").boolean(takes.timed);
  writer.key("total").integer(takes.total);
  writer.key("sentences").array(takes.sentences, [&](const SpokenSentence& sentence) {
    writer.array(sentence.takes, [&](const Take& take) { write_take(writer, take); });
  });
  writer.end_object();
  return out;
}

Result<SpeechTakes> takes_from_json(std::string_view text) {
  try {
    const json::value value = json::parse(json::string_view(text.data(), text.size()));
    if (value.at("takes_format").as_int64() != kTakesFormat) return unreadable("another format");
    SpeechTakes takes = read_takes(value.as_object());
    if (!is_sound(takes)) return unreadable("places that are not in order");
    return takes;
  } catch (const std::exception& exception) {
    return unreadable(exception.what());
  }
}

}  // namespace vat::pipeline
