#include "api/openai/openai_answers.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <utility>

#include "api/catalog/known_models.h"
#include "api/common/handler.h"
#include "api/common/problem.h"
#include "api/common/warnings.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"
#include "pipeline/result_files.h"
#include "subtitles/formats.h"
#include "subtitles/whisper_json.h"

namespace vat::api {
namespace {

std::string_view type_of(int status) {
  if (status == 401) return "authentication_error";
  if (status == 403) return "permission_error";
  if (status == 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

void write_error(JsonWriter& json, const http::Request& request, const Error& error) {
  const int status = http_status(error);
  const bool hidden = status == 500;
  json.key("error").begin_object();
  json.key("message").string(public_message(request, error));
  json.key("type").string(type_of(status));
  json.key("param").string_or_null(error.field);
  json.key("code").string(traits(hidden ? ErrorCode::kInternal : error.code).name);
  json.end_object();
}

void write_usage(JsonWriter& json, const Transcript& transcript) {
  json.key("usage").begin_object();
  json.key("type").string("duration");
  // Whole seconds, rounded up, like OpenAI.
  json.key("seconds").integer((transcript.duration.count() + 999) / 1000);
  json.end_object();
}

void write_words(JsonWriter& json, const Transcript& transcript) {
  json.key("words").begin_array();
  for (const Segment& segment : transcript.segments) {
    for (const Word& word : segment.words) {
      json.begin_object();
      json.key("word").string(word.text);
      json.key("start").number(to_seconds(word.start));
      json.key("end").number(to_seconds(word.end));
      json.end_object();
    }
  }
  json.end_array();
}

bool has_confidences(const Transcript& transcript) {
  return std::any_of(transcript.segments.begin(), transcript.segments.end(), [](const Segment& segment) {
    return std::any_of(segment.words.begin(), segment.words.end(),
                       [](const Word& word) { return word.confidence > 0; });
  });
}

/// One entry for each word, whose probability is that of its tokens together.
void write_logprobs(JsonWriter& json, const Transcript& transcript) {
  constexpr float kLeast = 1e-6F;
  bool first = true;
  json.key("logprobs").begin_array();
  for (const Segment& segment : transcript.segments) {
    for (const Word& word : segment.words) {
      const std::string token = (first || word.joined ? "" : " ") + word.text;
      first = false;
      json.begin_object();
      json.key("token").string(token);
      json.key("bytes").begin_array();
      for (const char byte : token) json.integer(static_cast<unsigned char>(byte));
      json.end_array();
      json.key("logprob").number(std::log(std::clamp(word.confidence, kLeast, 1.0F)));
      json.end_object();
    }
  }
  json.end_array();
}

std::string verbose_json(const OpenAiRequest& asked, const Transcript& transcript) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("task").string(transcript.task);
  json.key("language").string(subtitles::language_name(transcript.language));
  json.key("duration").number(to_seconds(transcript.duration));
  json.key("text").string(transcript.text());
  if (asked.words) write_words(json, transcript);
  if (asked.segments) {
    std::int64_t id = 0;
    json.key("segments").array(transcript.segments, [&](const Segment& segment) {
      subtitles::write_whisper_segment(json, segment, id++);
    });
  }
  write_usage(json, transcript);
  json.end_object();
  return out;
}

/// A, B, ..., Z, AA, AB, ...
std::string letters(std::size_t number) {
  std::string text;
  for (std::size_t rest = number + 1; rest > 0; rest = (rest - 1) / 26)
    text.insert(text.begin(), static_cast<char>('A' + (rest - 1) % 26));
  return text;
}

/// The name of a known speaker; the others have letters in the order of their first words.
std::string speaker_of(const Transcript& transcript, const Segment& segment) {
  std::size_t unknown = 0;
  for (const Speaker& speaker : transcript.speakers) {
    if (speaker.id == segment.speaker) return speaker.name.empty() ? letters(unknown) : speaker.name;
    if (speaker.name.empty()) ++unknown;
  }
  return "unknown";
}

void write_diarized_segment(JsonWriter& json, const Transcript& transcript, std::size_t number) {
  const Segment& segment = transcript.segments[number];
  json.begin_object();
  json.key("type").string("transcript.text.segment");
  json.key("id").string("seg_" + std::to_string(number));
  json.key("start").number(to_seconds(segment.start));
  json.key("end").number(to_seconds(segment.end));
  json.key("text").string(segment.text);
  json.key("speaker").string(speaker_of(transcript, segment));
  json.end_object();
}

std::string diarized_json(const Transcript& transcript) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("task").string("transcribe");
  json.key("duration").number(to_seconds(transcript.duration));
  json.key("text").string(transcript.text());
  std::size_t number = 0;
  json.key("segments").array(transcript.segments, [&](const Segment&) {
    write_diarized_segment(json, transcript, number++);
  });
  write_usage(json, transcript);
  json.end_object();
  return out;
}

std::string plain_json(const OpenAiRequest& asked, const Transcript& transcript) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("text").string(transcript.text());
  if (asked.logprobs && has_confidences(transcript)) write_logprobs(json, transcript);
  write_usage(json, transcript);
  json.end_object();
  return out;
}

Result<http::Response> subtitles_response(const OpenAiRequest& asked, const Transcript& transcript) {
  const subtitles::Format format =
      asked.format == OpenAiFormat::kSrt ? subtitles::Format::kSrt : subtitles::Format::kVtt;
  VAT_ASSIGN(const subtitles::ShapedCues cues, pipeline::shape_cues(transcript, asked.job.options));
  return http::text_response(
      200, std::string(subtitles::media_type(format)),
      subtitles::write(format, transcript, cues, {.sounds = asked.job.options.sounds}));
}

Result<http::Response> transcript_in_format(const OpenAiRequest& asked, const Transcript& transcript) {
  switch (asked.format) {
    case OpenAiFormat::kJson:
      return json_response(200, plain_json(asked, transcript));
    case OpenAiFormat::kVerboseJson:
      return json_response(200, verbose_json(asked, transcript));
    case OpenAiFormat::kDiarizedJson:
      return json_response(200, diarized_json(transcript));
    case OpenAiFormat::kText:
      return http::text_response(200, "text/plain; charset=utf-8", transcript.text() + "\n");
    case OpenAiFormat::kSrt:
    case OpenAiFormat::kVtt:
      break;
  }
  return subtitles_response(asked, transcript);
}

}  // namespace

http::Response openai_error(const http::Request& request, const Error& error) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_error(json, request, error);
  json.end_object();
  http::Response response = json_response(http_status(error), std::move(body));
  set_error_fields(response, error);
  return response;
}

Result<http::Response> openai_transcript(const OpenAiRequest& asked, const Transcript& transcript) {
  VAT_ASSIGN(http::Response response, transcript_in_format(asked, transcript));
  std::vector<std::string> warnings = asked.warnings;
  if (asked.logprobs && !has_confidences(transcript))
    warnings.emplace_back("include is ignored: this engine has no logprobs.");
  const bool speechless = transcript.segments.empty();
  if (asked.format == OpenAiFormat::kDiarizedJson && transcript.speakers.empty() && !speechless)
    warnings.emplace_back("Speakers are not told apart, so they are labelled unknown.");
  set_warnings(response, warnings);
  return response;
}

std::string delta_event(std::string_view text) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("type").string("transcript.text.delta");
  json.key("delta").string(text);
  json.end_object();
  return out;
}

std::vector<std::string> segment_events(const OpenAiRequest& asked, const Transcript& transcript) {
  if (asked.format != OpenAiFormat::kDiarizedJson) return {};
  std::vector<std::string> events(transcript.segments.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    JsonWriter json(events[i]);
    write_diarized_segment(json, transcript, i);
  }
  return events;
}

std::string done_event(const OpenAiRequest& asked, const Transcript& transcript) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("type").string("transcript.text.done");
  json.key("text").string(transcript.text());
  if (asked.logprobs && has_confidences(transcript)) write_logprobs(json, transcript);
  write_usage(json, transcript);
  json.end_object();
  return out;
}

std::string error_event(const http::Request& request, const Error& error) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("type").string("error");
  write_error(json, request, error);
  json.end_object();
  return out;
}

std::string TextDeltas::next(const std::string& data) {
  namespace json = boost::json;
  json::error_code error;
  const json::value value = json::parse(data, error);
  const json::object* const object = error ? nullptr : value.if_object();
  const json::value* const text = object == nullptr ? nullptr : object->if_contains("text");
  if (text == nullptr || !text->is_string()) return {};
  const json::value* const index = object->if_contains("index");
  if (index != nullptr && index->is_int64() && index->get_int64() < told_) return {};
  ++told_;
  std::string delta = json::value_to<std::string>(*text);
  const json::value* const joined = object->if_contains("joined");
  const bool spaced = joined == nullptr || !joined->is_bool() || !joined->get_bool();
  if (!delta.empty() && !std::exchange(first_, false) && spaced) delta.insert(delta.begin(), ' ');
  return delta;
}

std::vector<OpenAiModel> openai_models(const std::vector<catalog::ModelInfo>& models) {
  std::vector<OpenAiModel> list = {{"whisper-1", "openai"}, {"tts-1", "openai"}, {"pocketsphinx", "cmu"}};
  for (const catalog::ModelInfo& model : models) {
    if (is_recogniser(model))
      list.push_back(
          {model.name, model.published && model.kind != catalog::ModelKind::kSherpa ? "openai" : "user"});
  }
  return list;
}

std::string openai_model_json(const OpenAiModel& model) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("id").string(model.id);
  json.key("object").string("model");
  json.key("created").integer(0);  // The time is unknown, but clients expect the member.
  json.key("owned_by").string(model.owner);
  json.end_object();
  return out;
}

std::string openai_models_json(const std::vector<OpenAiModel>& models) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("object").string("list");
  json.key("data").array(models, [&](const OpenAiModel& model) { json.raw(openai_model_json(model)); });
  json.end_object();
  return out;
}

}  // namespace vat::api
