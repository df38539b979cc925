#include "domain/transcript_json.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdint>
#include <exception>
#include <limits>
#include <new>
#include <utility>

#include "base/json_writer.h"
#include "base/text.h"

namespace vat {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxChunkBytes = 4U << 20U;
constexpr std::size_t kMaxTranscriptBytes = 256U << 20U;
constexpr std::size_t kDeepest = 8;
constexpr Millis kLongestChunk = std::chrono::hours(24);
constexpr std::int64_t kFormat = 1;
constexpr const char* kOutOfOrder = "a time is out of order";

/// Why a document is rejected. Thrown and caught in this file only.
struct Refusal {
  const char* detail;
};

float finite(float value) { return std::isfinite(value) ? value : 0.0F; }

json::object write(const Removed& removed) {
  return {{"silence_segments", removed.silence_segments},
          {"repetition_segments", removed.repetition_segments},
          {"words", removed.words}};
}

json::object write(const Word& word) {
  json::object object{{"start", word.start.count()},
                      {"end", word.end.count()},
                      {"text", to_utf8(word.text)},
                      {"confidence", finite(word.confidence)}};
  if (word.joined) object["joined"] = true;
  return object;
}

json::object write(const Segment& segment) {
  json::array words;
  for (const Word& word : segment.words) words.push_back(write(word));
  return {{"start", segment.start.count()},
          {"end", segment.end.count()},
          {"text", to_utf8(segment.text)},
          {"average_log_probability", finite(segment.average_log_probability)},
          {"no_speech_probability", finite(segment.no_speech_probability)},
          {"compression_ratio", finite(segment.compression_ratio)},
          {"temperature", finite(segment.temperature)},
          {"words", std::move(words)}};
}

const json::object& object_in(const json::value& value) {
  if (!value.is_object()) throw Refusal{"an object is missing"};
  return value.get_object();
}

const json::value& member(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
  if (value == nullptr) throw Refusal{"a member is missing"};
  return *value;
}

const json::array& read_array(const json::object& object, std::string_view name) {
  const json::value& value = member(object, name);
  if (!value.is_array()) throw Refusal{"a member is not an array"};
  return value.get_array();
}

std::string read_text(const json::object& object, std::string_view name) {
  const json::value& value = member(object, name);
  if (!value.is_string()) throw Refusal{"a member is not a string"};
  return {value.get_string().begin(), value.get_string().end()};
}

std::size_t read_count(const json::object& object, std::string_view name) {
  json::error_code error;
  const auto number = member(object, name).to_number<std::uint32_t>(error);
  if (error) throw Refusal{"a member is not a count"};
  return number;
}

/// Of any size: find_time_fault() has the last word.
Millis read_time(const json::object& object, std::string_view name) {
  json::error_code error;
  const Millis time(member(object, name).to_number<std::int64_t>(error));
  if (error) throw Refusal{"a member is no time"};
  return time;
}

double read_double(const json::object& object, std::string_view name) {
  json::error_code error;
  const auto number = member(object, name).to_number<double>(error);
  if (error || !std::isfinite(number)) throw Refusal{"a member is not a finite number"};
  return number;
}

float read_float(const json::object& object, std::string_view name) {
  const double number = read_double(object, name);
  if (std::abs(number) > static_cast<double>(std::numeric_limits<float>::max())) {
    throw Refusal{"a member is not a finite number"};
  }
  return static_cast<float>(number);
}

bool read_flag(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
  if (value == nullptr) return false;
  if (!value->is_bool()) throw Refusal{"a member is not a boolean"};
  return value->get_bool();
}

Word read_word(const json::object& object) {
  Word word;
  word.start = read_time(object, "start");
  word.end = read_time(object, "end");
  word.text = read_text(object, "text");
  word.confidence = read_float(object, "confidence");
  word.joined = read_flag(object, "joined");
  return word;
}

Segment read_segment(const json::object& object) {
  Segment segment;
  segment.start = read_time(object, "start");
  segment.end = read_time(object, "end");
  segment.text = read_text(object, "text");
  segment.average_log_probability = read_float(object, "average_log_probability");
  segment.no_speech_probability = read_float(object, "no_speech_probability");
  segment.compression_ratio = read_float(object, "compression_ratio");
  segment.temperature = read_float(object, "temperature");
  for (const json::value& value : read_array(object, "words"))
    segment.words.push_back(read_word(object_in(value)));
  return segment;
}

std::vector<Segment> read_segments(const json::object& object) {
  std::vector<Segment> segments;
  for (const json::value& value : read_array(object, "segments"))
    segments.push_back(read_segment(object_in(value)));
  return segments;
}

Removed read_removed(const json::object& parent) {
  const json::object& object = object_in(member(parent, "removed"));
  return {.silence_segments = read_count(object, "silence_segments"),
          .repetition_segments = read_count(object, "repetition_segments"),
          .words = read_count(object, "words")};
}

void read_format(const json::object& object) {
  if (read_count(object, "format") != kFormat) throw Refusal{"the format differs"};
}

ChunkText read_chunk(const json::object& object) {
  read_format(object);
  ChunkText text;
  text.language = read_text(object, "language");
  text.language_probability = read_float(object, "language_probability");
  text.removed = read_removed(object);
  text.segments = read_segments(object);
  if (find_time_fault(text.segments, kLongestChunk)) throw Refusal{kOutOfOrder};
  return text;
}

Transcript read_transcript(const json::object& object) {
  read_format(object);
  Transcript transcript;
  transcript.engine = read_text(object, "engine");
  transcript.model = read_text(object, "model");
  transcript.model_version = read_text(object, "model_version");
  transcript.task = read_text(object, "task");
  transcript.language = read_text(object, "language");
  transcript.language_probability = read_float(object, "language_probability");
  transcript.duration = read_time(object, "duration");
  transcript.speech = read_time(object, "speech");
  transcript.removed = read_removed(object);
  const json::object& timings = object_in(member(object, "timings"));
  transcript.timings.total = read_double(timings, "total");
  transcript.timings.recognition = read_double(timings, "recognition");
  for (const json::value& value : read_array(object, "warnings")) {
    if (!value.is_string()) throw Refusal{"a warning is not a string"};
    transcript.warnings.emplace_back(value.get_string().begin(), value.get_string().end());
  }
  transcript.segments = read_segments(object);
  if (!check_times(transcript)) throw Refusal{kOutOfOrder};
  return transcript;
}

void write_word(JsonWriter& json, const Word& word) {
  json.begin_object();
  json.key("start").integer(word.start.count());
  json.key("end").integer(word.end.count());
  json.key("text").string(word.text);
  json.key("confidence").number(word.confidence);
  if (word.joined) json.key("joined").boolean(true);
  json.end_object();
}

void write_segment(JsonWriter& json, const Segment& segment) {
  json.begin_object();
  json.key("start").integer(segment.start.count());
  json.key("end").integer(segment.end.count());
  json.key("text").string(segment.text);
  json.key("average_log_probability").number(segment.average_log_probability);
  json.key("no_speech_probability").number(segment.no_speech_probability);
  json.key("compression_ratio").number(segment.compression_ratio);
  json.key("temperature").number(segment.temperature);
  json.key("words").begin_array();
  for (const Word& word : segment.words) write_word(json, word);
  json.end_array();
  json.end_object();
}

void write_summary(JsonWriter& json, const Transcript& transcript) {
  json.key("engine").string(transcript.engine);
  json.key("model").string(transcript.model);
  json.key("model_version").string(transcript.model_version);
  json.key("task").string(transcript.task);
  json.key("language").string(transcript.language);
  json.key("language_probability").number(transcript.language_probability);
  json.key("duration").integer(transcript.duration.count());
  json.key("speech").integer(transcript.speech.count());
  json.key("removed").begin_object();
  json.key("silence_segments").integer(static_cast<std::int64_t>(transcript.removed.silence_segments));
  json.key("repetition_segments").integer(static_cast<std::int64_t>(transcript.removed.repetition_segments));
  json.key("words").integer(static_cast<std::int64_t>(transcript.removed.words));
  json.end_object();
  json.key("timings").begin_object();
  json.key("total").number(transcript.timings.total);
  json.key("recognition").number(transcript.timings.recognition);
  json.end_object();
  json.key("warnings").begin_array();
  for (const std::string& warning : transcript.warnings) json.string(warning);
  json.end_array();
}

/// Both formats: the value that `read` makes of the document, or an error with the message.
template <class Value>
Result<Value> parse_document(std::string_view text, std::size_t max_bytes, Value (*read)(const json::object&),
                             const char* sentence) {
  const auto refuse = [&](std::string detail) {
    return fail(ErrorCode::kBadData, sentence, std::move(detail));
  };
  if (text.size() > max_bytes) return refuse("it is too large");
  json::parse_options options;
  options.max_depth = kDeepest;
  try {
    json::error_code error;
    // Freed at once at the end, instead of value by value.
    json::monotonic_resource memory;
    const json::value value =
        json::parse(json::string_view(text.data(), text.size()), error, &memory, options);
    if (error) return refuse(error.message());
    return read(object_in(value));
  } catch (const Refusal& refusal) {
    return refuse(refusal.detail);
  } catch (const std::exception& exception) {
    return refuse(exception.what());
  }
}

}  // namespace

std::string to_json(const ChunkText& text) {
  json::array segments;
  for (const Segment& segment : text.segments) segments.push_back(write(segment));
  const json::object object{{"format", kFormat},
                            {"language", to_utf8(text.language)},
                            {"language_probability", finite(text.language_probability)},
                            {"removed", write(text.removed)},
                            {"segments", std::move(segments)}};
  return json::serialize(object);
}

Result<ChunkText> chunk_text_from_json(std::string_view json_text) {
  return parse_document(json_text, kMaxChunkBytes, &read_chunk,
                        "The checkpoint of a chunk is damaged; the chunk must be recognised again.");
}

std::string to_json(const Transcript& transcript) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("format").integer(kFormat);
  write_summary(json, transcript);
  json.key("segments").begin_array();
  for (const Segment& segment : transcript.segments) write_segment(json, segment);
  json.end_array();
  json.end_object();
  return text;
}

Result<Transcript> transcript_from_json(std::string_view json_text) {
  return parse_document(json_text, kMaxTranscriptBytes, &read_transcript,
                        "The document is not a transcript of this program.");
}

}  // namespace vat
