// One sentence of a speech made again, over the real stores and Flite's voices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/test_service.h"
#include "base/file.h"
#include "base/uuid.h"
#include "domain/user.h"
#include "pipeline/retake.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using ::testing::SizeIs;

constexpr const char* kSpeech = "talk.wav";
constexpr std::size_t kMaxFile = 16U << 20U;

class SentencesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    id_ = service_.queued("talk.mp4").id;
    lease_ = service_.claim().lease;
    keep("The harbour was quiet. The last ferry left. Nobody was there.");
  }
  void end_job() { ASSERT_TRUE(service_.services().queue.complete(lease_, {})); }
  /// A speech and what its sentences can be made again with, as a worker keeps them.
  void keep(const std::string& text) {
    const auto path = [&](const char* name) { return folder_.path() / name; };
    pipeline::SpeechMaster master{.path = path("master")};
    const pipeline::SpeechOptions options{.format = media::AudioFormat::kWav};
    const auto report = service_.services().speech.speak(
        text, "en", options, {.path = path("speech"), .overwrite = Overwrite::kReplace, .master = &master},
        {}, {});
    ASSERT_TRUE(report) << report.error().message;
    const auto add = [&](const std::string& name, const std::string& bytes, std::string_view kind) {
      service_.add_file(lease_, name, bytes, "audio/wav", std::string(kind));
    };
    before_ = read_file(path("speech"), kMaxFile).value();
    add(kSpeech, before_, "speech");
    pipeline::SpeechTakes takes = pipeline::takes_of(*report, "", "en", options, master);
    takes.speech_id = artifact(kSpeech)->id;
    add(pipeline::master_name(kSpeech), read_file(path("master"), kMaxFile).value(), kMasterKind);
    add(pipeline::takes_name(kSpeech), to_json(takes), kTakesKind);
  }
  [[nodiscard]] Result<Artifact> artifact(const std::string& name) {
    return service_.services().jobs.artifact(kLocalUserId, id_, name);
  }
  [[nodiscard]] std::string path(const std::string& rest = "") const {
    return "/api/v1/jobs/" + id_ + "/files/" + kSpeech + "/sentences" + rest;
  }
  Reply list() { return service_.client->get(path()); }
  Reply again(const std::string& index, const std::string& body, const std::string& tag) {
    return service_.client->json(Method::kPost, path("/" + index), body, {{"If-Match", tag}});
  }
  Reply undo(const std::string& index, const std::string& tag) {
    return service_.client->send(Method::kPost, path("/" + index + "/undo"), {}, {{"If-Match", tag}});
  }
  std::string file() { return service_.client->get("/api/v1/jobs/" + id_ + "/files/" + kSpeech).body; }
  static json::array items(const Reply& reply) { return json::parse(reply.body).at("items").as_array(); }
  static std::string text(const Reply& reply, std::size_t sentence) {
    return json::value_to<std::string>(items(reply).at(sentence).at("text"));
  }
  static double start(const Reply& reply, std::size_t sentence) {
    return items(reply).at(sentence).at("start").to_number<double>();
  }
  /// The number of objects of takes that are stored.
  std::size_t takes() {
    std::size_t count = 0;
    const auto files = service_.services().jobs.artifacts(kLocalUserId, id_).value();
    for (const Artifact& file : files)
      if (file.kind == kTakeKind) {
        ++count;
        EXPECT_TRUE(service_.services().objects.get(file.object_key));
      }
    return count;
  }
  std::size_t events() {
    std::size_t count = 0;
    const auto told = service_.services().jobs.events(kLocalUserId, id_, 0, 100).value();
    for (const JobEvent& event : told) count += event.type == "artifact" ? 1 : 0;
    return count;
  }

  testing::TestService service_;
  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  Lease lease_;
  std::string id_;
  std::string before_;
};

TEST_F(SentencesTest, AreListedWithTheirPlacesAndARevision) {
  end_job();
  const Reply reply = list();
  ASSERT_EQ(reply.status, 200) << reply.body;
  ASSERT_THAT(items(reply), SizeIs(3));
  EXPECT_EQ(text(reply, 1), "The last ferry left.");
  EXPECT_EQ(json::value_to<std::string>(items(reply)[1].at("voice")), "flite:slt");
  EXPECT_EQ(items(reply)[1].at("takes").as_int64(), 1);
  EXPECT_GT(start(reply, 1), 0.5);
  EXPECT_EQ(reply.header("ETag"),
            "\"" + json::value_to<std::string>(json::parse(reply.body).at("revision")) + "\"");
  EXPECT_EQ(service_.client->get(path(), {{"If-None-Match", std::string(reply.header("ETag"))}}).status, 304);
  EXPECT_THAT(service_.client->get("/api/v1/jobs/" + id_ + "/files").body,
              ::testing::AllOf(HasSubstr(kSpeech), Not(HasSubstr("takes")), Not(HasSubstr("master"))));
}

TEST_F(SentencesTest, OneIsMadeAgainAndTakenBack) {
  end_job();
  const Reply first = list();
  const std::string tag(first.header("ETag"));
  const std::size_t told = events();
  const Reply made =
      again("1", R"({"text":"The very last ferry had left at ten.","voice":"flite:rms"})", tag);
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_NE(made.header("ETag"), tag);
  EXPECT_EQ(list().body, made.body);
  EXPECT_EQ(text(made, 1), "The very last ferry had left at ten.");
  EXPECT_EQ(items(made)[1].at("takes").as_int64(), 2);
  EXPECT_EQ(start(made, 1), start(first, 1));
  EXPECT_GT(start(made, 2), start(first, 2));
  EXPECT_EQ(events(), told + 1) << "of the speech";
  EXPECT_EQ(takes(), 1U);
  const std::string after = file();
  EXPECT_NE(after, before_);
  constexpr std::size_t kHead = 200;  // has the length
  const auto same = static_cast<std::size_t>(start(first, 1) * pipeline::kSpeechRate) * 2 - 2'000;
  EXPECT_TRUE(after.compare(kHead, same - kHead, before_, kHead, same - kHead) == 0)
      << "the first sentence is the same, byte for byte";
  const Reply back = undo("1", std::string(made.header("ETag")));
  ASSERT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(items(back), items(first));
  EXPECT_TRUE(file() == before_);
  EXPECT_EQ(takes(), 0U);
  EXPECT_EQ(undo("1", std::string(back.header("ETag"))).status, 409) << "it is as it was first";
}

TEST_F(SentencesTest, ATakeIsSpokenAnewInTheSameWayUnlessToldOtherwise) {
  end_job();
  const Reply made = again("0", "{}", std::string(list().header("ETag")));
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(text(made, 0), "The harbour was quiet.");
  const Reply slow = again("0", R"({"speed":0.5})", std::string(made.header("ETag")));
  EXPECT_GT(start(slow, 1), start(made, 1) * 1.5);
  EXPECT_EQ(takes(), 2U);
  const Reply ssml = again("0", R"({"text":"<speak>The <break time=\"1s\"/>harbour.</speak>"})",
                           std::string(slow.header("ETag")));
  EXPECT_EQ(ssml.status, 200) << ssml.body;
}

TEST_F(SentencesTest, EachIsHeardByItself) {
  end_job();
  const auto sound = [&](const std::string& index) {
    return service_.client->get(path("/" + index + "/sound"));
  };
  const Reply before = sound("1");
  ASSERT_EQ(before.status, 200) << before.body;
  EXPECT_EQ(before.header("Content-Type"), "audio/wav");
  EXPECT_TRUE(before.body.starts_with("RIFF"));
  EXPECT_LT(before.body.size(), before_.size() / 2);
  const Reply made = again("1", R"({"voice":"flite:rms"})", std::string(list().header("ETag")));
  EXPECT_EQ(made.status, 200);
  EXPECT_NE(sound("1").body, before.body);
  EXPECT_NE(sound("1").header("ETag"), before.header("ETag"));
  EXPECT_EQ(sound("9").status, 404);
}

TEST_F(SentencesTest, TwoTabsDoNotStepOnEachOther) {
  end_job();
  const std::string tag(list().header("ETag"));
  const Reply one = again("0", "{}", tag);
  ASSERT_EQ(one.status, 200);
  const std::string made = file();
  EXPECT_EQ(again("1", "{}", tag).status, 412);
  EXPECT_EQ(undo("0", tag).status, 412);
  EXPECT_TRUE(file() == made);
  EXPECT_EQ(takes(), 1U);
  EXPECT_EQ(service_.client->json(Method::kPost, path("/0"), "{}").status, 428);
  EXPECT_EQ(again("1", "{}", std::string(one.header("ETag"))).status, 200);
}

TEST_F(SentencesTest, WhatIsWrongIsSaid) {
  EXPECT_EQ(again("0", "{}", "*").status, 409) << "the job runs";
  end_job();
  const auto refused = [&](const std::string& body) {
    const Reply reply = again("0", body, "*");
    const json::object problem = json::parse(reply.body).as_object();
    return std::to_string(reply.status) + " " +
           (problem.contains("field") ? json::value_to<std::string>(problem.at("field")) : "");
  };
  EXPECT_EQ(refused(R"({"voice":"nobody"})"), "400 voice");
  EXPECT_EQ(refused(R"({"voice":"parrot:nobody"})"), "400 voice");
  EXPECT_EQ(refused(R"({"text":"..."})"), "400 text");
  EXPECT_EQ(refused(R"({"text":"<speak>a"})"), "400 text");
  EXPECT_EQ(refused(R"({"text":")" + std::string(5'000, 'a') + "\"}"), "400 text");
  EXPECT_EQ(refused(R"({"speed":9})"), "400 speed");
  EXPECT_EQ(refused(R"({"pitch":1})"), "400 pitch");
  EXPECT_EQ(again("3", "{}", "*").status, 404);
  EXPECT_EQ(again("99999999999999999999", "{}", "*").status, 404);
  EXPECT_EQ(service_.client->get(path(), service_.other_user()).status, 404);
  EXPECT_EQ(service_.client->json(Method::kPost, path("/0"), "{}", service_.other_user()).status, 404);
  EXPECT_TRUE(file() == before_);
  EXPECT_EQ(takes(), 0U);
}

TEST_F(SentencesTest, ASpeechWithoutThemSaysSo) {
  service_.add_file(lease_, kSpeech, "another attempt's", "audio/wav", "speech");
  service_.add_file(lease_, "old.mp3", "spoken long ago", "audio/mpeg", "speech");
  end_job();
  for (const std::string& name : {std::string(kSpeech), std::string("old.mp3")}) {
    const Reply reply = service_.client->get("/api/v1/jobs/" + id_ + "/files/" + name + "/sentences");
    EXPECT_EQ(reply.status, 404);
    EXPECT_THAT(reply.body, HasSubstr("not kept"));
  }
}

}  // namespace
}  // namespace vat::api
