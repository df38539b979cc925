// Google's engine against a loopback server that implements the published API.
#include "tts/google_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <ctime>
#include <thread>

#include "tts/engines.h"
#include "tts/testing/curl_client.h"
#include "tts/testing/speech_servers.h"

namespace vat::tts {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using testing::CurlClient;
using ::testing::ElementsAre;
using ::testing::Ge;
using testing::GoogleServer;
using ::testing::HasSubstr;
using ::testing::Le;
using testing::ServerResponse;
using ::testing::SizeIs;

/// Time that passes only while something waits.
struct FakeTime {
  std::chrono::system_clock::time_point now{std::chrono::hours(500'000)};
  std::vector<milliseconds> waits;
};

class GoogleEngineTest : public ::testing::Test {
 protected:
  RemotePolicy policy() {
    RemotePolicy made;
    made.now = [this] { return time_.now; };
    made.wait = [this](milliseconds duration, const std::stop_token& stop) {
      time_.waits.push_back(duration);
      time_.now += duration;
      return !stop.stop_requested();
    };
    return made;
  }
  std::unique_ptr<Synthesizer> with_key(std::string key = std::string(GoogleServer::kApiKey)) {
    return make_google({.api_key = std::move(key), .base_url = server_.url(), .policy = policy()}, client_)
        .value();
  }
  std::unique_ptr<Synthesizer> with_account() {
    return make_google({.service_account_json = server_.service_account(),
                        .base_url = server_.url(),
                        .policy = policy()},
                       client_)
        .value();
  }
  static Utterance hello() { return {"Hello, Google.", "en", "", 1.0}; }
  boost::json::value last_body() { return boost::json::parse(server_.requests().back().body); }

  FakeTime time_;
  GoogleServer server_;
  std::shared_ptr<CurlClient> client_ = std::make_shared<CurlClient>();
};

TEST_F(GoogleEngineTest, AnApiKeyIsEnoughToBeHeard) {
  const auto pcm = with_key()->synthesize(hello(), {});
  ASSERT_TRUE(pcm) << pcm.error().message;
  EXPECT_EQ(pcm->sample_rate, 24'000);
  EXPECT_EQ(pcm->samples.size(), 14U * 1200);
  EXPECT_GT(*std::max_element(pcm->samples.begin(), pcm->samples.end()), 0.2F);
  EXPECT_EQ(last_body().at("voice").at("languageCode").as_string(), "en-US");
}

TEST_F(GoogleEngineTest, AServiceAccountSignsInOnceForManyUtterances) {
  const auto google = with_account();
  for (int i = 0; i < 3; ++i) {
    const auto pcm = google->synthesize(hello(), {});
    ASSERT_TRUE(pcm) << pcm.error().message;
  }
  EXPECT_EQ(server_.tokens_issued(), 1);
}

TEST_F(GoogleEngineTest, ATokenIsRenewedBeforeItExpires) {
  const auto google = with_account();
  ASSERT_TRUE(google->synthesize(hello(), {}));
  time_.now += std::chrono::seconds(3500);
  ASSERT_TRUE(google->synthesize(hello(), {}));
  EXPECT_EQ(server_.tokens_issued(), 1);
  time_.now += std::chrono::seconds(50);
  ASSERT_TRUE(google->synthesize(hello(), {}));
  EXPECT_EQ(server_.tokens_issued(), 2);
}

TEST_F(GoogleEngineTest, ARevokedTokenIsReplacedOnce) {
  const auto google = with_account();
  ASSERT_TRUE(google->synthesize(hello(), {}));
  server_.revoke_tokens();
  ASSERT_TRUE(google->synthesize(hello(), {}));
  EXPECT_EQ(server_.tokens_issued(), 2);
}

TEST_F(GoogleEngineTest, ThreadsShareOneSignIn) {
  const auto google = with_account();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_TRUE(google->synthesize(hello(), {})); });
  threads.clear();
  EXPECT_EQ(server_.tokens_issued(), 1);
}

TEST_F(GoogleEngineTest, ARefusedAccountIsUnauthorized) {
  GoogleServer other;
  std::string account = server_.service_account();
  // The other server's endpoint does not accept this account's key.
  account.replace(account.find(server_.url()), server_.url().size(), other.url());
  const auto google =
      make_google({.service_account_json = account, .base_url = other.url(), .policy = policy()}, client_)
          .value();
  const auto pcm = google->synthesize(hello(), {});
  ASSERT_FALSE(pcm);
  EXPECT_EQ(pcm.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(pcm.error().message, HasSubstr("Invalid JWT Signature"));
}

TEST_F(GoogleEngineTest, AWrongKeyIsUnauthorizedWithGooglesSentence) {
  const auto pcm = with_key("AIza-wrong")->synthesize(hello(), {});
  ASSERT_FALSE(pcm);
  EXPECT_EQ(pcm.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(pcm.error().message, HasSubstr("API key not valid"));
  EXPECT_THAT(pcm.error().message, Not(HasSubstr("AIza")));
}

TEST_F(GoogleEngineTest, AnUnknownVoiceIsNotFound) {
  const auto pcm = with_key()->synthesize({"Hi.", "en", "en-US-Nobody-Z", 1}, {});
  ASSERT_FALSE(pcm);
  EXPECT_EQ(pcm.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(pcm.error().message, HasSubstr("en-US-Nobody-Z"));
}

TEST_F(GoogleEngineTest, ForbiddenIsUnauthorized) {
  server_.prepare({{.status = 403,
                    .body = R"({"error":{"code":403,"message":"Cloud Text-to-Speech API has not been)"
                            R"( used in project 1","status":"PERMISSION_DENIED"}})"}});
  const auto pcm = with_key()->synthesize(hello(), {});
  ASSERT_FALSE(pcm);
  EXPECT_EQ(pcm.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(pcm.error().message, HasSubstr("has not been used"));
  EXPECT_THAT(time_.waits, SizeIs(0));
}

TEST_F(GoogleEngineTest, ABusyServiceIsAskedAgainLaterAndLater) {
  server_.prepare({{.status = 429}, {.status = 503}});
  const auto pcm = with_key()->synthesize(hello(), {});
  ASSERT_TRUE(pcm) << pcm.error().message;
  EXPECT_THAT(time_.waits, ElementsAre(AllOf(Ge(milliseconds(250)), Le(milliseconds(500))),
                                       AllOf(Ge(milliseconds(500)), Le(milliseconds(1000)))));
}

TEST_F(GoogleEngineTest, RetryAfterIsHonouredInSecondsAndAsADate) {
  const std::time_t later = std::chrono::system_clock::to_time_t(time_.now + std::chrono::seconds(27));
  std::tm date{};
  ::gmtime_r(&later, &date);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  server_.prepare({{.status = 429, .headers = {{"Retry-After", "7"}}},
                   {.status = 503, .headers = {{"Retry-After", text.data()}}}});
  ASSERT_TRUE(with_key()->synthesize(hello(), {}));
  EXPECT_THAT(time_.waits, ElementsAre(milliseconds(7000), milliseconds(20'000)));
}

TEST_F(GoogleEngineTest, AServiceThatStaysBusyIsANetworkError) {
  server_.prepare(std::vector<ServerResponse>(5, {.status = 500, .body = "<html>oops</html>"}));
  const auto pcm = with_key()->synthesize(hello(), {});
  ASSERT_FALSE(pcm);
  EXPECT_EQ(pcm.error().code, ErrorCode::kNetwork);
  EXPECT_TRUE(pcm.error().retryable);
  EXPECT_THAT(server_.requests(), SizeIs(5));
}

TEST_F(GoogleEngineTest, TooMuchPatienceIsNotGiven) {
  server_.prepare({{.status = 429, .headers = {{"Retry-After", "86400"}}}});
  EXPECT_EQ(with_key()->synthesize(hello(), {}).error().code, ErrorCode::kNetwork);
  EXPECT_THAT(server_.requests(), SizeIs(1));
}

TEST_F(GoogleEngineTest, ASlowServiceTimesOutAndIsAskedAgain) {
  server_.prepare({{.hang = true}});
  auto impatient = policy();
  impatient.request_timeout = milliseconds(1'500);
  const auto google = make_google(
      {.api_key = std::string(GoogleServer::kApiKey), .base_url = server_.url(), .policy = impatient},
      client_);
  EXPECT_TRUE((*google)->synthesize(hello(), {}));
  EXPECT_THAT(time_.waits, SizeIs(1));
}

TEST_F(GoogleEngineTest, AnAnswerThatBreaksOffIsAskedForAgain) {
  server_.prepare({{.body = R"({"audioContent": "UklGR)", .cut = true}});
  EXPECT_TRUE(with_key()->synthesize(hello(), {}));
}

TEST_F(GoogleEngineTest, AnAnswerThatIsNoSoundIsBadData) {
  for (const char* const body :
       {"", "[]", "{}", "not json", R"({"audioContent": 3})", R"({"audioContent": "%%%"})",
        R"({"audioContent": "aGVsbG8="})", R"({"audioContent": ""})"}) {
    server_.prepare({{.body = body}});
    const auto pcm = with_key()->synthesize(hello(), {});
    ASSERT_FALSE(pcm) << body;
    EXPECT_EQ(pcm.error().code, ErrorCode::kBadData) << body;
  }
}

TEST_F(GoogleEngineTest, NobodyThereIsANetworkError) {
  std::string gone;
  {
    const testing::TestServer server([](const testing::ServerRequest&) { return ServerResponse{}; });
    gone = server.url();
  }
  const auto google = make_google({.api_key = "k", .base_url = gone, .policy = policy()}, client_);
  EXPECT_EQ((*google)->synthesize(hello(), {}).error().code, ErrorCode::kNetwork);
}

TEST_F(GoogleEngineTest, MoreThanTheRequestLimitIsRefusedBeforeItIsSent) {
  const auto google = with_key();
  EXPECT_EQ(google->synthesize({std::string(5001, 'a'), "en", "", 1}, {}).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_THAT(server_.requests(), SizeIs(0));
  EXPECT_TRUE(google->synthesize({std::string(5000, 'a'), "en", "", 1}, {}));
  EXPECT_LE(google->max_bytes(), 5000U);
}

TEST_F(GoogleEngineTest, SpeedsOutsideTheServicesRangeAreReachedAllTheSame) {
  const auto google = with_key();
  const Utterance text{"A sentence that is long enough to be measured with some certainty.", "en", "", 1};
  const auto normal = static_cast<double>(google->synthesize(text, {}).value().samples.size());
  for (const double speed : {0.25, 0.5, 1.5, 2.0, 4.0}) {
    Utterance faster = text;
    faster.speed = speed;
    const auto pcm = google->synthesize(faster, {});
    ASSERT_TRUE(pcm) << pcm.error().message;
    EXPECT_NEAR(normal / static_cast<double>(pcm->samples.size()) / speed, 1.0, 0.05) << speed;
  }
}

TEST_F(GoogleEngineTest, TheLanguageIsWrittenAsTheServiceWantsIt) {
  const auto google = with_key();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"de", "de-DE"}, {"zh", "cmn-CN"}, {"pt", "pt-BR"}, {"en-GB", "en-GB"}, {"ar", "ar-XA"}, {"", "en-US"}};
  for (const auto& [language, expected] : cases) {
    ASSERT_TRUE(google->synthesize({"x", language, "", 1}, {})) << language;
    EXPECT_EQ(last_body().at("voice").at("languageCode").as_string(), expected);
  }
  ASSERT_TRUE(google->synthesize({"x", "de", "en-US-Neural2-C", 1}, {}));
  EXPECT_EQ(last_body().at("voice").at("languageCode").as_string(), "en-US");
  EXPECT_TRUE(google->speaks("fr-CA"));
  EXPECT_FALSE(google->speaks("tlh"));
}

TEST_F(GoogleEngineTest, VoicesAreListed) {
  const auto voices = with_account()->voices({});
  ASSERT_TRUE(voices) << voices.error().message;
  ASSERT_EQ(voices->size(), 2U);
  EXPECT_EQ(voices->front().name, "en-US-Neural2-C");
  EXPECT_EQ(voices->front().language, "en-US");
  EXPECT_EQ(voices->front().gender, "female");
}

TEST_F(GoogleEngineTest, AVoiceIsFoundInTheServicesListAndTheServicesSilenceIsExplained) {
  const Engines engines = {with_key()};
  EXPECT_EQ(resolve_voice(engines, "de-de-neural2-b", {}).value().voice, "de-DE-Neural2-B");
  EXPECT_THAT(resolve_voice(engines, "google:en-US-Neural2-D", {}).error().message,
              HasSubstr("google:en-US-Neural2-C"));
  const Engines refused = {with_key("AIza-wrong")};
  EXPECT_THAT(resolve_voice(refused, "en-US-Neural2-C", {}).error().message,
              HasSubstr("could not list its voices"));
  // If the engine is named, the service itself checks the voice.
  EXPECT_EQ(resolve_voice(refused, "google:en-US-Neural2-C", {}).value().voice, "en-US-Neural2-C");
}

TEST_F(GoogleEngineTest, AStopEndsTheWait) {
  server_.prepare({{.status = 503}});
  std::stop_source stop;
  auto stopping = policy();
  stopping.wait = [&](milliseconds, const std::stop_token&) {
    stop.request_stop();
    return false;
  };
  const auto google = make_google(
      {.api_key = std::string(GoogleServer::kApiKey), .base_url = server_.url(), .policy = stopping},
      client_);
  EXPECT_EQ((*google)->synthesize(hello(), stop.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_THAT(server_.requests(), SizeIs(1));
}

TEST_F(GoogleEngineTest, BadCredentialsAreNamedBeforeAnythingIsSent) {
  EXPECT_EQ(make_google({}, client_).error().code, ErrorCode::kUnauthorized);
  EXPECT_EQ(make_google({.api_key = "a\r\nX-Evil: 1"}, client_).error().code, ErrorCode::kInvalidArgument);
  const auto with = [&](std::string text) {
    return make_google({.service_account_json = std::move(text)}, client_).error();
  };
  EXPECT_EQ(with("nonsense").code, ErrorCode::kBadData);
  EXPECT_THAT(with(R"({"type":"authorized_user"})").message, HasSubstr("service_account"));
  EXPECT_THAT(with(R"({"type":"service_account","client_email":"a"})").message, HasSubstr("private_key"));
  EXPECT_THAT(with(R"({"type":"service_account","client_email":"a","private_key":"x"})").message,
              HasSubstr("RSA"));
  std::string account = server_.service_account();
  account.replace(account.find("http://127.0.0.1"), 16, "http://10.0.0.9:");
  EXPECT_THAT(with(account).message, HasSubstr("https"));
}

}  // namespace
}  // namespace vat::tts
