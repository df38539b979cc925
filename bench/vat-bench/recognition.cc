#include "recognition.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <span>

#include "base/file.h"
#include "media/audio_encoder.h"
#include "recordings.h"
#include "report.h"

namespace vat::bench {
namespace {

namespace fs = std::filesystem;

class Recognition {
 public:
  Recognition(RecognitionOptions options, fs::path scratch)
      : options_(std::move(options)), scratch_(std::move(scratch)) {}

  [[nodiscard]] Result<> run() {
    VAT_TRY(prepare());
    VAT_TRY(threads_against_one());
    if (!options_.whisper_cli.empty()) VAT_TRY(against_whisper_cli());
    if (!options_.ffmpeg.empty()) VAT_TRY(against_ffmpeg());
    if (options_.long_hours > 0) VAT_TRY(memory_of_a_long_recording());
    return {};
  }

 private:
  using Arguments = std::vector<std::string>;

  /// Writes the model and the recordings.
  [[nodiscard]] Result<> prepare() {
    std::fprintf(stderr, "Writing a model of the shape %s with random weights, and speech by Flite.\n",
                 options_.shape.c_str());
    model_ = scratch_ / ("ggml-bench-" + options_.shape + ".bin");
    VAT_TRY(modelfile::write_synthetic(
        model_, {.shape = model_shapes().at(options_.shape), .weights = modelfile::WeightType::kF16}));
    VAT_ASSIGN(std::vector<float> samples, speech(options_.minutes * 60));
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
    VAT_ASSIGN(samples, speech(options_.minutes * 60, 1));
    return write_wav(scratch_ / "pauses.wav", samples);
  }

  [[nodiscard]] Arguments ours(const std::string& recording, const Arguments& more = {},
                               const std::string& format = "txt") const {
    Arguments arguments = {options_.vat,
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
    Arguments arguments = {
        options_.whisper_cli, "-m", model_.string(), "-f", (scratch_ / recording).string(), "-np"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  [[nodiscard]] bool wanted(const std::string& name) const {
    return name.find(options_.only) != std::string::npos;
  }

  void header(const std::string& us, const std::string& them) const {
    std::printf("\n%-44s %-25s %-25s %-22s %s\n",
                fmt::format("{} runs in turns; median (min-max)", options_.runs).c_str(), us.c_str(),
                them.c_str(), "ratio of wall times", "peak memory");
  }

  [[nodiscard]] Result<> compare(const Comparison& comparison) const {
    if (!wanted(comparison.name)) return {};
    VAT_ASSIGN(const Measured measured, measure(comparison, options_.runs));
    std::fputs(describe(comparison, measured).c_str(), stdout);
    return {};
  }

  [[nodiscard]] Result<> threads_against_one() const {
    const int threads = options_.threads;
    if (threads < 2) return {};
    header(fmt::format("{} threads", threads), "1 thread");
    return compare({fmt::format("long recording, {:g} min", options_.minutes),
                    ours("long.wav", {"--threads", std::to_string(threads)}),
                    ours("long.wav", {"--threads", "1"})});
  }

  [[nodiscard]] Result<> against_whisper_cli() const {
    header("vat transcribe", "whisper-cli");
    const std::string length = fmt::format("{:g} min", options_.minutes);
    for (const std::string beam : {"1", "5"}) {
      // The same for both: beam search, no temperature fallback, no carried text, no word times, a fixed
      // language.
      VAT_TRY(compare({"equal decoding, beam " + beam + ", " + length,
                       ours("long.wav", {"-l", "en", "--beam-size", beam, "--best-of", "1", "--no-fallback",
                                         "--no-word-times"}),
                       theirs("long.wav", {"-l", "en", "-bs", beam, "-bo", "1", "-nf", "-mc", "0"})}));
    }
    const std::array<std::pair<std::string, std::string>, 5> recordings = {
        {{"long.wav", length},
         {"pauses.wav", length + ", silent after each sentence"},
         {"half.wav", length + ", silent every other 15 s"},
         {"minute.wav", "60 s"},
         {"short.wav", "10 s"}}};
    for (const auto& [file, name] : recordings)
      VAT_TRY(compare({"as they come, " + name, ours(file), theirs(file)}));
    VAT_TRY(compare({"as they come, 20 files of 5 to 9 s", batch(true), batch(false)}));
    return first_text();
  }

  /// Time to the first words of the long recording, against the minimum that any recogniser needs: loading
  /// the model and running the encoder once.
  [[nodiscard]] Result<> first_text() const {
    const std::string name = fmt::format("first text of {:g} min, to load and encode", options_.minutes);
    if (!wanted(name)) return {};
    Arguments timed = theirs("short.wav", {"-bs", "1", "-bo", "1"});
    std::erase(timed, "-np");  // which would suppress the timings
    std::vector<double> first, min;
    for (int i = -1; i < options_.runs; ++i) {
      VAT_ASSIGN(const ChildUsage text, run_checked(ours("long.wav")));
      VAT_ASSIGN(const ChildUsage timings, run_checked(timed, Capture::kOutputAndErrors));
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

  [[nodiscard]] Result<> against_ffmpeg() const {
    if (options_.media.empty())
      return fail(ErrorCode::kInvalidArgument, "Name the recording to decode with --media.");
    header("vat's reader", "ffmpeg");
    return compare({"decode to 16 kHz mono",
                    {options_.self, "decode", options_.media},
                    {options_.ffmpeg, "-v", "error", "-nostdin", "-y", "-i", options_.media, "-vn", "-ar",
                     "16000", "-ac", "1", (scratch_ / "decoded.wav").string()}});
  }

  [[nodiscard]] Result<> memory_of_a_long_recording() const {
    // FLAC, so that ten hours fit into a temporary folder.
    const fs::path path = scratch_ / "hours.flac";
    VAT_ASSIGN(const std::vector<float> minutes, speech(300));
    VAT_ASSIGN(const auto encoder, media::AudioEncoder::create(path, {.format = media::AudioFormat::kFlac,
                                                                      .sample_rate = kRecognitionRate}));
    for (int i = 0; i < static_cast<int>(options_.long_hours * 12); ++i) VAT_TRY(encoder->write(minutes));
    VAT_TRY(encoder->finish());
    if (stop_requested()) return fail(ErrorCode::kCancelled, "The benchmark was stopped.");
    VAT_ASSIGN(const ChildUsage five, run_child(ours("long.wav", {}, "json")));
    VAT_ASSIGN(const ChildUsage hours, run_child(ours("hours.flac", {}, "json")));
    constexpr double kMiB = 1024 * 1024;
    std::printf("\n%-44s %.0f MiB (exit %d)\n%-44s %.0f MiB (exit %d), %+.1f MiB\n",
                fmt::format("peak memory, {:g} min", options_.minutes).c_str(),
                static_cast<double>(five.peak_bytes) / kMiB, five.exit_code,
                fmt::format("peak memory, {:g} h", options_.long_hours).c_str(),
                static_cast<double>(hours.peak_bytes) / kMiB, hours.exit_code,
                (static_cast<double>(hours.peak_bytes) - static_cast<double>(five.peak_bytes)) / kMiB);
    return {};
  }

  const RecognitionOptions options_;
  const fs::path scratch_;
  fs::path model_;
};

}  // namespace

const std::map<std::string, modelfile::SyntheticShape>& model_shapes() {
  static const std::map<std::string, modelfile::SyntheticShape> shapes = {
      {"micro", modelfile::SyntheticShape::kMicro},
      {"tiny", modelfile::SyntheticShape::kTiny},
      {"base", modelfile::SyntheticShape::kBase},
      {"small", modelfile::SyntheticShape::kSmall},
      {"medium", modelfile::SyntheticShape::kMedium},
      {"large-v2", modelfile::SyntheticShape::kLargeV2},
      {"large-v3", modelfile::SyntheticShape::kLargeV3},
      {"large-v3-turbo", modelfile::SyntheticShape::kLargeV3Turbo}};
  return shapes;
}

Result<> measure_recognition(const RecognitionOptions& options) {
  VAT_ASSIGN(const TemporaryDirectory scratch, TemporaryDirectory::create("vat-bench"));
  return Recognition(options, scratch.path()).run();
}

}  // namespace vat::bench
