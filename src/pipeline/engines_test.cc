#include "pipeline/engines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstring>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "modelfile/testing/synthetic.h"
#include "pipeline/testing/gated_publisher.h"

namespace vat::pipeline {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kFilm = "http://publisher/ggml-film.bin";
constexpr const char* kClip = "http://publisher/ggml-clip.bin";
constexpr const char* kSilero = "http://publisher/ggml-silero-v6.2.0.bin";
constexpr const char* kSileroBytes = "what finds speech";

/// Two published models, "film" and "clip", of a real format and with invented weights.
class EnginesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const TemporaryDirectory folder = TemporaryDirectory::create().value();
    for (const unsigned seed : {1U, 2U}) {
      const fs::path file = folder.path() / "model";
      ASSERT_TRUE(modelfile::write_synthetic(file, {.seed = seed}));
      weights_.at(seed - 1) = read_file(file, std::size_t{1} << 30U).value();
      digests_.at(seed - 1) = hash_hex(Digest::kSha1, weights_.at(seed - 1));
    }
  }
  static void TearDownTestSuite() { weights_ = {}; }

  void SetUp() override {
    publisher_.publish(kFilm, weights_[0]);
    publisher_.publish(kClip, weights_[1]);
    publisher_.publish(kSilero, kSileroBytes);
  }

  Result<LoadedEngine> load(const std::string& model, const std::stop_token& stop = {},
                            const FetchProgress& progress = {}, const std::string& detector = "auto") {
    return engines_.load(
        {.engine = "whisper", .model = model, .device = "cpu", .weights = "original", .detector = detector},
        {}, progress, stop);
  }
  [[nodiscard]] bool has_detector() const {
    return fs::exists(directory_.path() / "models" / "ggml-silero-v6.2.0.bin");
  }
  /// Starts loading on another thread, and returns when the download is under way and the load waits for it.
  std::jthread load_behind_gate(const std::string& model, Result<LoadedEngine>& loaded,
                                std::stop_token stop = {}) {
    auto told = std::make_shared<std::latch>(1);
    std::jthread thread([this, model, &loaded, stop, told] {
      bool first = true;
      loaded = load(model, stop, [&](const std::string&, const catalog::PullProgress& pull) {
        if (pull.phase == catalog::PullPhase::kDownloading && std::exchange(first, false)) told->count_down();
      });
    });
    told->wait();
    return thread;
  }

  static inline std::array<std::string, 2> weights_;
  static inline std::array<std::string, 2> digests_;
  TemporaryDirectory directory_ = TemporaryDirectory::create().value();
  GatedPublisher publisher_;
  const std::string silero_digest_ = hash_hex(Digest::kSha256, kSileroBytes);
  const std::array<catalog::PublishedModel, 3> published_ = {
      catalog::PublishedModel{"film", catalog::ModelKind::kRecognition, weights_[0].size(), digests_[0],
                              "http://publisher"},
      catalog::PublishedModel{"clip", catalog::ModelKind::kRecognition, weights_[1].size(), digests_[1],
                              "http://publisher"},
      catalog::PublishedModel{kDetectorModel, catalog::ModelKind::kSpeechDetection, std::strlen(kSileroBytes),
                              silero_digest_, "http://publisher"}};
  catalog::ModelStore store_{publisher_, [&] {
                               catalog::StoreOptions options;
                               options.directory = directory_.path() / "models";
                               options.models = published_;
                               options.packages = {};
                               // The publisher is silent for one model and not for the other.
                               options.silence_memory = std::chrono::milliseconds(0);
                               return options;
                             }()};
  Engines engines_{store_, {.max_model_bytes = 3 * weights_[0].size()}};
};

TEST_F(EnginesTest, TheModelDecidesWhetherSherpaRunsIt) {
  const catalog::RecogniserStore recognisers(directory_.path() / "recognisers", {});
  Engines engines(store_, {.no_fetching = "nothing is fetched.",
                           .sherpa = {.models = &recognisers, .libraries = &store_, .helper = {}}});
  const auto error_of = [&](const std::string& engine, const std::string& model) {
    const auto loaded = engines.load({.engine = engine, .model = model, .detector = "webrtc"}, {}, {}, {});
    return loaded ? Error(ErrorCode::kInternal, "") : loaded.error();
  };
  for (const char* const engine : {"auto", "sherpa"}) {
    EXPECT_EQ(error_of(engine, "parakeet-tdt-0.6b-v3").code, ErrorCode::kUnavailable) << engine;
    EXPECT_THAT(error_of(engine, "parakeet-tdt-0.6b-v3").message,
                HasSubstr("parakeet-tdt-0.6b-v3 is not installed"));
  }
  EXPECT_EQ(error_of("whisper", "parakeet-tdt-0.6b-v3").code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error_of("sherpa", "film").code, ErrorCode::kNotFound);
  EXPECT_EQ(engines_.load({.engine = "sherpa", .model = "film"}, {}, {}, {}).error().code,
            ErrorCode::kUnavailable)
      << "a program without that engine";
}

TEST_F(EnginesTest, ABlockedDownloadDoesNotDelayAnotherModelsJob) {
  publisher_.close_gate(kFilm);
  Result<LoadedEngine> film;
  std::jthread waiting = load_behind_gate("film", film);
  const auto clip = load("clip");
  ASSERT_TRUE(clip) << clip.error().message;
  EXPECT_EQ(clip->model->name(), "clip");
  EXPECT_EQ(engines_.use().waiting, 1U) << "the other job";
  publisher_.open_gate(kFilm);
  waiting.join();
  ASSERT_TRUE(film) << film.error().message;
  EXPECT_EQ(film->model->name(), "film");
}

TEST_F(EnginesTest, SeveralWhoWaitShareOneLoad) {
  publisher_.close_gate(kFilm);
  constexpr std::size_t kJobs = 4;
  std::array<Result<LoadedEngine>, kJobs> loaded;
  std::vector<std::jthread> jobs;
  for (auto& one : loaded) jobs.push_back(load_behind_gate("film", one));
  EXPECT_EQ(engines_.use().waiting, kJobs);
  publisher_.open_gate(kFilm);
  jobs.clear();
  for (const auto& one : loaded) {
    ASSERT_TRUE(one) << one.error().message;
    EXPECT_EQ(one->model, loaded[0]->model);
  }
  EXPECT_EQ(publisher_.downloads(kFilm), 1);
  EXPECT_EQ(engines_.use().loads, 1U);
}

TEST_F(EnginesTest, AStopEndsOneWaitAndNotTheLoad) {
  publisher_.close_gate(kFilm);
  std::stop_source stop;
  Result<LoadedEngine> first;
  Result<LoadedEngine> second;
  std::jthread impatient = load_behind_gate("film", first, stop.get_token());
  std::jthread patient = load_behind_gate("film", second);
  stop.request_stop();
  impatient.join();
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::kCancelled);
  publisher_.open_gate(kFilm);
  patient.join();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(publisher_.downloads(kFilm), 1);
}

TEST_F(EnginesTest, TheLastWhoGivesUpStopsTheDownload) {
  publisher_.close_gate(kFilm);
  std::stop_source stop;
  Result<LoadedEngine> first;
  Result<LoadedEngine> second;
  std::jthread one = load_behind_gate("film", first, stop.get_token());
  std::jthread other = load_behind_gate("film", second, stop.get_token());
  stop.request_stop();
  publisher_.wait_until_one_was_stopped();
  one.join();
  other.join();
  EXPECT_EQ(first.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(second.error().code, ErrorCode::kCancelled);
  // What was received is kept, and the next job gets the model.
  publisher_.open_gate(kFilm);
  EXPECT_TRUE(load("film"));
}

TEST_F(EnginesTest, TwoModelsInTurnAreLoadedOnceEach) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(load("film"));
    ASSERT_TRUE(load("clip"));
  }
  EXPECT_EQ(engines_.use().loads, 2U);
  EXPECT_EQ(engines_.use().evictions, 0U);
}

TEST_F(EnginesTest, AModelCountsByTheSizeOfItsFile) {
  ASSERT_TRUE(load("film"));
  EXPECT_EQ(engines_.use().bytes, weights_[0].size());
  EXPECT_EQ(engines_.use().max_bytes, 3 * weights_[0].size());
}

TEST_F(EnginesTest, AFetchThatFailedIsNotTriedAgainAtOnceForThatModelAlone) {
  publisher_.publish(kFilm, "");
  EXPECT_THAT(load("film").error().message, HasSubstr("Cannot reach"));
  EXPECT_THAT(load("film").error().message, HasSubstr("Cannot reach"));
  EXPECT_EQ(publisher_.downloads(kFilm), 1);
  EXPECT_TRUE(load("clip"));
}

TEST_F(EnginesTest, TheDetectorIsFetchedTogetherWithAModel) {
  std::vector<std::string> fetched;
  const FetchProgress progress = [&](const std::string& model, const catalog::PullProgress& pull) {
    if (pull.phase == catalog::PullPhase::kInstalled) fetched.push_back(model + " from " + pull.source);
  };
  const auto film = load("film", {}, progress);
  ASSERT_TRUE(film) << film.error().message;
  EXPECT_TRUE(has_detector());
  EXPECT_THAT(fetched, testing::ElementsAre("film from the publisher", "silero-v6.2.0 from the publisher"));
  EXPECT_THAT(film->warnings, testing::IsEmpty());
}

TEST_F(EnginesTest, ADetectorThatIsNotNeededIsNotFetched) {
  ASSERT_TRUE(load("film", {}, {}, "webrtc"));
  EXPECT_EQ(publisher_.downloads(kSilero), 0);
  // A model that is there needs no network, and neither does what comes with it.
  ASSERT_TRUE(load("film"));
  EXPECT_EQ(publisher_.downloads(kSilero), 0);
  ASSERT_TRUE(load("film", {}, {}, "silero"));
  EXPECT_TRUE(has_detector());
}

TEST_F(EnginesTest, ADetectorThatCannotBeFetchedIsAWarningUnlessItIsDemanded) {
  publisher_.publish(kSilero, "");
  const auto film = load("film");
  ASSERT_TRUE(film) << film.error().message;
  EXPECT_THAT(film->warnings, testing::ElementsAre(AllOf(HasSubstr("WebRTC"), HasSubstr("Cannot reach"))));
  const auto demanded = load("film", {}, {}, "silero");
  ASSERT_FALSE(demanded);
  EXPECT_EQ(demanded.error().field, "detector");
}

TEST_F(EnginesTest, NothingStandsInForAModelWhoseDeviceIsNotThere) {
  const auto loaded = engines_.load(
      {.engine = "auto", .model = "film", .device = "gpu:99", .weights = "original"}, {}, {}, {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().field, "device") << loaded.error().message;
}

TEST_F(EnginesTest, ANameThatDoesNotExistIsToldAtOnce) {
  EXPECT_EQ(load("flim").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(engines_.use().failed_loads, 0U) << "no load was begun";
}

}  // namespace
}  // namespace vat::pipeline
