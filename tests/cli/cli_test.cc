#include "cli_test.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <sstream>

#include "asr/testing/flite_speech.h"
#include "asr/word_error_rate.h"
#include "media/testing/make_media.h"
#include "modelfile/testing/synthetic.h"

namespace vat::cli_test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 200'000'000;

const Pcm& speech() {
  static const Pcm kSpeech = [] {
    Pcm pcm = asr::flite_say(std::string(kSaid));
    asr::append(pcm, asr::silence(Millis(500)));
    return pcm;
  }();
  return kSpeech;
}

std::string container_of(const fs::path& path) {
  std::string extension = path.extension().string().substr(1);
  if (extension == "mkv") return "matroska";
  if (extension == "m4a") return "mp4";
  return extension;
}

media::testing::MediaSpec spec_of(const fs::path& path) {
  media::testing::MediaSpec spec;
  spec.container = container_of(path);
  spec.seconds = to_seconds(speech().duration());
  spec.sound = {{.sample_rate = speech().sample_rate,
                 .channels = 1,
                 .signal = media::testing::samples_of(speech().samples, speech().sample_rate)}};
  return spec;
}

void write(const fs::path& path, const media::testing::MediaSpec& spec) {
  const Result<> written = media::testing::write_media(path, spec);
  ASSERT_TRUE(written) << written.error().message << " " << written.error().detail;
}

}  // namespace

CliTest::CliTest() {
  const std::string home = home_.path().string();
  environment = {{"PATH", "/usr/bin:/bin"},
                 {"LANG", "C.UTF-8"},
                 {"TERM", "xterm"},
                 {"HOME", home},
                 {"XDG_CACHE_HOME", home + "/cache"},
                 {"XDG_CONFIG_HOME", home + "/config"},
                 {"VAT_CACHE", home + "/vat-cache"},
                 {"VAT_OFFLINE", "true"},
                 {"VAT_MODEL_SOURCES", "mirror"}};
  for (const char* const name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"}) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing calls setenv
    if (const char* const value = std::getenv(name)) environment[name] = value;
  }
}

Invocation CliTest::invocation(const Words& arguments) const {
  Invocation invocation{.words = {VAT_PROGRAM}, .environment = environment, .folder = folder_.path()};
  invocation.words.insert(invocation.words.end(), arguments.begin(), arguments.end());
  return invocation;
}

Outcome CliTest::vat(const Words& arguments, const std::string& input) const {
  Invocation run = invocation(arguments);
  run.input = input;
  return Program(run).finish();
}

Outcome CliTest::bash(const std::string& script) const {
  Invocation run = invocation({});
  const std::string folder = fs::path(VAT_PROGRAM).parent_path().string();
  run.words = {"/bin/bash", "--norc", "-c", script};
  run.environment["PATH"] = folder + ":" + run.environment["PATH"];
  return Program(run).finish();
}

std::string CliTest::text_of(const std::string& name) const {
  auto bytes = read_file(path(name), kMaxBytes);
  EXPECT_TRUE(bytes) << name;
  return bytes ? *bytes : "";
}

boost::json::value CliTest::json_of(const std::string& name) const {
  boost::json::error_code error;
  boost::json::value value = boost::json::parse(text_of(name), error);
  EXPECT_FALSE(error) << name << ": " << error.message();
  return value;
}

std::vector<std::string> CliTest::files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
    if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(folder_.path()).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void CliTest::put(const std::string& name, std::string_view bytes) const {
  ASSERT_TRUE(write_file_atomically(path(name), bytes, Overwrite::kReplace));
}

void CliTest::make_speech(const std::string& name) const {
  fs::create_directories(path(name).parent_path());
  write(path(name), spec_of(path(name)));
}

void CliTest::make_two_tracks(const std::string& name) const {
  media::testing::MediaSpec spec = spec_of(path(name));
  spec.sound.insert(spec.sound.begin(), {.signal = media::testing::tone(440), .is_default = true});
  write(path(name), spec);
}

void CliTest::make_video(const std::string& name) const {
  media::testing::MediaSpec spec = spec_of(path(name));
  spec.picture.emplace();
  write(path(name), spec);
}

void CliTest::make_long_speech(const std::string& name) const {
  Pcm sound = speech();
  while (sound.duration() < Millis(240'000)) {
    const Pcm whole = sound;
    asr::append(sound, whole);
  }
  media::testing::MediaSpec spec = spec_of(path(name));
  spec.seconds = to_seconds(sound.duration());
  spec.sound.front().signal = media::testing::samples_of(std::move(sound.samples), sound.sample_rate);
  write(path(name), spec);
}

void CliTest::make_model(const std::string& name) const {
  const modelfile::SyntheticSpec spec{.tokens_per_window = 24};
  ASSERT_TRUE(modelfile::write_synthetic(path(name), spec));
}

void CliTest::hear_quickly() {
  const fs::path model = home_.path() / "quick.bin";
  ASSERT_TRUE(modelfile::write_synthetic(model, {.tokens_per_window = 8}));
  environment["VAT_ENGINE"] = "whisper";
  environment["VAT_MODEL"] = model.string();
  environment["VAT_THREADS"] = "1";  // more of them would mostly wait for one another
}

double CliTest::error_rate(std::string_view said, std::string_view heard) {
  return asr::count_word_errors(said, heard).rate();
}

std::vector<boost::json::value> CliTest::json_lines(const std::string& text) {
  std::vector<boost::json::value> values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    boost::json::error_code error;
    boost::json::value value = boost::json::parse(line, error);
    EXPECT_FALSE(error) << line;
    EXPECT_TRUE(error || value.is_object()) << line;
    if (!error) values.push_back(std::move(value));
  }
  return values;
}

}  // namespace vat::cli_test
