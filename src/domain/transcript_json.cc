#include "domain/transcript_json.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdint>
#include <exception>
#include <limits>
#include <new>
#include <utility>

#include "base/text.h"

namespace vat {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostBytes = 4U << 20U;
constexpr std::size_t kDeepest = 8;
constexpr Millis kLongestTime = std::chrono::hours(24);
constexpr std::int64_t kFormat = 1;

/// Why a document is refused. Thrown and caught in this file alone.
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
  if (!value.is_array()) throw Refusal{"a member is no array"};
  return value.get_array();
}

std::string read_text(const json::object& object, std::string_view name) {
  const json::value& value = member(object, name);
  if (!value.is_string()) throw Refusal{"a member is no string"};
  return {value.get_string().begin(), value.get_string().end()};
}

float read_float(const json::object& object, std::string_view name) {
  const json::value& value = member(object, name);
  json::error_code error;
  const auto number = value.to_number<double>(error);
  if (error || !(std::abs(number) <= static_cast<double>(std::numeric_limits<float>::max()))) {
    throw Refusal{"a member is no finite number"};
  }
  return static_cast<float>(number);
}

std::size_t read_count(const json::object& object, std::string_view name) {
  json::error_code error;
  const auto number = member(object, name).to_number<std::uint32_t>(error);
  if (error) throw Refusal{"a member is no count"};
  return number;
}

Millis read_time(const json::object& object, std::string_view name, Millis earliest) {
  json::error_code error;
  const Millis time(member(object, name).to_number<std::int64_t>(error));
  if (error || time < earliest || time > kLongestTime) throw Refusal{"a time is out of order"};
  return time;
}

bool read_flag(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
  if (value == nullptr) return false;
  if (!value->is_bool()) throw Refusal{"a member is no flag"};
  return value->get_bool();
}

Word read_word(const json::object& object, Millis earliest) {
  Word word;
  word.start = read_time(object, "start", earliest);
  word.end = read_time(object, "end", word.start);
  word.text = read_text(object, "text");
  word.confidence = read_float(object, "confidence");
  word.joined = read_flag(object, "joined");
  return word;
}

Segment read_segment(const json::object& object, Millis earliest) {
  Segment segment;
  segment.start = read_time(object, "start", earliest);
  segment.end = read_time(object, "end", segment.start);
  segment.text = read_text(object, "text");
  segment.average_log_probability = read_float(object, "average_log_probability");
  segment.no_speech_probability = read_float(object, "no_speech_probability");
  segment.compression_ratio = read_float(object, "compression_ratio");
  segment.temperature = read_float(object, "temperature");
  Millis last(0);
  for (const json::value& value : read_array(object, "words")) {
    segment.words.push_back(read_word(object_in(value), last));
    last = segment.words.back().start;
  }
  return segment;
}

ChunkText read_chunk(const json::object& object) {
  if (read_count(object, "format") != kFormat) throw Refusal{"the format is another one"};
  ChunkText text;
  text.language = read_text(object, "language");
  text.language_probability = read_float(object, "language_probability");
  const json::object& removed = object_in(member(object, "removed"));
  text.removed.silence_segments = read_count(removed, "silence_segments");
  text.removed.repetition_segments = read_count(removed, "repetition_segments");
  text.removed.words = read_count(removed, "words");
  Millis last(0);
  for (const json::value& value : read_array(object, "segments")) {
    text.segments.push_back(read_segment(object_in(value), last));
    last = text.segments.back().start;
  }
  return text;
}

auto refuse(std::string detail) {
  return fail(ErrorCode::kBadData,
              "The checkpoint of a chunk is damaged; the chunk must be recognised again.", std::move(detail));
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
  if (json_text.size() > kMostBytes) return refuse("it is too large");
  json::parse_options options;
  options.max_depth = kDeepest;
  try {
    json::error_code error;
    const json::value value =
        json::parse(json::string_view(json_text.data(), json_text.size()), error, {}, options);
    if (error) return refuse(error.message());
    return read_chunk(object_in(value));
  } catch (const Refusal& refusal) {
    return refuse(refusal.detail);
  } catch (const std::exception& exception) {
    return refuse(exception.what());
  }
}

}  // namespace vat
