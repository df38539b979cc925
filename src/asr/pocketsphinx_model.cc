#include "asr/pocketsphinx_model.h"

#include <pocketsphinx.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/err.h>
#include <sphinxbase/fe.h>
#include <sphinxbase/feat.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "asr/pocketsphinx_words.h"
#include "base/hash.h"
#include "base/log.h"

namespace vat::asr {
namespace {

namespace fs = std::filesystem;

constexpr Millis kMaxChunk{30'000};
/// Samples fed to the search between two checks of the stop token: 150 ms.
constexpr std::size_t kBlock = 2400;

struct FreeDecoder {
  void operator()(ps_decoder_t* decoder) const { ps_free(decoder); }
};
struct FreeConfig {
  void operator()(cmd_ln_t* config) const { cmd_ln_free_r(config); }
};
using Decoder = std::unique_ptr<ps_decoder_t, FreeDecoder>;
using Config = std::unique_ptr<cmd_ln_t, FreeConfig>;

extern "C" void log_from_library(void* /*user*/, err_lvl_t level, const char* format, ...) {
  std::array<char, 1024> text{};
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  std::string_view line(text.data());
  while (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  // The library reports many normal events as errors, so its log is for debugging only.
  if (level >= ERR_INFO && !line.empty()) log(LogLevel::kDebug, line);
}

/// The library's log is a process-wide setting. Its table of parameters bypasses the callback and goes to the
/// log's file.
void route_library_log() {
  static std::once_flag once;
  std::call_once(once, [] {
    err_set_callback(log_from_library, nullptr);
    err_set_logfp(nullptr);
  });
}

struct ModelFiles {
  fs::path acoustic;
  fs::path language;
  fs::path dictionary;
};

/// The files of a model, if all exist. The library aborts the process if a required one is missing.
std::optional<ModelFiles> find_files(const fs::path& directory) {
  ModelFiles files{directory / "en-us", directory / "en-us.lm.bin", directory / "cmudict-en-us.dict"};
  std::error_code ignored;
  for (const fs::path& file : {files.language, files.dictionary})
    if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  for (const char* name :
       {"mdef", "means", "variances", "transition_matrices", "sendump", "feat.params", "noisedict"})
    if (!fs::is_regular_file(files.acoustic / name, ignored)) return std::nullopt;
  return files;
}

std::optional<ModelFiles> find_installed_files() {
  for (const char* directory :
       {"/usr/share/pocketsphinx/model/en-us", "/usr/local/share/pocketsphinx/model/en-us",
        "/opt/homebrew/share/pocketsphinx/model/en-us", "/usr/share/pocketsphinx/en-us"}) {
    if (auto files = find_files(directory)) return files;
  }
  return std::nullopt;
}

Config make_config(const ModelFiles& files) {
  // Chunks come from the planner, which has already dropped silence, and the library's own silence removal
  // would break the words' times. CMN is "live", and started from each chunk's own mean (see
  // start_utterance).
  return Config(cmd_ln_init(nullptr, ps_args(), TRUE,           //
                            "-hmm", files.acoustic.c_str(),     //
                            "-lm", files.language.c_str(),      //
                            "-dict", files.dictionary.c_str(),  //
                            "-remove_silence", "no",            //
                            "-cmn", "live",                     //
                            "-bestpath", "yes",                 //
                            nullptr));
}

std::vector<int16> to_int16(std::span<const float> samples) {
  std::vector<int16> result(samples.size());
  std::transform(samples.begin(), samples.end(), result.begin(), [](float sample) {
    const float bounded = std::isfinite(sample) ? std::clamp(sample, -1.0F, 1.0F) : 0.0F;
    return static_cast<int16>(std::lrint(bounded * 32767.0F));
  });
  return result;
}

/// The mean cepstrum of the frames that have energy; empty if none has.
std::vector<mfcc_t> mean_cepstrum(fe_t* front_end, const std::vector<int16>& samples) {
  const auto size = static_cast<std::size_t>(fe_get_output_size(front_end));
  constexpr std::size_t kRows = 64;
  std::vector<mfcc_t> values(kRows * size);
  std::vector<mfcc_t*> rows;
  for (std::size_t i = 0; i < kRows; ++i) rows.push_back(&values[i * size]);
  std::vector<double> sum(size, 0.0);
  std::size_t frames = 0;

  fe_start_stream(front_end);
  fe_start_utt(front_end);
  const int16* next = samples.data();
  std::size_t left = samples.size();
  while (left > 0) {
    const std::size_t before = left;
    int32 count = kRows;
    if (fe_process_frames(front_end, &next, &left, rows.data(), &count, nullptr) < 0) break;
    for (int32 i = 0; i < count; ++i) {
      const mfcc_t* row = rows[static_cast<std::size_t>(i)];
      if (row[0] < 0) continue;
      ++frames;
      for (std::size_t j = 0; j < size; ++j) sum[j] += row[j];
    }
    if (count == 0 && left == before) break;
  }
  int32 last = 0;
  fe_end_utt(front_end, rows[0], &last);

  std::vector<mfcc_t> mean;
  if (frames == 0) return mean;
  for (const double value : sum) mean.push_back(static_cast<mfcc_t>(value / static_cast<double>(frames)));
  return mean;
}

tl::unexpected<Error> cancelled() { return fail(ErrorCode::kCancelled, "The recognition was stopped."); }

class PocketsphinxRecognizer final : public Recognizer {
 public:
  PocketsphinxRecognizer(std::shared_ptr<const RecognitionModel> model, Decoder decoder)
      : model_(std::move(model)), decoder_(std::move(decoder)) {}

  Result<ChunkText> recognize(std::span<const float> samples, const RecognitionOptions& options,
                              std::stop_token stop) override {
    VAT_TRY(model_->validate(options));
    if (samples.size() > static_cast<std::size_t>(time_to_samples(kMaxChunk)))
      return fail(ErrorCode::kInternal, "The chunk is longer than PocketSphinx's maximum.");
    ChunkText result;
    result.language = "en";
    const std::vector<int16> sound = to_int16(samples);
    const std::vector<mfcc_t> mean = mean_cepstrum(ps_get_fe(decoder_.get()), sound);
    if (mean.empty()) return result;  // Digital silence.
    VAT_TRY(start_utterance(mean));
    VAT_TRY(listen(sound, stop));
    result.segments =
        to_segments(decoded_words(decoder_.get()), samples_to_time(static_cast<std::int64_t>(samples.size())),
                    options.word_times);
    return result;
  }

  Result<DetectedLanguage> detect_language(std::span<const float> /*samples*/,
                                           std::stop_token /*stop*/) override {
    return DetectedLanguage{"en", 0};
  }

 private:
  /// Resets the previous chunk's state, so that a text does not depend on what this recogniser processed
  /// before. The cepstral mean is that of the whole chunk, as in batch normalisation, which alone would not
  /// let us feed block by block.
  Result<> start_utterance(const std::vector<mfcc_t>& mean) {
    if (std::exchange(open_, false)) ps_end_utt(decoder_.get());
    cmn_live_set(ps_get_feat(decoder_.get())->cmn_struct, mean.data());
    if (ps_start_stream(decoder_.get()) < 0 || ps_start_utt(decoder_.get()) < 0)
      return fail(ErrorCode::kInternal, "PocketSphinx could not start an utterance.");
    open_ = true;
    return {};
  }

  /// Runs all passes over the audio. When stopped it leaves the utterance open, because closing it runs the
  /// last passes.
  Result<> listen(const std::vector<int16>& sound, const std::stop_token& stop) {
    bool good = true;
    for (std::size_t at = 0; good && at < sound.size(); at += kBlock) {
      if (stop.stop_requested()) return cancelled();
      const std::size_t count = std::min(kBlock, sound.size() - at);
      good = ps_process_raw(decoder_.get(), sound.data() + at, count, FALSE, FALSE) >= 0;
    }
    if (stop.stop_requested()) return cancelled();
    open_ = false;
    good = ps_end_utt(decoder_.get()) >= 0 && good;
    if (!good) return fail(ErrorCode::kInternal, "PocketSphinx could not decode a part of the recording.");
    return {};
  }

  std::shared_ptr<const RecognitionModel> model_;
  Decoder decoder_;
  bool open_ = false;  ///< An utterance was started and not ended.
};

class PocketsphinxModel final : public RecognitionModel,
                                public std::enable_shared_from_this<PocketsphinxModel> {
 public:
  PocketsphinxModel(ModelFiles files, std::string fingerprint)
      : files_(std::move(files)), fingerprint_(std::move(fingerprint)) {}

  std::string engine() const override { return "pocketsphinx"; }
  std::string name() const override { return "en-us"; }
  std::string version() const override {
    return "5prealpha";
  }  // The library does not report its version at run time.
  std::string fingerprint() const override { return fingerprint_; }
  Millis longest_chunk() const override { return kMaxChunk; }
  std::optional<int> max_recognizers() const override { return std::nullopt; }

  Result<> validate(const RecognitionOptions& options) const override {
    if (options.language != "auto" && options.language != "en")
      return fail(ErrorCode::kInvalidArgument,
                  "PocketSphinx recognises English only; use a Whisper model for the language " +
                      options.language + ".");
    if (options.mixed_languages)
      return fail(ErrorCode::kInvalidArgument,
                  "PocketSphinx recognises English only; use a Whisper model for several languages.");
    if (options.translate)
      return fail(ErrorCode::kInvalidArgument,
                  "PocketSphinx does not translate; use a Whisper model for that.");
    return {};
  }

  Result<std::unique_ptr<Recognizer>> make_recognizer() const override {
    // The library keeps the parameters of its frequency warping in global variables while it loads.
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    const Config config = make_config(files_);
    Decoder decoder(config == nullptr ? nullptr : ps_init(config.get()));
    if (decoder == nullptr)
      return fail(ErrorCode::kUnavailable, "PocketSphinx could not load its model in " +
                                               files_.language.string() +
                                               "; install the package pocketsphinx-en-us again.");
    return std::make_unique<PocketsphinxRecognizer>(shared_from_this(), std::move(decoder));
  }

 private:
  ModelFiles files_;
  std::string fingerprint_;
};

Result<std::string> fingerprint_of(const ModelFiles& files) {
  std::string digests;
  for (const fs::path& file :
       {files.language, files.dictionary, files.acoustic / "mdef", files.acoustic / "means",
        files.acoustic / "variances", files.acoustic / "sendump"}) {
    VAT_ASSIGN(const std::string digest, hash_file(Digest::kSha256, file));
    digests += digest;
  }
  return hash_hex(Digest::kSha256, digests);
}

}  // namespace

Result<std::shared_ptr<const RecognitionModel>> load_pocketsphinx(const fs::path& directory) {
  route_library_log();
  auto files = directory.empty() ? find_installed_files() : find_files(directory);
  if (!files) {
    const std::string place = directory.empty() ? "on this machine" : "in " + directory.string();
    return fail(ErrorCode::kUnavailable, "There is no PocketSphinx model for English " + place +
                                             "; install the package pocketsphinx-en-us.");
  }
  VAT_ASSIGN(std::string fingerprint, fingerprint_of(*files));
  return std::make_shared<const PocketsphinxModel>(*std::move(files), std::move(fingerprint));
}

}  // namespace vat::asr
