// vat bench: how fast this machine transcribes, on a model with invented weights of a published shape, so
// that nothing has to be fetched; and, given whisper.cpp's own program or ffmpeg, how that compares.
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>

#include "base/file.h"
#include "bench_report.h"
#include "command.h"
#include "flags.h"
#include "media/audio_encoder.h"
#include "media/audio_reader.h"
#include "modelfile/synthetic.h"
#include "services.h"
#include "tts/flite_engine.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kSentences = {
    "The committee met on Tuesday to consider the plans for the new library, which will stand beside the "
    "river and hold two hundred thousand volumes.",
    "Several members asked how the building would be heated in winter, and the architect explained that most "
    "of the warmth would come from the ground below it.",
    "Nobody had expected such a simple answer.",
    "After a long discussion they agreed that work should begin in the spring, provided that the money could "
    "be found.",
    "The old reading room should stay open until the last book had been moved."};

/// `seconds` of speech by Flite, 16 kHz mono, with `silence` times its length of silence after each sentence.
/// No two paragraphs are alike, so that nothing is heard twice.
Result<std::vector<float>> speech(double seconds, double silence = 0) {
  const auto flite = tts::make_flite();
  const auto wanted = static_cast<std::size_t>(seconds * kRecognitionRate);
  std::vector<float> samples;
  samples.reserve(wanted);
  for (std::size_t i = 0; samples.size() < wanted; ++i) {
    std::string text(kSentences.at(i % kSentences.size()));
    if (i % kSentences.size() == 0)
      text = "Paragraph " + std::to_string(i / kSentences.size() + 1) + ". " + text;
    VAT_ASSIGN(const Pcm sentence, flite->synthesize({.text = text, .language = "en", .voice = "slt"}, {}));
    if (sentence.sample_rate != kRecognitionRate)
      return fail(ErrorCode::kInternal, "Flite's voice slt is expected to speak at 16 kHz.");
    samples.insert(samples.end(), sentence.samples.begin(), sentence.samples.end());
    samples.resize(samples.size() +
                   static_cast<std::size_t>(silence * static_cast<double>(sentence.samples.size())));
  }
  samples.resize(wanted);
  return samples;
}

/// Every other quarter of a minute is digital silence, whatever was being said.
void silence_half(std::vector<float>& samples) {
  constexpr std::size_t kStretch = std::size_t{15} * kRecognitionRate;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i / kStretch % 2 == 1) samples[i] = 0;
  }
}

Result<> write_wav(const fs::path& path, std::span<const float> samples) {
  VAT_ASSIGN(const auto encoder, media::AudioEncoder::create(path, {.format = media::AudioFormat::kWav,
                                                                    .sample_rate = kRecognitionRate}));
  VAT_TRY(encoder->write(samples));
  return encoder->finish();
}

const std::map<std::string, modelfile::SyntheticShape>& shapes() {
  static const std::map<std::string, modelfile::SyntheticShape> names = {
      {"micro", modelfile::SyntheticShape::kMicro},
      {"tiny", modelfile::SyntheticShape::kTiny},
      {"base", modelfile::SyntheticShape::kBase},
      {"small", modelfile::SyntheticShape::kSmall},
      {"medium", modelfile::SyntheticShape::kMedium},
      {"large-v2", modelfile::SyntheticShape::kLargeV2},
      {"large-v3", modelfile::SyntheticShape::kLargeV3},
      {"large-v3-turbo", modelfile::SyntheticShape::kLargeV3Turbo}};
  return names;
}

class BenchCommand : public Command {
 public:
  explicit BenchCommand(CLI::App& app) {
    command_ = app.add_subcommand("bench", "How fast this machine transcribes, and against what");
    std::vector<std::string> names;
    for (const auto& [name, shape] : shapes()) names.push_back(name);
    command_->add_option("--shape", shape_, "Shape of the model that is written for it")
        ->check(CLI::IsMember(names))
        ->capture_default_str();
    command_->add_option("--minutes", minutes_, "Length of the long recording")
        ->check(CLI::Range(0.2, 600.0))
        ->capture_default_str();
    command_->add_option("--runs", runs_, "Counted runs of each")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    command_->add_option("--only", only_, "Only cases whose name holds this text");
    command_->add_option("--whisper-cli", whisper_cli_,
                         "Compare with this program of whisper.cpp, run in turns");
    command_->add_option("--ffmpeg", ffmpeg_, "Compare decoding of --media with this ffmpeg");
    command_->add_option("--media", media_, "A recording whose sound is decoded");
    command_
        ->add_option("--long-hours", long_hours_, "Also transcribe this many hours, for the memory it takes")
        ->check(CLI::Range(0.0, 100.0));
    command_->add_option("--decode", decode_, "Read the sound of a file to its end and say how long it took");
    add_common_flags(*command_, common_);
  }

  [[nodiscard]] bool chosen() const override { return command_->parsed(); }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    console_ = make_console(common_);
    if (!decode_.empty()) return decode(stop);
    VAT_ASSIGN(const TemporaryDirectory scratch, TemporaryDirectory::create("vat-bench"));
    scratch_ = scratch.path();
    std::error_code error;
    self_ = fs::read_symlink("/proc/self/exe", error).string();
    if (error) return fail(system_error(error.value(), "find", "this program"));
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    VAT_TRY(prepare());
    VAT_TRY(threads_against_one(stop));
    if (!whisper_cli_.empty()) VAT_TRY(against_whisper_cli(stop));
    if (!ffmpeg_.empty()) VAT_TRY(against_ffmpeg(stop));
    if (long_hours_ > 0) VAT_TRY(memory_of_a_long_recording(stop));
    return 0;
  }

 private:
  using Arguments = std::vector<std::string>;

  [[nodiscard]] Result<int> decode(const std::stop_token& stop) const {
    VAT_ASSIGN(const auto reader, media::AudioReader::open(decode_, {.stop = stop}));
    std::vector<float> block(1 << 16);
    std::int64_t samples = 0;
    while (true) {
      VAT_ASSIGN(const std::size_t count, reader->read(block));
      if (count == 0) break;
      samples += static_cast<std::int64_t>(count);
    }
    std::printf("%s of sound\n", clock_text(to_seconds(samples_to_time(samples))).c_str());
    return 0;
  }

  /// Writes the model and the recordings.
  [[nodiscard]] Result<> prepare() {
    console_->note("Writing a model of the shape " + shape_ + " with invented weights, and speech by Flite.");
    model_ = scratch_ / ("ggml-bench-" + shape_ + ".bin");
    VAT_TRY(modelfile::write_synthetic(
        model_, {.shape = shapes().at(shape_), .weights = modelfile::WeightType::kF16}));
    VAT_ASSIGN(std::vector<float> samples, speech(minutes_ * 60));
    const auto first = [&](double seconds) {
      return std::span(samples).first(
          std::min(samples.size(), static_cast<std::size_t>(seconds * kRecognitionRate)));
    };
    VAT_TRY(write_wav(scratch_ / "long.wav", samples));
    VAT_TRY(write_wav(scratch_ / "minute.wav", first(60)));
    VAT_TRY(write_wav(scratch_ / "short.wav", first(10)));
    for (int i = 0; i < 20; ++i)
      VAT_TRY(write_wav(scratch_ / fmt::format("batch{:02}.wav", i), first(5 + i % 5)));
    silence_half(samples);
    VAT_TRY(write_wav(scratch_ / "half.wav", samples));
    VAT_ASSIGN(samples, speech(minutes_ * 60, 1));
    return write_wav(scratch_ / "pauses.wav", samples);
  }

  [[nodiscard]] Arguments ours(const std::string& recording, const Arguments& more = {},
                               const std::string& format = "txt") const {
    Arguments arguments = {self_,
                           "transcribe",
                           (scratch_ / recording).string(),
                           "-o",
                           "-",
                           "-f",
                           format,
                           "--offline",
                           "-m",
                           model_.string(),
                           "--quiet",
                           "--no-resume",
                           "--engine",
                           "whisper"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  [[nodiscard]] Arguments theirs(const std::string& recording, const Arguments& more = {}) const {
    Arguments arguments = {whisper_cli_, "-m", model_.string(), "-f", (scratch_ / recording).string(), "-np"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  [[nodiscard]] bool wanted(const std::string& name) const { return name.find(only_) != std::string::npos; }

  void header(const std::string& us, const std::string& them) const {
    std::printf("\n%-44s %-25s %-25s %-22s %s\n",
                fmt::format("{} runs in turns; median (min-max)", runs_).c_str(), us.c_str(), them.c_str(),
                "ratio of wall times", "peak memory");
  }

  [[nodiscard]] Result<> compare(const Comparison& comparison, const std::stop_token& stop) const {
    if (!wanted(comparison.name)) return {};
    VAT_ASSIGN(const Measured measured, measure(comparison, runs_, stop));
    std::fputs(describe(comparison, measured).c_str(), stdout);
    return {};
  }

  [[nodiscard]] Result<> threads_against_one(const std::stop_token& stop) const {
    const int threads = Services(common_).threads();
    if (threads < 2) return {};
    header(fmt::format("{} threads", threads), "1 thread");
    return compare(
        {fmt::format("long recording, {:g} min", minutes_),
         ours("long.wav", {"--threads", std::to_string(threads)}), ours("long.wav", {"--threads", "1"})},
        stop);
  }

  [[nodiscard]] Result<> against_whisper_cli(const std::stop_token& stop) const {
    header("vat transcribe", "whisper-cli");
    const std::string length = fmt::format("{:g} min", minutes_);
    for (const std::string beam : {"1", "5"}) {
      // The same on both sides: beam, no temperature fallback, no carried text, no word times, the language
      // given.
      VAT_TRY(compare({"equal decoding, beam " + beam + ", " + length,
                       ours("long.wav", {"-l", "en", "--beam-size", beam, "--best-of", "1", "--no-fallback",
                                         "--no-word-times"}),
                       theirs("long.wav", {"-l", "en", "-bs", beam, "-bo", "1", "-nf", "-mc", "0"})},
                      stop));
    }
    const std::array<std::pair<std::string, std::string>, 5> recordings = {
        {{"long.wav", length},
         {"pauses.wav", length + ", silent after each sentence"},
         {"half.wav", length + ", silent every other 15 s"},
         {"minute.wav", "60 s"},
         {"short.wav", "10 s"}}};
    for (const auto& [file, name] : recordings)
      VAT_TRY(compare({"as they come, " + name, ours(file), theirs(file)}, stop));
    VAT_TRY(compare({"as they come, 20 files of 5 to 9 s", batch(true), batch(false)}, stop));
    return first_text(stop);
  }

  /// How long the first words of the long recording take, against what no recogniser can do without: loading
  /// the model, and the encoder once.
  [[nodiscard]] Result<> first_text(const std::stop_token& stop) const {
    const std::string name = fmt::format("first text of {:g} min, to load and encode", minutes_);
    if (!wanted(name)) return {};
    Arguments timed = theirs("short.wav", {"-bs", "1", "-bo", "1"});
    std::erase(timed, "-np");  // or it does not print its timings
    std::vector<double> first, min;
    for (int i = -1; i < runs_; ++i) {
      VAT_ASSIGN(const ChildUsage text, run_checked(ours("long.wav"), stop));
      VAT_ASSIGN(const ChildUsage timings, run_checked(timed, stop, Capture::kOutputAndErrors));
      VAT_ASSIGN(const double seconds, load_and_encode_seconds(timings.output));
      if (i < 0) continue;
      first.push_back(text.first_output_seconds);
      min.push_back(seconds);
    }
    std::printf("%s\n", describe_times(name, first, min).c_str());
    return {};
  }

  [[nodiscard]] Arguments batch(bool us) const {
    Arguments arguments = us ? ours("batch00.wav") : theirs("batch00.wav");
    for (int i = 1; i < 20; ++i) {
      if (!us) arguments.emplace_back("-f");
      const std::string file = (scratch_ / fmt::format("batch{:02}.wav", i)).string();
      if (us) {
        arguments.insert(arguments.begin() + 2, file);
      } else {
        arguments.push_back(file);
      }
    }
    return arguments;
  }

  [[nodiscard]] Result<> against_ffmpeg(const std::stop_token& stop) const {
    if (media_.empty())
      return fail(ErrorCode::kInvalidArgument, "Name the recording to decode with --media.");
    header("vat's reader", "ffmpeg");
    return compare({"decode to 16 kHz mono",
                    {self_, "bench", "--decode", media_},
                    {ffmpeg_, "-v", "error", "-nostdin", "-y", "-i", media_, "-vn", "-ar", "16000", "-ac",
                     "1", (scratch_ / "decoded.wav").string()}},
                   stop);
  }

  [[nodiscard]] Result<> memory_of_a_long_recording(const std::stop_token& stop) const {
    // FLAC, so that ten hours of it fit a temporary folder.
    const fs::path path = scratch_ / "hours.flac";
    VAT_ASSIGN(const std::vector<float> minutes, speech(300));
    VAT_ASSIGN(const auto encoder, media::AudioEncoder::create(path, {.format = media::AudioFormat::kFlac,
                                                                      .sample_rate = kRecognitionRate}));
    for (int i = 0; i < static_cast<int>(long_hours_ * 12); ++i) VAT_TRY(encoder->write(minutes));
    VAT_TRY(encoder->finish());
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "The benchmark was stopped.");
    VAT_ASSIGN(const ChildUsage five, run_child(ours("long.wav", {}, "json")));
    VAT_ASSIGN(const ChildUsage hours, run_child(ours("hours.flac", {}, "json")));
    constexpr double kMiB = 1024 * 1024;
    std::printf("\n%-44s %.0f MiB (exit %d)\n%-44s %.0f MiB (exit %d), %+.1f MiB\n",
                fmt::format("peak memory, {:g} min", minutes_).c_str(),
                static_cast<double>(five.peak_bytes) / kMiB, five.exit_code,
                fmt::format("peak memory, {:g} h", long_hours_).c_str(),
                static_cast<double>(hours.peak_bytes) / kMiB, hours.exit_code,
                (static_cast<double>(hours.peak_bytes) - static_cast<double>(five.peak_bytes)) / kMiB);
    return {};
  }

  CLI::App* command_ = nullptr;
  std::string shape_ = "base";
  double minutes_ = 5;
  int runs_ = 3;
  std::string only_;
  std::string whisper_cli_;
  std::string ffmpeg_;
  std::string media_;
  double long_hours_ = 0;
  std::string decode_;
  CommonFlags common_;
  std::unique_ptr<Console> console_;
  fs::path scratch_;
  fs::path model_;
  std::string self_;
};

}  // namespace

std::unique_ptr<Command> make_bench_command(CLI::App& app) { return std::make_unique<BenchCommand>(app); }

}  // namespace vat::app
