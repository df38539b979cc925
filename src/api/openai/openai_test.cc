// POST /v1/audio/transcriptions and /translations, GET /v1/models. A thread that claims the job like a worker
// does the recognition.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "api/testing/intake_service.h"
#include "api/testing/openai_error.h"
#include "base/file.h"
#include "domain/user.h"
#include "pipeline/options_json.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using testing::field;
using ::testing::HasSubstr;
using testing::IntakeService;
using ::testing::Not;
using testing::Part;
using testing::Reply;
using ::testing::StartsWith;

Transcript two_segments() {
  Transcript transcript;
  transcript.engine = "pocketsphinx";
  transcript.model = "en-us";
  transcript.language = "en";
  transcript.duration = Millis(2500);
  transcript.segments = {{.start = Millis(0),
                          .end = Millis(1000),
                          .text = "Hello there.",
                          .words = {{.start = Millis(0), .end = Millis(400), .text = "Hello"},
                                    {.start = Millis(500), .end = Millis(1000), .text = "there."}}},
                         {.start = Millis(1200), .end = Millis(2000), .text = "How are you?", .words = {}}};
  return transcript;
}

/// Processes one job with `work` as soon as there is one.
class OneJobWorker {
 public:
  using Work = std::function<void(JobQueue& queue, const ClaimedJob& job)>;
  OneJobWorker(IntakeService& service, Work work) : service_(service), work_(std::move(work)) {
    subscription_ = service_.services().bus.subscribe("", "", [this](const Notification&) {
      const std::lock_guard lock(mutex_);
      news_ = true;
      changed_.notify_all();
    });
    thread_ = std::jthread([this] { run(); });
  }
  ~OneJobWorker() { thread_.join(); }
  OneJobWorker(const OneJobWorker&) = delete;
  OneJobWorker& operator=(const OneJobWorker&) = delete;

  [[nodiscard]] const std::optional<ClaimedJob>& job() const { return job_; }

 private:
  void run() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    JobQueue& queue = service_.services().queue;
    while (!job_) {
      job_ = queue.claim({.worker = "test"}).value();
      if (job_) break;
      std::unique_lock lock(mutex_);
      if (!changed_.wait_until(lock, deadline, [this] { return news_; })) return;
      news_ = false;
    }
    work_(queue, *job_);
  }

  IntakeService& service_;
  Work work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool news_ = false;
  std::optional<ClaimedJob> job_;
  EventBus::Subscription subscription_;
  std::jthread thread_;
};

void recognise(JobQueue& queue, const ClaimedJob& job) {
  const Transcript transcript = two_segments();
  for (const Segment& segment : transcript.segments)
    EXPECT_TRUE(queue.add_events(job.lease, {{"segment", R"({"text":")" + segment.text + R"("})"}}));
  EXPECT_TRUE(queue.save_transcript(job.lease, transcript));
  EXPECT_TRUE(queue.complete(job.lease, {}));
}

class OpenAi : public ::testing::Test {
 protected:
  Reply ask(std::vector<Part> fields, const std::string& task = "transcriptions") {
    fields.push_back({.name = "file", .content = service.recording(), .filename = "talk.wav"});
    return service.form("/v1/audio/" + task, fields);
  }
  IntakeService service;
};

TEST_F(OpenAi, AnswersWithSpeakers) {
  const OneJobWorker worker(service, [](JobQueue& queue, const ClaimedJob& job) {
    Transcript transcript = two_segments();
    transcript.speakers = {{"S1", ""}, {"S3", "Ben"}};
    transcript.segments[0].speaker = "S3";
    EXPECT_TRUE(queue.save_transcript(job.lease, transcript));
    EXPECT_TRUE(queue.complete(job.lease, {}));
  });
  const Reply reply =
      ask({field("model", "gpt-4o-transcribe-diarize"), field("response_format", "diarized_json")});
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(worker.job()->job.options, HasSubstr(R"("speakers":"auto")"));
  EXPECT_THAT(reply.body, HasSubstr(R"({"task":"transcribe","duration":)"));
  EXPECT_THAT(reply.body,
              HasSubstr(R"("segments":[{"type":"transcript.text.segment","id":"seg_0","start":)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("text":"Hello there.","speaker":"Ben"})"));
  EXPECT_THAT(reply.body, HasSubstr(R"("text":"How are you?","speaker":"unknown"})"));
}

/// Lets two speak, of whom the second is known if the job knows somebody.
void tell_two_apart(JobQueue& queue, const ClaimedJob& job) {
  const auto options = pipeline::job_options_from_stored_json(job.job.options).value();
  Transcript transcript = two_segments();
  transcript.speakers = {{"S1", ""}, {"S2", ""}};
  if (!options.known_speakers.empty()) transcript.speakers[1].name = options.known_speakers.back().name;
  transcript.segments[0].speaker = "S1";
  transcript.segments[1].speaker = "S2";
  EXPECT_TRUE(queue.save_transcript(job.lease, transcript));
  EXPECT_TRUE(queue.complete(job.lease, {}));
}

TEST_F(OpenAi, StreamsSegmentsWithTheirSpeakersBeforeTheEnd) {
  const OneJobWorker worker(service, tell_two_apart);
  const Reply reply = ask({field("model", "gpt-4o-transcribe-diarize"), field("stream", "true"),
                           field("response_format", "diarized_json")});
  EXPECT_EQ(reply.header("Warning"), "");
  EXPECT_THAT(reply.body,
              HasSubstr(R"("text":"Hello there.","speaker":"A"})"
                        "\n\ndata: {\"type\":\"transcript.text.segment\",\"id\":\"seg_1\",\"start\":"));
  EXPECT_THAT(reply.body, HasSubstr(R"("text":"How are you?","speaker":"B"})"
                                    "\n\ndata: {\"type\":\"transcript.text.done\""));
}

TEST_F(OpenAi, KnownSpeakersAreCalledByTheirNames) {
  std::vector<std::string> heard;
  service.services().voice_of_sample = [&](const std::filesystem::path& file) -> Result<std::vector<float>> {
    heard.push_back(read_file(file, 100).value());
    return std::vector<float>{0.5F, -1};
  };
  const OneJobWorker worker(service, tell_two_apart);
  const Reply reply =
      ask({field("model", "gpt-4o-transcribe-diarize"), field("response_format", "diarized_json"),
           field("known_speaker_names[]", "Ann"), field("known_speaker_names[]", "Bob"),
           field("known_speaker_references[]", "data:audio/wav;base64,QW5u"),
           field("known_speaker_references[]", "data:audio/wav;base64,Qm9i")});
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.header("Warning"), "");
  EXPECT_THAT(heard, ::testing::ElementsAre("Ann", "Bob"));
  const auto options = pipeline::job_options_from_stored_json(worker.job()->job.options).value();
  EXPECT_THAT(options.known_speakers,
              ::testing::ElementsAre(KnownSpeaker{"Ann", {0.5F, -1}}, KnownSpeaker{"Bob", {0.5F, -1}}));
  EXPECT_THAT(reply.body, ::testing::AllOf(HasSubstr(R"("speaker":"A"})"), HasSubstr(R"("speaker":"Bob"})")));
}

TEST_F(OpenAi, SamplesOfVoicesThatDoNotFitAreRefusedByTheirField) {
  service.services().voice_of_sample = [](const std::filesystem::path&) -> Result<std::vector<float>> {
    return fail(ErrorCode::kBadMedia, "The sample of a voice must be 2 to 10 seconds long.");
  };
  const auto refused = [&](std::vector<Part> fields) {
    fields.push_back(field("model", "gpt-4o-transcribe-diarize"));
    fields.push_back(field("response_format", "diarized_json"));
    const Reply reply = ask(std::move(fields));
    EXPECT_EQ(reply.status, 400) << reply.body;
    return json::value_to<std::string>(json::parse(reply.body).at("error").at("param"));
  };
  const Part ann = field("known_speaker_names[]", "Ann");
  EXPECT_EQ(refused({ann}), "known_speaker_names[]");
  EXPECT_EQ(refused({field("known_speaker_names[]", " "),
                     field("known_speaker_references[]", "data:;base64,QQ==")}),
            "known_speaker_names[]");
  for (const char* const url :
       {"", "https://talk.example/ann.wav", "data:audio/wav,Ann", "data:audio/wav;base64,?"})
    EXPECT_EQ(refused({ann, field("known_speaker_references[]", url)}), "known_speaker_references[]") << url;
  EXPECT_EQ(refused({ann, field("known_speaker_references[]", "data:audio/wav;base64,QW5u")}),
            "known_speaker_references[]");
  EXPECT_EQ(refused(std::vector<Part>(5, field("known_speaker_references[]", "data:;base64,QQ=="))),
            "known_speaker_references[]");
  EXPECT_TRUE(service.jobs().empty());
}

TEST_F(OpenAi, AnswersWithTheText) {
  const OneJobWorker worker(service, recognise);
  const Reply reply = ask({field("model", "whisper-1"), field("language", "en"), field("prompt", "Names"),
                           field("temperature", "0.2")});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"text":"Hello there. How are you?","usage":{"type":"duration","seconds":3}})");
  EXPECT_GT(worker.job()->job.priority, 0);
  EXPECT_THAT(worker.job()->job.options, HasSubstr(R"("language":"en")"));
  EXPECT_THAT(worker.job()->job.options, HasSubstr(R"("prompt":"Names")"));
  EXPECT_THAT(worker.job()->job.options, HasSubstr(R"("speech":false)"));
  EXPECT_TRUE(service.jobs().empty()) << "the job goes with its answer";
  EXPECT_EQ(service.stored_files() + service.staged_files(), 0U);
}

TEST_F(OpenAi, AnswersInEveryFormat) {
  const auto in = [&](const std::string& format, std::vector<Part> more = {}) {
    const OneJobWorker worker(service, recognise);
    more.push_back(field("response_format", format));
    more.push_back(field("model", "whisper-1"));
    return ask(std::move(more));
  };
  EXPECT_EQ(in("text").body, "Hello there. How are you?\n");
  const Reply srt = in("srt");
  EXPECT_THAT(srt.body, HasSubstr("00:00:00,000 --> "));
  EXPECT_THAT(srt.header("Content-Type"), HasSubstr("application/x-subrip"));
  const Reply vtt = in("vtt");
  EXPECT_THAT(vtt.body, ::testing::StartsWith("WEBVTT"));
  EXPECT_THAT(vtt.header("Content-Type"), HasSubstr("text/vtt"));
  const json::object verbose = json::parse(in("verbose_json").body).get_object();
  EXPECT_EQ(json::value_to<std::string>(verbose.at("language")), "english");
  EXPECT_EQ(verbose.at("duration").to_number<double>(), 2.5);
  EXPECT_EQ(verbose.at("segments").get_array().size(), 2U);
  EXPECT_FALSE(verbose.contains("words"));
  const json::object words =
      json::parse(in("verbose_json", {field("timestamp_granularities[]", "word")}).body).get_object();
  EXPECT_EQ(words.at("words").get_array().size(), 2U);
  EXPECT_FALSE(words.contains("segments"));
  const json::object both = json::parse(in("verbose_json", {field("timestamp_granularities[]", "word"),
                                                            field("timestamp_granularities[]", "segment")})
                                            .body)
                                .get_object();
  EXPECT_TRUE(both.contains("words") && both.contains("segments"));
}

TEST_F(OpenAi, StreamsTheTextAsItIsHeard) {
  const OneJobWorker worker(service, recognise);
  const Reply reply = ask({field("model", "gpt-4o-transcribe"), field("stream", "true")});
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.header("Content-Type"), HasSubstr("text/event-stream"));
  EXPECT_EQ(reply.body,
            "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hello there.\"}\n\n"
            "data: {\"type\":\"transcript.text.delta\",\"delta\":\" How are you?\"}\n\n"
            "data: {\"type\":\"transcript.text.done\",\"text\":\"Hello there. How are you?\",\"usage\":"
            "{\"type\":\"duration\",\"seconds\":3}}\n\n");
  EXPECT_TRUE(service.jobs().empty());
}

TEST_F(OpenAi, AStreamTellsTextOnceThoughAnotherAttemptTellsItAgain) {
  const OneJobWorker worker(service, [](JobQueue& queue, const ClaimedJob& job) {
    const auto event = [](int index, const Segment& segment) {
      return std::pair<std::string, std::string>(
          "segment", R"({"index":)" + std::to_string(index) + R"(,"text":")" + segment.text + R"("})");
    };
    const std::vector<Segment> segments = two_segments().segments;
    EXPECT_TRUE(queue.add_events(job.lease, {event(0, segments[0])}));
    EXPECT_TRUE(queue.add_events(job.lease, {event(0, segments[0]), event(1, segments[1])}));
    EXPECT_TRUE(queue.save_transcript(job.lease, two_segments()));
    EXPECT_TRUE(queue.complete(job.lease, {}));
  });
  const Reply reply = ask({field("model", "gpt-4o-transcribe"), field("stream", "true")});
  EXPECT_THAT(reply.body,
              StartsWith("data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hello there.\"}\n\n"
                         "data: {\"type\":\"transcript.text.delta\",\"delta\":\" How are you?\"}\n\n"
                         "data: {\"type\":\"transcript.text.done\""));
}

TEST_F(OpenAi, EveryDocumentedFieldIsTaken) {
  const auto answer = [&](std::vector<Part> fields) {
    const OneJobWorker worker(service, recognise);
    fields.push_back(field("model", "gpt-4o-transcribe-diarize"));
    const Reply reply = ask(std::move(fields));
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply;
  };
  // As the official libraries write them when all is left to the service.
  EXPECT_EQ(answer({field("chunking_strategy", "auto"), field("stream", "false"), field("language", ""),
                    field("prompt", ""), field("response_format", ""), field("temperature", "0")})
                .header("Warning"),
            "");
  const Reply detector =
      answer({field("chunking_strategy[type]", "server_vad"), field("chunking_strategy[threshold]", "0.5"),
              field("chunking_strategy[prefix_padding_ms]", "300"),
              field("chunking_strategy[silence_duration_ms]", "200")});
  EXPECT_EQ(detector.header("Warning"),
            "299 - \"chunking_strategy is ignored: recordings are always cut at pauses.\"");
  const Reply speakers =
      answer({field("known_speaker_names[]", "Ann"), field("known_speaker_names[]", "Bob"),
              field("known_speaker_references[]", "data:audio/wav;base64," + std::string(400'000, 'A')),
              field("known_speaker_references[]", "data:audio/wav;base64," + std::string(400'000, 'B'))});
  EXPECT_EQ(speakers.header("Warning"),
            "299 - \"known_speaker_names is ignored: only the response_format diarized_json has speakers.\"");
  EXPECT_THAT(answer({field("stream", "True"), field("response_format", "srt")}).header("Warning"),
              HasSubstr("stream is ignored"));
  EXPECT_THAT(answer({field("timestamp_granularities[]", "word")}).header("Warning"),
              HasSubstr("timestamp_granularities is ignored"));
  EXPECT_THAT(answer({field("chunking_strategy", R"({"type":"server_vad"})")}).header("Warning"),
              HasSubstr("chunking_strategy is ignored"));
}

TEST_F(OpenAi, WordsToExpectAreInThePromptAndOneLanguageIsTheLanguage) {
  {
    const OneJobWorker worker(service, recognise);
    const Reply reply =
        ask({field("model", "gpt-transcribe"), field("keywords[]", "Zoe"), field("prompt", "A talk."),
             field("keywords[]", "Kokoro"), field("languages[]", "de")});
    EXPECT_EQ(reply.header("Warning"), "");
    EXPECT_THAT(worker.job()->job.options, HasSubstr(R"("prompt":"A talk.","hotwords":"Zoe, Kokoro")"));
    EXPECT_THAT(worker.job()->job.options, HasSubstr(R"("language":"de")"));
  }
  const OneJobWorker worker(service, recognise);
  const Reply reply =
      ask({field("model", "gpt-transcribe"), field("languages[]", "de"), field("languages[]", "en")});
  EXPECT_EQ(reply.header("Warning"), "299 - \"languages is ignored: the language is detected among all.\"");
  EXPECT_THAT(worker.job()->job.options, Not(HasSubstr(R"("language":"de")")));
}

TEST_F(OpenAi, StreamsForEveryWayToWriteTrue) {
  for (const std::string yes : {"true", "True", "1", "TRUE"}) {
    const OneJobWorker worker(service, recognise);
    EXPECT_THAT(ask({field("model", "whisper-1"), field("stream", yes)}).header("Content-Type"),
                HasSubstr("text/event-stream"))
        << yes;
  }
  for (const std::string no : {"false", "False", "0", ""}) {
    const OneJobWorker worker(service, recognise);
    EXPECT_THAT(ask({field("model", "whisper-1"), field("stream", no)}).header("Content-Type"),
                HasSubstr("application/json"))
        << no;
  }
}

TEST_F(OpenAi, LogprobsAreThoseOfTheWords) {
  const auto ask_for = [&](std::vector<Part> more, float confidence) {
    const OneJobWorker worker(service, [&](JobQueue& queue, const ClaimedJob& job) {
      Transcript transcript = two_segments();
      for (Word& word : transcript.segments[0].words) word.confidence = confidence;
      EXPECT_TRUE(queue.save_transcript(job.lease, transcript));
      EXPECT_TRUE(queue.complete(job.lease, {}));
    });
    more.push_back(field("include[]", "logprobs"));
    more.push_back(field("model", "gpt-4o-transcribe"));
    return ask(std::move(more));
  };
  const Reply reply = ask_for({}, 0.5F);
  EXPECT_EQ(reply.header("Warning"), "");
  const json::array logprobs = json::parse(reply.body).at("logprobs").get_array();
  ASSERT_EQ(logprobs.size(), 2U);
  EXPECT_EQ(json::value_to<std::string>(logprobs[1].at("token")), " there.");
  EXPECT_EQ(logprobs[1].at("bytes").get_array().size(), 7U);
  EXPECT_NEAR(logprobs[1].at("logprob").to_number<double>(), -0.6931, 0.001);
  EXPECT_THAT(ask_for({field("stream", "true")}, 0.5F).body, HasSubstr(R"("logprobs":[{"token":"Hello")"));
  const Reply without = ask_for({}, 0);
  EXPECT_THAT(without.header("Warning"), HasSubstr("this engine has no logprobs"));
  EXPECT_THAT(without.body, Not(HasSubstr("logprobs")));
  EXPECT_THAT(ask_for({field("response_format", "text")}, 0.5F).header("Warning"),
              HasSubstr("only the response_format json has logprobs"));
}

TEST_F(OpenAi, ANameMayBeAsLongAsAnyFileSystemHas) {
  for (const std::string& stem : {std::string(251, 'n'), std::string(400, 'n')}) {
    const OneJobWorker worker(service, recognise);
    const Reply reply =
        service.form("/v1/audio/transcriptions",
                     {field("model", "whisper-1"),
                      {.name = "file", .content = service.recording(), .filename = stem + ".wav"}});
    EXPECT_EQ(reply.status, 200) << reply.body;
  }
}

TEST_F(OpenAi, TranslatesIntoEnglish) {
  const OneJobWorker worker(service, recognise);
  EXPECT_EQ(ask({field("model", "small")}, "translations").status, 200);
  EXPECT_THAT(worker.job()->job.options, HasSubstr(R"("translate":true)"));
  EXPECT_THAT(worker.job()->job.options, HasSubstr(R"("model":"small")"));
  EXPECT_THAT(worker.job()->job.options, HasSubstr(R"("engine":"whisper")"));
}

TEST_F(OpenAi, AFailedJobIsAnErrorOfItsKind) {
  const auto fail_it = [](JobQueue& queue, const ClaimedJob& job) {
    EXPECT_TRUE(queue.fail_job(
        job.lease,
        {.code = ErrorCode::kUnavailable, .message = "The model is not here.", .stage = Stage::kTranscribe},
        false));
  };
  {
    const OneJobWorker worker(service, fail_it);
    const Reply reply = ask({field("model", "whisper-1")});
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.body,
              R"({"error":{"message":"The model is not here.","type":"server_error","param":null,)"
              R"("code":"unavailable"}})");
  }
  const OneJobWorker worker(service, fail_it);
  const Reply stream = ask({field("model", "whisper-1"), field("stream", "true")});
  EXPECT_EQ(stream.status, 200);
  EXPECT_THAT(stream.body, HasSubstr(R"("message":"The model is not here.")"));
  EXPECT_TRUE(service.jobs().empty());
}

TEST_F(OpenAi, AJobThatIsCancelledFromElsewhereIsAnError) {
  const OneJobWorker worker(service, [&](JobQueue&, const ClaimedJob& job) {
    EXPECT_TRUE(service.services().jobs.cancel(kLocalUserId, job.job.id));
  });
  EXPECT_EQ(ask({field("model", "whisper-1")}).status, 409);
}

TEST_F(OpenAi, WhatIsWrongIsAnErrorInOpenAisShape) {
  const auto refused = [&](std::vector<Part> fields, const std::string& task = "transcriptions") {
    return testing::openai_error_of(ask(std::move(fields), task));
  };
  const Part model = field("model", "whisper-1");
  EXPECT_EQ(refused({}), "400 model");
  EXPECT_EQ(refused({field("model", "no-such-model")}), "404 model");
  EXPECT_EQ(refused({field("model", "silero-v6.2.0")}), "404 model");
  EXPECT_EQ(refused({model, field("response_format", "xml")}), "400 response_format");
  EXPECT_EQ(refused({model, field("temperature", "2")}), "400 temperature");
  EXPECT_EQ(refused({model, field("language", "klingon")}), "400 language");
  EXPECT_EQ(refused({model, field("stream", "yes")}), "400 stream");
  EXPECT_EQ(refused({model, field("response_format", "diarized_json")}, "translations"),
            "400 response_format");
  EXPECT_EQ(refused({model, field("timestamp_granularities[]", "page")}), "400 timestamp_granularities[]");
  EXPECT_EQ(refused({model, field("include[]", "colours")}), "400 include[]");
  EXPECT_EQ(refused({model, field("chunking_strategy", "manual")}), "400 chunking_strategy");
  EXPECT_EQ(refused({model, field("chunking_strategy[colour]", "1")}), "400 chunking_strategy[colour]");
  EXPECT_EQ(refused({model, field("language[]", "en")}), "400 language[]");
  EXPECT_EQ(refused({model, field("include[]", "logprobs")}, "translations"), "400 include[]");
  EXPECT_EQ(refused({model, model}), "400 model");
  EXPECT_EQ(refused({model, field("colour", "red")}), "400 colour");
  EXPECT_EQ(refused({model, field("language", "en")}, "translations"), "400 language");
  EXPECT_EQ(refused({model, {.name = "file", .content = "x", .filename = "b.wav"}}), "413 file");
  EXPECT_EQ(service.form("/v1/audio/transcriptions", {model}).status, 400);
  const Reply no_media = service.form("/v1/audio/transcriptions",
                                      {model, {.name = "file", .content = "x", .filename = "b.wav"}});
  EXPECT_EQ(no_media.status, 422);
  EXPECT_THAT(no_media.body, HasSubstr("b.wav"));
  EXPECT_TRUE(service.jobs().empty());
  EXPECT_EQ(service.stored_files() + service.staged_files(), 0U);
}

TEST_F(OpenAi, ListsModels) {
  const json::object list = json::parse(service.client().get("/v1/models").body).get_object();
  EXPECT_EQ(json::value_to<std::string>(list.at("object")), "list");
  const json::object first = list.at("data").get_array().at(0).get_object();
  EXPECT_EQ(json::value_to<std::string>(first.at("id")), "whisper-1");
  EXPECT_THAT(json::serialize(list), HasSubstr(R"("large-v3-turbo")"));
  EXPECT_THAT(json::serialize(list), Not(HasSubstr("silero")));
  const Reply one = service.client().get("/v1/models/base.en");
  EXPECT_EQ(one.status, 200);
  EXPECT_THAT(one.body, HasSubstr(R"("id":"base.en","object":"model")"));
  EXPECT_EQ(service.client().get("/v1/models/none").status, 404);
}

}  // namespace
}  // namespace vat::api
