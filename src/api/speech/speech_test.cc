// POST /api/v1/speech and POST /v1/audio/speech.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "api/speech/wav_head.h"
#include "api/testing/intake_service.h"
#include "api/testing/openai_error.h"
#include "base/base64.h"
#include "domain/user.h"
#include "media/probe.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using ::testing::HasSubstr;
using testing::IntakeService;
using testing::Reply;

class Speech : public ::testing::Test {
 protected:
  Reply speak(const std::string& body, HttpHeaders headers = {}) {
    return service.client().json(Method::kPost, "/api/v1/speech", body, std::move(headers));
  }
  Reply openai(const std::string& body) {
    return service.client().json(Method::kPost, "/v1/audio/speech", body);
  }
  /// What libav finds in a response.
  Result<media::MediaInfo> probe(const Reply& reply) {
    EXPECT_TRUE(write_file_atomically(service.path("answer"), reply.body, Overwrite::kReplace));
    return media::probe(service.path("answer"));
  }
  IntakeService service{{.max_text_bytes = 5000, .max_direct_speech_bytes = 200}};
};

TEST_F(Speech, AShortTextIsAnsweredWithItsSound) {
  const std::vector<std::array<std::string, 3>> formats = {
      {"mp3", "audio/mpeg", "mp3"}, {"opus", "audio/ogg", "opus"},  {"m4a", "audio/mp4", "aac"},
      {"aac", "audio/aac", "aac"},  {"flac", "audio/flac", "flac"}, {"wav", "audio/wav", "pcm_s16le"}};
  for (const auto& [format, type, codec] : formats) {
    const Reply reply = speak(R"({"text":"Hello, world.","audio_format":")" + format + R"("})");
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.header("Content-Type"), type);
    const auto found = probe(reply);
    ASSERT_TRUE(found) << format << ": " << found.error().message;
    EXPECT_EQ(found->audio.front().codec, codec);
  }
  EXPECT_TRUE(service.jobs().empty());
}

/// Mean amplitude of the 16-bit samples after a WAV file's header.
double loudness_of(const Reply& wav) {
  constexpr std::size_t kHead = 44;
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t at = kHead; at + 2 <= wav.body.size(); at += 2, ++count) {
    std::int16_t sample = 0;
    std::memcpy(&sample, wav.body.data() + at, sizeof(sample));
    sum += std::abs(sample);
  }
  return sum / static_cast<double>(count);
}

TEST_F(Speech, IsStreamedAsItIsUnlessALoudnessIsAskedFor) {
  const Reply plain = speak(R"({"text":"Hello.","audio_format":"wav","speed":2})");
  EXPECT_EQ(plain.status, 200);
  EXPECT_TRUE(probe(plain));
  // The voice's breathing is random.
  const double voice =
      loudness_of(speak(R"({"text":"Hello.","audio_format":"wav","loudness":null,"speed":2})"));
  EXPECT_NEAR(loudness_of(plain), voice, voice / 10);
  const double quiet =
      loudness_of(speak(R"({"text":"Hello.","audio_format":"wav","loudness":-30,"speed":2})"));
  EXPECT_LT(quiet, voice / 2);
}

TEST_F(Speech, ALongTextBecomesAJob) {
  std::string text;
  while (text.size() <= 200) text += "One more sentence. ";
  const Reply reply = speak(R"({"text":")" + text + R"(","audio_format":"flac","priority":2})");
  ASSERT_EQ(reply.status, 202) << reply.body;
  const json::object made = json::parse(reply.body).get_object();
  const std::string id = json::value_to<std::string>(made.at("id"));
  EXPECT_EQ(reply.header("Location"), "/api/v1/jobs/" + id);
  EXPECT_EQ(json::value_to<std::string>(made.at("kind")), "speech");
  const Job job = service.services().jobs.get(kLocalUserId, id).value();
  EXPECT_EQ(job.input_text, text);
  EXPECT_EQ(job.priority, 2);
  EXPECT_THAT(job.title, ::testing::StartsWith("One more sentence."));
  EXPECT_THAT(job.title, ::testing::EndsWith("…"));
  EXPECT_THAT(job.options, HasSubstr(R"("audio_format":"flac")"));
}

TEST_F(Speech, AnyTextMayBecomeAJobOnce) {
  const HttpHeaders key = {{"Idempotency-Key", "k"}};
  const Reply first = speak(R"({"text":"Hello.","as_job":true,"title":"Greeting"})", key);
  const Reply again = speak(R"({"text":"Hello.","as_job":true,"title":"Greeting"})", key);
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(first.header("Location"), again.header("Location"));
  EXPECT_EQ(service.jobs().front().title, "Greeting");
  EXPECT_EQ(speak(R"({"text":"Goodbye.","as_job":true})", key).status, 409);
}

TEST_F(Speech, WhatIsWrongIsNamedByItsField) {
  const auto refused = [&](const std::string& body) {
    const Reply reply = speak(body);
    const json::object problem = json::parse(reply.body).get_object();
    return std::to_string(reply.status) + " " +
           (problem.contains("field") ? json::value_to<std::string>(problem.at("field")) : "");
  };
  EXPECT_EQ(refused("{}"), "400 text");
  EXPECT_EQ(refused(R"({"text":""})"), "400 text");
  EXPECT_EQ(refused(R"({"text":" ... "})"), "400 text");
  EXPECT_EQ(refused(R"({"text":5})"), "400 text");
  EXPECT_EQ(refused(R"({"text":"a","speed":5})"), "400 speed");
  EXPECT_EQ(refused(R"({"text":"a","loudness":0})"), "400 loudness");
  EXPECT_EQ(refused(R"({"text":"a","audio_format":"aiff"})"), "400 audio_format");
  EXPECT_EQ(refused(R"({"text":"a","speech_engine":"google"})"), "400 speech_engine");
  EXPECT_EQ(refused(R"({"text":"a","speech_engine":"bell"})"), "400 speech_engine");
  EXPECT_EQ(refused(R"({"text":"a","language":"klingon"})"), "400 language");
  EXPECT_EQ(refused(R"({"text":"a","colour":"red"})"), "400 colour");
  EXPECT_EQ(refused(R"({"text":")" + std::string(5001, 'a') + R"("})"), "413 text");
  EXPECT_EQ(speak(R"({"text":"Hello.","voice":"nobody"})").status, 404);
  EXPECT_EQ(speak("no json").status, 400);
  EXPECT_EQ(service.client().send(Method::kPost, "/api/v1/speech", "text=a").status, 415);
}

TEST_F(Speech, SsmlIsSpokenOrRefusedWithItsPlace) {
  const Reply spoken =
      speak(R"({"text":"<speak>Hello.<break time='1s'/>World.</speak>","audio_format":"wav"})");
  ASSERT_EQ(spoken.status, 200) << spoken.body;
  EXPECT_GT(probe(spoken)->duration.value(), Millis(1000));
  const Reply refused = speak(R"({"text":"<speak>Hello."})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("not valid in line 1, column"));
  EXPECT_EQ(speak(R"({"text":"<speak><break/></speak>"})").status, 400);
  EXPECT_EQ(speak(R"({"text":"<speak>Good morning.</speak>","as_job":true})").status, 202);
  EXPECT_EQ(service.jobs().front().title, "Good morning.");
  const Reply told =
      openai(R"({"model":"tts-1","voice":"slt","input":"<speak><emphasis>Hello.</emphasis></speak>"})");
  EXPECT_EQ(told.status, 200) << told.body;
  EXPECT_THAT(told.header("Warning"), HasSubstr("<emphasis>"));
  EXPECT_EQ(openai(R"({"model":"tts-1","voice":"slt","input":"<speak>Hello."})").status, 400);
}

TEST_F(Speech, AUsersLexiconSaysHowWordsAreSaid) {
  const auto put = [&](const std::string& text) {
    return service.client().send(Method::kPut, "/api/v1/me/lexicon", R"({"text":")" + text + R"("})",
                                 {{"Content-Type", "application/json"}});
  };
  const auto get = [&] { return service.client().send(Method::kGet, "/api/v1/me/lexicon", "").body; };
  EXPECT_THAT(get(), HasSubstr(R"("words":0)"));
  const std::string hello = R"({"text":"Hello.","audio_format":"wav"})";
  const Millis before = probe(speak(hello))->duration.value();
  EXPECT_EQ(put("hello = one two three four five six seven").status, 200);
  EXPECT_THAT(get(), HasSubstr(R"("text":"hello = one two three four five six seven")"));
  EXPECT_GT(probe(speak(hello))->duration.value(), before + Millis(1000));
  const Reply wrong = put("hello");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, ::testing::AllOf(HasSubstr("Line 1"), HasSubstr(R"("field":"text")")));
  EXPECT_EQ(put("").status, 200);
  EXPECT_THAT(get(), HasSubstr(R"("text":"")"));
}

TEST_F(Speech, OpenAisNamesAreTaken) {
  const std::vector<std::array<std::string, 2>> formats = {{"mp3", "audio/mpeg"},
                                                           {"opus", "audio/ogg"},
                                                           {"aac", "audio/aac"},
                                                           {"flac", "audio/flac"},
                                                           {"wav", "audio/wav"}};
  for (const auto& [format, type] : formats) {
    const Reply reply = openai(R"({"model":"tts-1","voice":"alloy","input":"Hello.","response_format":")" +
                               format + R"(","speed":1.5,"instructions":"Be kind."})");
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.header("Content-Type"), type);
    EXPECT_TRUE(probe(reply)) << format;
  }
  const Reply wav = openai(R"({"model":"flite","voice":"slt","input":"Hello.","response_format":"wav"})");
  const Reply pcm = openai(R"({"model":"flite","voice":"slt","input":"Hello.","response_format":"pcm"})");
  EXPECT_EQ(pcm.header("Content-Type"), "audio/pcm");
  const std::size_t head = wav_head_bytes(wav.body).value();
  // Flite does not speak a text twice with exactly the same length.
  EXPECT_NEAR(static_cast<double>(pcm.body.size()), static_cast<double>(wav.body.size() - head), 4000);
  EXPECT_FALSE(pcm.body.starts_with("RIFF"));
  EXPECT_GT(pcm.body.size(), 24'000U * 2 / 10);
}

TEST_F(Speech, OpenAisOtherFieldsAreObeyedOrIgnoredWithAWarning) {
  const Reply plain =
      openai(R"({"model":"tts-1-hd","voice":{"id":"slt"},"input":"Hello.","instructions":null,)"
             R"("stream_format":"audio","response_format":null,"speed":null})");
  ASSERT_EQ(plain.status, 200) << plain.body;
  EXPECT_EQ(plain.header("Warning"), "");
  const Reply told =
      openai(R"({"model":"gpt-4o-mini-tts","voice":"marin","input":"Hello.","instructions":"Be kind."})");
  ASSERT_EQ(told.status, 200) << told.body;
  EXPECT_THAT(told.header("Warning"), HasSubstr("299 - \"instructions is ignored"));
}

TEST_F(Speech, WhatOfSsmlIsNotFollowedIsSaidBesideTheAudio) {
  const Reply told =
      speak(R"({"text":"<speak>Hello <audio src=\"x\">there</audio>.</speak>","voice":"slt"})");
  ASSERT_EQ(told.status, 200) << told.body;
  EXPECT_THAT(told.header("Warning"), HasSubstr("299 - \"The voices here do not know SSML's <audio>"));
  const Reply plain = speak(R"({"text":"Hello there.","voice":"slt"})");
  ASSERT_EQ(plain.status, 200) << plain.body;
  EXPECT_EQ(plain.header("Warning"), "");
}

TEST_F(Speech, OpenAisEventsCarryTheAudio) {
  const Reply reply = openai(
      R"({"model":"tts-1","voice":"alloy","input":"Hello.","response_format":"wav","stream_format":"sse"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.header("Content-Type"), "text/event-stream");
  std::string audio;
  std::string last;
  std::string_view rest = reply.body;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find("\n\n"), rest.size());
    ASSERT_TRUE(rest.starts_with("data: "));
    const json::object event = json::parse(std::string(rest.substr(6, end - 6))).get_object();
    last = json::value_to<std::string>(event.at("type"));
    if (last == "speech.audio.delta")
      audio += base64_decode(json::value_to<std::string>(event.at("audio"))).value();
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  EXPECT_EQ(last, "speech.audio.done");
  EXPECT_TRUE(audio.starts_with("RIFF"));
  EXPECT_GT(audio.size(), 10'000U);
}

TEST_F(Speech, OpenAisErrorsHaveTheirShape) {
  const auto refused = [&](const std::string& body) { return testing::openai_error_of(openai(body)); };
  EXPECT_EQ(refused("{}"), "400 model");
  EXPECT_EQ(refused(R"({"model":"tts-1","input":"a"})"), "400 voice");
  EXPECT_EQ(refused(R"({"model":"tts-1","voice":"alloy"})"), "400 input");
  EXPECT_EQ(refused(R"({"model":"bell","voice":"alloy","input":"a"})"), "404 model");
  EXPECT_EQ(refused(R"({"model":"tts-1","voice":"alloy","input":"..."})"), "400 input");
  EXPECT_EQ(refused(R"({"model":"tts-1","voice":"alloy","input":"a","response_format":"aiff"})"),
            "400 response_format");
  for (const std::string text : {"$", "♪♪", "→", "|||", "😀"})
    EXPECT_EQ(refused(R"({"model":"tts-1","voice":"alloy","input":")" + text + R"("})"), "400 input") << text;
  EXPECT_EQ(refused(R"({"model":"tts-1","voice":"alloy","input":"a","stream_format":"rss"})"),
            "400 stream_format");
  EXPECT_EQ(refused(R"({"model":"tts-1","voice":{"id":"nobody"},"input":"a"})"), "404 -");
  EXPECT_EQ(refused(R"({"model":"tts-1","voice":{"name":"slt"},"input":"a"})"), "400 id");
  EXPECT_EQ(refused(R"({"model":"tts-1","voice":"alloy","input":")" + std::string(201, 'a') + R"("})"),
            "413 input");
  EXPECT_EQ(refused(R"({"model":"tts-1","voice":"nobody","input":"a"})"), "404 -");
  EXPECT_EQ(refused("["), "400 -");
}

TEST(WavHead, EndsWhereTheSamplesBegin) {
  using std::string_literals::operator""s;
  const std::string head = "RIFF\xFF\xFF\xFF\xFFWAVE"s;
  const std::string format = "fmt \x02\0\0\0ab"s;
  const std::string list = "LIST\x03\0\0\0abc\0"s;
  const std::string data = "data\xFF\xFF\xFF\xFF"s;
  const std::string whole = head + format + list + data;
  EXPECT_EQ(wav_head_bytes(whole + "samples").value(), whole.size());
  for (std::size_t cut = 0; cut < whole.size(); ++cut)
    EXPECT_EQ(wav_head_bytes(whole.substr(0, cut)).value(), std::string::npos) << cut;
  EXPECT_FALSE(wav_head_bytes("RIFF1234AVI LIST"));
  EXPECT_FALSE(wav_head_bytes(head + "junk\xFF\xFF\xFF\x7F"s));
}

}  // namespace
}  // namespace vat::api
