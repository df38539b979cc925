// The OpenAI engine against a loopback server that implements the published API.
#include "tts/openai_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "tts/testing/curl_client.h"
#include "tts/testing/speech_servers.h"

namespace vat::tts {
namespace {

using testing::CurlClient;
using ::testing::HasSubstr;
using testing::OpenAiServer;
using ::testing::SizeIs;

class OpenAiEngineTest : public ::testing::Test {
 protected:
  OpenAiConfig config() {
    OpenAiConfig made;
    made.base_url = server_.url() + "/v1/";
    made.api_key = OpenAiServer::kApiKey;
    made.policy.wait = [](std::chrono::milliseconds, const std::stop_token&) { return true; };
    return made;
  }
  std::unique_ptr<Synthesizer> engine() { return make_openai(config(), client_).value(); }

  OpenAiServer server_;
  std::shared_ptr<CurlClient> client_ = std::make_shared<CurlClient>();
};

TEST_F(OpenAiEngineTest, WavOfUnknownLengthIsHeard) {
  const auto pcm = engine()->synthesize({"Hello.", "en", "", 1}, {});
  ASSERT_TRUE(pcm) << pcm.error().message;
  EXPECT_EQ(pcm->sample_rate, 24'000);
  EXPECT_EQ(pcm->samples.size(), 6U * 1200);
  const auto body = boost::json::parse(server_.requests().back().body);
  EXPECT_EQ(body.at("voice").as_string(), "alloy");
  EXPECT_FALSE(body.as_object().contains("speed"));
}

TEST_F(OpenAiEngineTest, BareSamplesAreHeard) {
  OpenAiConfig bare = config();
  bare.response_format = "pcm";
  const auto pcm = make_openai(bare, client_).value()->synthesize({"Hello.", "en", "nova", 2.0}, {});
  ASSERT_TRUE(pcm) << pcm.error().message;
  EXPECT_EQ(pcm->samples.size(), 6U * 600);
  EXPECT_EQ(boost::json::parse(server_.requests().back().body).at("voice").as_string(), "nova");
}

TEST_F(OpenAiEngineTest, LongTextIsRefusedBeforeItIsSent) {
  EXPECT_EQ(engine()->synthesize({std::string(4097, 'a'), "en", "", 1}, {}).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_THAT(server_.requests(), SizeIs(0));
  std::string umlauts;
  for (int i = 0; i < 4096; ++i) umlauts += "ä";
  EXPECT_TRUE(engine()->synthesize({umlauts, "de", "", 4}, {}));
}

TEST_F(OpenAiEngineTest, ErrorsCarryTheServersSentence) {
  OpenAiConfig wrong = config();
  wrong.api_key = "sk-wrong";
  const auto refused = make_openai(wrong, client_).value()->synthesize({"Hi.", "en", "", 1}, {});
  EXPECT_EQ(refused.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(refused.error().message, HasSubstr("Incorrect API key"));
  wrong = config();
  wrong.model = "nothing";
  EXPECT_EQ(make_openai(wrong, client_).value()->synthesize({"Hi.", "en", "", 1}, {}).error().code,
            ErrorCode::kNotFound);
}

TEST_F(OpenAiEngineTest, ASpentQuotaIsNotAskedForAgain) {
  const std::string body =
      R"({"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}})";
  server_.prepare({{.status = 429, .body = body}});
  EXPECT_THAT(engine()->synthesize({"Hi.", "en", "", 1}, {}).error().message, HasSubstr("exceeded"));
  EXPECT_THAT(server_.requests(), SizeIs(1));
}

TEST_F(OpenAiEngineTest, ABusyServerIsAskedAgain) {
  server_.prepare({{.status = 429}, {.status = 502}});
  EXPECT_TRUE(engine()->synthesize({"Hi.", "en", "", 1}, {}));
}

TEST_F(OpenAiEngineTest, WhatIsNoSoundIsBadData) {
  const std::vector<std::pair<std::string, std::string>> answers = {{"application/json", R"({"ok": true})"},
                                                                    {"text/html", "<html>"},
                                                                    {"audio/mpeg", "ID3....."},
                                                                    {"audio/wav", "RIFF"}};
  for (const auto& [type, body] : answers) {
    server_.prepare({{.headers = {{"Content-Type", type}}, .body = body}});
    const auto pcm = engine()->synthesize({"Hi.", "en", "", 1}, {});
    ASSERT_FALSE(pcm) << type;
    EXPECT_EQ(pcm.error().code, ErrorCode::kBadData) << type;
  }
}

TEST_F(OpenAiEngineTest, ConfigurationIsChecked) {
  EXPECT_EQ(make_openai({}, client_).error().code, ErrorCode::kUnauthorized);
  OpenAiConfig mp3 = config();
  mp3.response_format = "mp3";
  EXPECT_EQ(make_openai(mp3, client_).error().code, ErrorCode::kInvalidArgument);
  OpenAiConfig real;
  real.api_key = "sk-x";
  EXPECT_THAT(make_openai(real, client_).value()->voices({}).value(), SizeIs(11));
  EXPECT_THAT(engine()->voices({}).value(), SizeIs(0));
}

}  // namespace
}  // namespace vat::tts
