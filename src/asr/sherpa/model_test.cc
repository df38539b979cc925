#include "asr/sherpa_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "asr/sherpa/messages.h"
#include "asr/sherpa_host.h"
#include "base/file.h"
#include "base/fork_server.h"
#include "base/text.h"

namespace vat::asr {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kRealHost = "VAT_TEST_SHERPA_HOST";
constexpr const char* kHostileHost = "VAT_TEST_SHERPA_HOSTILE";
constexpr const char* kHello = R"({"text":"hello","tokens":[" hello"],"timestamps":[0.5]})";

std::string kind_of_host() {
  const char* const kind = std::getenv(kHostileHost);  // NOLINT(concurrency-mt-unsafe): one thread
  return kind == nullptr ? "" : kind;
}

/// A fork that answers the question whether the model is loaded, and then does what its kind says.
int hostile_fork(Channel channel) {
  const std::string kind = kind_of_host();
  for (int question = 0;; ++question) {
    const auto message = channel.receive(kMaxSherpaRequest);
    if (!message || !*message) return 0;
    const auto request = read_request((*message)->bytes);
    if (!request) return 9;
    if (request->samples.empty()) {
      if (!channel.send(write_answer(std::string()))) return 0;
      continue;
    }
    if (kind == "exit") return 3;
    if (kind == "killed") ::raise(SIGKILL);  // a sanitizer takes the others
    if (kind == "garbage") (void)channel.send("garbage");
    if (kind == "no-json") (void)channel.send(write_answer(std::string("what?")));
    if (kind == "endless") (void)channel.send(std::string(kMaxSherpaAnswer + 1, 'H'));
    if (kind == "once" && question > 0) return 4;
    if (kind == "once") (void)channel.send(write_answer(std::string(kHello)));
  }
}

/// This test program is its own helper.
const bool kIsHost = [] {
  // NOLINTBEGIN(concurrency-mt-unsafe): before any thread
  if (std::getenv(kRealHost) != nullptr) {
    const std::string line = read_file("/proc/self/cmdline", 10'000).value();
    std::string_view left = line;
    (void)take_part(left, '\0');
    const std::string library(take_part(left, '\0'));
    ::_exit(host_sherpa(library, take_part(left, '\0')));
  }
  if (std::getenv(kHostileHost) == nullptr) return false;
  // NOLINTEND(concurrency-mt-unsafe)
  if (kind_of_host() == "ends") ::_exit(7);
  auto channel = inherit_channel();
  ::_exit(channel ? serve_forks(std::move(*channel), hostile_fork) : 99);
}();

/// 5 s: tones of half a second from 0.5, 2 and 3.5 s on, which the models of testing/make_models.py take for
/// words.
std::vector<float> three_tones() {
  std::vector<float> samples(5 * kRecognitionRate);
  const std::array tones{478.0, 1478.0, 2976.0};
  for (std::size_t tone = 0; tone < tones.size(); ++tone)
    for (std::size_t i = 0; i < kRecognitionRate / 2; ++i)
      samples[8000 + tone * 24'000 + i] = static_cast<float>(
          0.3 * std::sin(2 * std::numbers::pi * tones[tone] * static_cast<double>(i) / kRecognitionRate));
  return samples;
}

fs::path model_folder(const std::string& name) { return fs::path(VAT_SHERPA_TEST_MODELS) / name; }

class SherpaModelTest : public ::testing::Test {
 protected:
  static SherpaOptions options(const char* variable, const char* value) {
    ::setenv(variable, value, 1);  // NOLINT(concurrency-mt-unsafe): the tests' only thread
    SherpaOptions options{.name = "tones", .library = "/proc/self/exe"};
    options.helper.environment = {variable};
    return options;
  }
  void TearDown() override {
    ::unsetenv(kRealHost);     // NOLINT(concurrency-mt-unsafe)
    ::unsetenv(kHostileHost);  // NOLINT(concurrency-mt-unsafe)
  }

  static Result<ChunkText> recognize(const SherpaOptions& options, std::stop_token stop = {}) {
    VAT_ASSIGN(const auto model, load_sherpa(model_folder("parakeet-tones"), options));
    VAT_ASSIGN(const auto recognizer, model->make_recognizer());
    return recognizer->recognize(three_tones(), {}, std::move(stop));
  }
};

TEST_F(SherpaModelTest, AForkThatEndsCrashesOrAnswersWithGarbageIsAnError) {
  for (const auto& [kind, message, detail] : {std::tuple{"exit", "ended unexpectedly", "exit code 3"},
                                              {"killed", "ended unexpectedly", "signal 9"},
                                              {"garbage", "not valid", ""},
                                              {"endless", "", ""},
                                              {"no-json", "no text", ""}}) {
    const auto text = recognize(options(kHostileHost, kind));
    ASSERT_FALSE(text) << kind;
    EXPECT_THAT(text.error().message, HasSubstr(message)) << kind;
    EXPECT_THAT(text.error().detail, HasSubstr(detail)) << kind;
  }
}

TEST_F(SherpaModelTest, AForkThatHangsIsEnded) {
  SherpaOptions hanging = options(kHostileHost, "hang");
  hanging.chunk_timeout = std::chrono::milliseconds(30);
  const auto text = recognize(hanging);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(text.error().message, HasSubstr("did not answer in time"));
}

TEST_F(SherpaModelTest, AForkThatHadWorkedIsReplacedOnce) {
  const auto model = load_sherpa(model_folder("parakeet-tones"), options(kHostileHost, "once"));
  ASSERT_TRUE(model) << model.error().message;
  const auto recognizer = (*model)->make_recognizer();
  for (int i = 0; i < 3; ++i) {
    const auto text = (*recognizer)->recognize(three_tones(), {}, {});
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(text->segments.at(0).text, "hello");
  }
}

TEST_F(SherpaModelTest, AHostThatEndsWhileItLoadsIsAnError) {
  const auto model = load_sherpa(model_folder("parakeet-tones"), options(kHostileHost, "ends"));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kUnavailable) << model.error().message;
}

TEST_F(SherpaModelTest, AStopEndsTheWait) {
  const auto model = load_sherpa(model_folder("parakeet-tones"), options(kHostileHost, "hang"));
  ASSERT_TRUE(model) << model.error().message;
  const auto recognizer = (*model)->make_recognizer();
  std::stop_source stop;
  std::jthread waiting([&] {
    EXPECT_EQ((*recognizer)->recognize(three_tones(), {}, stop.get_token()).error().code,
              ErrorCode::kCancelled);
  });
  stop.request_stop();
}

TEST_F(SherpaModelTest, ALibraryThatIsMissingIsSaid) {
  SherpaOptions missing = options(kRealHost, "1");
  missing.library = "/nowhere/lib.so";
  const auto model = load_sherpa(model_folder("parakeet-tones"), missing);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kUnavailable);
}

TEST_F(SherpaModelTest, AFileThatIsNoLibraryIsAnErrorOfTheLibrary) {
  SherpaOptions other = options(kRealHost, "1");
  other.library = model_folder("parakeet-tones") / "tokens.txt";
  const auto model = load_sherpa(model_folder("parakeet-tones"), other);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(model.error().message, HasSubstr("cannot be loaded"));
}

/// With the real library, where it is installed: `vat voices pull libsherpa-onnx-c-api.so`, or its path in
/// VAT_SHERPA_LIBRARY.
class RealSherpaTest : public SherpaModelTest {
 protected:
  void SetUp() override {
    const char* const path = std::getenv("VAT_SHERPA_LIBRARY");  // NOLINT(concurrency-mt-unsafe): one thread
    library_ = path != nullptr ? fs::path(path) : cache_directory() / "voices" / "libsherpa-onnx-c-api.so";
    std::error_code ignored;
    if (!fs::is_regular_file(library_, ignored))
      GTEST_SKIP() << "There is no " << library_ << "; `vat voices pull libsherpa-onnx-c-api.so` fetches it.";
  }
  [[nodiscard]] SherpaOptions real() const {
    SherpaOptions real = options(kRealHost, "1");
    real.library = library_;
    return real;
  }
  [[nodiscard]] Result<std::shared_ptr<const RecognitionModel>> load(const std::string& name) const {
    return load_sherpa(model_folder(name), real());
  }
  static void expect_three_words(const ChunkText& text) {
    std::vector<std::string> words;
    std::vector<Millis> starts;
    for (const Segment& segment : text.segments)
      for (const Word& word : segment.words) {
        words.push_back(word.text);
        starts.push_back(word.start);
      }
    EXPECT_THAT(words, ElementsAre("hello", "world."));
    ASSERT_EQ(starts.size(), 2U);
    EXPECT_NEAR(static_cast<double>(starts[0].count()), 500, 80);
    EXPECT_NEAR(static_cast<double>(starts[1].count()), 2000, 80);
  }

  fs::path library_;
};

TEST_F(RealSherpaTest, ATransducerHearsWordsWithTimesAndConfidence) {
  const auto model = load("parakeet-tones");
  ASSERT_TRUE(model) << model.error().message << model.error().detail;
  const auto text = (*model)->make_recognizer().value()->recognize(three_tones(), {}, {});
  ASSERT_TRUE(text) << text.error().message;
  expect_three_words(*text);
  EXPECT_GT(text->segments.at(0).words.at(0).confidence, 0.9F);
  EXPECT_EQ(text->language, "");
}

TEST_F(RealSherpaTest, SenseVoiceTellsTheLanguageAndTakesOne) {
  const auto model = load("sense-voice-tones");
  ASSERT_TRUE(model) << model.error().message << model.error().detail;
  const auto recognizer = (*model)->make_recognizer().value();
  EXPECT_EQ(recognizer->detect_language(three_tones(), {}).value().code, "en");
  for (const char* const language : {"ja", "en", "ja"}) {
    const auto text = recognizer->recognize(three_tones(), {.language = language}, {});
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(text->language, language);
    expect_three_words(*text);
  }
  const auto text = recognizer->recognize(three_tones(), {}, {});
  ASSERT_TRUE(text);
  EXPECT_EQ(text->language, "en") << "the language of a chunk is not that of the one before";
  expect_three_words(*text);
  EXPECT_EQ(text->segments.at(0).words.at(0).confidence, kNoConfidence);
}

TEST_F(RealSherpaTest, RecognisersOfOneModelWorkAtTheSameTime) {
  const auto model = load("parakeet-tones");
  ASSERT_TRUE(model) << model.error().message;
  std::array<Result<ChunkText>, 3> texts;
  {
    std::vector<std::jthread> threads;
    for (auto& text : texts)
      threads.emplace_back(
          [&] { text = (*model)->make_recognizer().value()->recognize(three_tones(), {}, {}); });
  }
  for (const auto& text : texts) {
    ASSERT_TRUE(text) << text.error().message;
    expect_three_words(*text);
  }
}

TEST_F(RealSherpaTest, SilenceAndAMomentAreNoWords) {
  const auto model = load("sense-voice-tones");
  ASSERT_TRUE(model) << model.error().message;
  const auto recognizer = (*model)->make_recognizer().value();
  for (const std::size_t count : {0U, 1U, 100U, 16'000U}) {
    const auto text = recognizer->recognize(std::vector<float>(count), {}, {});
    ASSERT_TRUE(text) << count << ": " << text.error().message << text.error().detail;
    EXPECT_TRUE(text->segments.empty());
  }
}

TEST_F(RealSherpaTest, AModelThatTheLibraryExitsOverIsAnErrorWithItsReason) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  fs::copy(model_folder("parakeet-tones"), folder.path(),
           fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  // A transducer whose encoder is a joiner lacks the metadata.
  fs::copy_file(folder.path() / "joiner.int8.onnx", folder.path() / "encoder.int8.onnx",
                fs::copy_options::overwrite_existing);
  const auto model = load_sherpa(folder.path(), real());
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kBadData);
  EXPECT_THAT(model.error().message, HasSubstr("sherpa-onnx cannot use the model"));
  EXPECT_NE(model.error().detail, "");
}

TEST_F(RealSherpaTest, WhatAModelCannotDoIsRefusedBeforeAnyWork) {
  const auto transducer = load("parakeet-tones").value();
  const auto sense_voice = load("sense-voice-tones").value();
  EXPECT_THAT(transducer->validate({.translate = true}).error().message, HasSubstr("does not translate"));
  EXPECT_FALSE(transducer->validate({.mixed_languages = true}));
  EXPECT_TRUE(transducer->validate({.language = "de"}));
  EXPECT_TRUE(sense_voice->validate({.language = "yue"}));
  EXPECT_THAT(sense_voice->validate({.language = "de"}).error().message, HasSubstr("not de"));
}

}  // namespace
}  // namespace vat::asr
