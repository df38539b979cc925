// The sentences of a speech, and one of them again.
#include <utility>

#include "api/common/handler.h"
#include "api/common/rate_limits.h"
#include "api/common/warnings.h"
#include "api/files/send_file.h"
#include "api/routes.h"
#include "api/speech/kept_speech.h"
#include "base/number.h"
#include "http/content.h"
#include "tts/sentences.h"
#include "tts/speech_text.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::size_t kMaxTakeVoice = 200;

std::string tag_of(const std::string& revision) { return "\"" + revision + "\""; }

void write_sentence(JsonWriter& json, std::size_t index, const pipeline::SpokenSentence& sentence,
                    const pipeline::Place& place) {
  const pipeline::Take& take = sentence.heard();
  json.begin_object();
  json.key("index").integer(static_cast<std::int64_t>(index));
  json.key("start").number(to_seconds(pipeline::speech_time(place.begin)));
  json.key("end").number(to_seconds(pipeline::speech_time(place.end)));
  json.key("text").string(take.text);
  json.key("voice").string(take.voice);
  json.key("speed").number(take.speed);
  json.key("takes").integer(std::ssize(sentence.takes));
  json.end_object();
}

Response sentences_response(const pipeline::SpeechTakes& takes, const std::string& revision) {
  const std::vector<pipeline::Place> places = pipeline::places_of(takes);
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("revision").string(revision);
  json.key("language").string(takes.language);
  json.key("timed").boolean(takes.timed);
  json.key("duration_seconds").number(to_seconds(pipeline::speech_time(length_of(takes, places))));
  json.key("items").begin_array();
  for (std::size_t i = 0; i < places.size(); ++i) write_sentence(json, i, takes.sentences[i], places[i]);
  json.end_array();
  json.end_object();
  Response response = json_response(200, std::move(body));
  response.set("ETag", tag_of(revision)).set("Cache-Control", "private, no-cache");
  return response;
}

Result<KeptSpeech> speech_of(const Services& services, const User& user, const Request& request) {
  return find_kept_speech(services, user.id, request.parameter("id"), request.parameter("name"));
}

Answer list_sentences(const Services& services, const User& user, Request& request) {
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const KeptSpeech speech, speech_of(services, user, request));
    const std::string tag = tag_of(speech.list.id);
    if (!http::etag_matches(request.header("If-None-Match"), tag))
      return sentences_response(speech.takes, speech.list.id);
    Response response = http::empty_response(304);
    response.set("ETag", tag).set("Cache-Control", "private, no-cache");
    return response;
  };
  co_return co_await services.pool.run(work);
}

/// What the request says; the rest is as the sentence was.
struct Wishes {
  std::optional<std::string> text;
  std::optional<std::string> voice;
  std::optional<double> speed;
};

Result<Wishes> read_take_wishes(JsonFields& fields) {
  Wishes wishes;
  VAT_ASSIGN(wishes.text, fields.text("text", {.min = 1, .max = pipeline::kMaxTakeBytes}));
  VAT_ASSIGN(wishes.voice, fields.text("voice", {.min = 1, .max = kMaxTakeVoice}));
  VAT_ASSIGN(wishes.speed, fields.number("speed", 0.25, 4));
  VAT_TRY(fields.finish());
  return wishes;
}

Result<pipeline::TakeWish> wish_for(const KeptSpeech& speech, std::size_t sentence, const Wishes& wishes) {
  const pipeline::Take& heard = speech.takes.sentences[sentence].heard();
  pipeline::TakeWish wish{.text = wishes.text.value_or(heard.text),
                          .voice = wishes.voice.value_or(heard.voice),
                          .speed = wishes.speed.value_or(heard.speed)};
  if (speech.is_dub() && tts::is_ssml(wish.text))
    return fail_field("text",
                      "The sentences of a dub are plain texts, because they are fitted into its time.");
  const auto read = tts::read_speech_text(wish.text, speech.takes.language);
  if (!read) return fail_field("text", read.error().message);
  if (!tts::is_speakable(read->words)) return fail_field("text", "The text has no words to speak.");
  return wish;
}

/// The sentence of the path.
struct ChosenSentence {
  KeptSpeech speech;
  std::size_t sentence = 0;
};

Result<ChosenSentence> find_sentence(const Services& services, const User& user, const Request& request) {
  ChosenSentence chosen;
  VAT_ASSIGN(chosen.speech, speech_of(services, user, request));
  const auto index = parse_number<std::size_t>(request.parameter("index"));
  if (!index || *index >= chosen.speech.takes.sentences.size())
    return fail(ErrorCode::kNotFound, "The speech has no such sentence.");
  chosen.sentence = *index;
  return chosen;
}

/// The same for a client that changes it, and knows the newest ones.
Result<ChosenSentence> choose_sentence(const Services& services, const User& user, const Request& request) {
  VAT_ASSIGN(ChosenSentence chosen, find_sentence(services, user, request));
  if (!is_final(chosen.speech.job.state)) return fail(ErrorCode::kExists, "The job has not ended yet.");
  if (request.header("If-Match").empty())
    return fail(http_refusal(428, "Name the revision of the sentences in If-Match.", "If-Match"));
  if (!http::etag_matches(request.header("If-Match"), tag_of(chosen.speech.list.id))) return stale_speech();
  return chosen;
}

Result<Response> revised_response(Result<RevisedSpeech> revised) {
  if (!revised) return fail(std::move(revised).error());
  Response response = sentences_response(revised->takes, revised->revision);
  set_warnings(response, revised->warnings);
  return response;
}

Answer play_sentence(const Services& services, const User& user, Request& request) {
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const ChosenSentence chosen, find_sentence(services, user, request));
    const std::string number = std::to_string(chosen.sentence + 1);
    VAT_ASSIGN(std::string shown, disposition(request, "audio/wav", "sentence-" + number + ".wav"));
    VAT_ASSIGN(HeardSentence heard, hear_sentence(services, chosen.speech, chosen.sentence));
    return send_content(request, {.path = heard.file,
                                  .content_type = "audio/wav",
                                  .etag = tag_of(chosen.speech.list.id + "-" + number),
                                  .disposition = std::move(shown),
                                  .hold = std::move(heard.hold)});
  };
  co_return co_await services.slow_pool.run(work);
}

Answer make_sentence_again(const Services& services, const User& user, Request& request, JsonFields& fields) {
  VAT_CO_TRY(admit(services, user, request, Act::kJob));
  VAT_CO_ASSIGN(const Wishes wishes, read_take_wishes(fields));
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const ChosenSentence chosen, choose_sentence(services, user, request));
    VAT_ASSIGN(const pipeline::TakeWish wish, wish_for(chosen.speech, chosen.sentence, wishes));
    return revised_response(make_again(services, chosen.speech, chosen.sentence, wish));
  };
  co_return co_await services.speakers.run(work);
}

Answer take_sentence_back(const Services& services, const User& user, Request& request) {
  VAT_CO_TRY(admit(services, user, request, Act::kJob));
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const ChosenSentence chosen, choose_sentence(services, user, request));
    return revised_response(take_back(services, chosen.speech, chosen.sentence));
  };
  co_return co_await services.speakers.run(work);
}

}  // namespace

void add_sentence_routes(http::Router& router, const Services& services) {
  const std::string path = "/api/v1/jobs/{id:uuid}/files/{name}/sentences";
  router.add(Method::kGet, path, route(services, list_sentences));
  router.add(Method::kPost, path + "/{index:int}",
             json_route(services, make_sentence_again, kMaxJsonBytes, true));
  router.add(Method::kGet, path + "/{index:int}/sound", route(services, play_sentence));
  router.add(Method::kPost, path + "/{index:int}/undo", route(services, take_sentence_back));
}

}  // namespace vat::api
