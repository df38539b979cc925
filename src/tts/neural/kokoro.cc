#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <fstream>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/processor.h"
#include "tts/engines.h"
#include "tts/languages.h"
#include "tts/neural/kokoro_tables.h"
#include "tts/neural/measurements.h"
#include "tts/neural/phonemes.h"
#include "tts/neural/voice_engines.h"
#include "tts/sound.h"

namespace vat::tts {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kStyleRows = 510;
constexpr std::size_t kStyleColumns = 256;
constexpr std::size_t kVoiceBytes = kStyleRows * kStyleColumns * sizeof(float);
/// The model's limit, its two ends left out.
constexpr std::size_t kMaxKokoroSymbols = 510;
constexpr int kKokoroRate = 24'000;
constexpr std::string_view kDefaultVoice = "af_heart";
constexpr const char* kMeasuredText =
    "The harbour was quiet when the last ferry of the evening left for the island.";
constexpr int kMaxMeasurements = 3;
/// A run takes no less, in seconds.
constexpr double kShortest = 1e-4;
/// The machine may have been busy.
constexpr std::chrono::hours kSlowIsForgottenAfter{24};
/// Seconds of speech in a second, above which one measurement says enough.
constexpr double kFastEnough = 2.2;

const SymbolIds& kokoro_ids() {
  static const SymbolIds ids = [] {
    SymbolIds made;
    for (const KokoroSymbol& symbol : kKokoroSymbols) made[symbol.symbol] = {symbol.id};
    return made;
  }();
  return ids;
}

const KokoroVoiceRow* row_of(std::string_view name) {
  const auto* const found = std::find_if(kKokoroVoiceTable.begin(), kKokoroVoiceTable.end(),
                                         [name](const KokoroVoiceRow& row) { return row.name == name; });
  return found == kKokoroVoiceTable.end() ? nullptr : found;
}

/// The best of the region, else of the language; null if it is not spoken.
const KokoroVoiceRow* default_row(const std::string& language) {
  const std::string wanted = language.empty() ? "en-us" : normal_language(language);
  if (wanted == "en" || wanted == "en-us") return row_of(kDefaultVoice);
  if (wanted == "en-gb") return row_of("bf_emma");
  const KokoroVoiceRow* related = nullptr;
  for (const KokoroVoiceRow& row : kKokoroVoiceTable) {
    if (normal_language(row.language) == wanted) return &row;
    if (related == nullptr && primary_language(row.language) == primary_language(wanted)) related = &row;
  }
  return related;
}

/// From 0, for A, to 1, for F.
double shortcoming_of(std::string_view grade) {
  constexpr std::string_view kGrades = "ABCDF";
  const std::size_t place = grade.empty() ? std::string_view::npos : kGrades.find(grade.front());
  constexpr double kUngraded = 0.5;
  return place == std::string_view::npos
             ? kUngraded
             : static_cast<double>(place) / static_cast<double>(kGrades.size() - 1);
}

PhonemeStyle style_of(const KokoroVoiceRow& row) {
  if (row.language == "en-US") return PhonemeStyle::kKokoroAmerican;
  return row.language == "en-GB" ? PhonemeStyle::kKokoroBritish : PhonemeStyle::kKokoroOther;
}

class Kokoro final : public Synthesizer {
 public:
  Kokoro(const NeuralConfig& config, std::shared_ptr<onnx::ModelProcesses> processes)
      : config_(config),
        model_(config.directory / kKokoroModel),
        voices_(config.directory / kKokoroVoices),
        speeds_(config.measurements),
        processes_(std::move(processes)) {}

  [[nodiscard]] std::string name() const override { return "kokoro"; }
  [[nodiscard]] std::string version() const override {
    return "1.0 int8, stressed, " + file_versions({model_, voices_});
  }
  [[nodiscard]] std::size_t max_bytes() const override { return 600; }
  [[nodiscard]] int max_parallel() const override { return parallel_runs(config_.threads); }
  [[nodiscard]] bool takes_phonemes() const override { return true; }
  [[nodiscard]] bool speaks(const std::string& language) const override {
    return default_row(language) != nullptr && installed();
  }
  [[nodiscard]] std::string default_voice(const std::string& language) const override {
    const KokoroVoiceRow* const row = default_row(language);
    return row == nullptr ? std::string() : std::string(row->name);
  }
  [[nodiscard]] std::optional<double> speed() const override {
    const std::string key = speed_key();
    const auto speed = speeds_.find(key);
    return speed && *speed < kMinSpeed ? speeds_.find(key, kSlowIsForgottenAfter) : speed;
  }
  [[nodiscard]] Result<> measure_speed(std::stop_token stop) override {
    const std::lock_guard once(measuring_);
    if (speed()) return {};
    // Loads the model.
    VAT_TRY(synthesize({.text = "Hello."}, stop));
    double best = 0;
    // Caches and clock rates differ from run to run.
    for (int i = 0; i < kMaxMeasurements && best < kFastEnough; ++i) {
      double computing = 0;
      VAT_ASSIGN(const Pcm pcm, synthesize({.text = kMeasuredText}, stop, computing));
      const double seconds = static_cast<double>(pcm.samples.size()) / pcm.sample_rate;
      best = std::max(best, seconds / std::max(computing, kShortest) * cores_worth());
    }
    speeds_.remember(speed_key(), best);
    return {};
  }
  [[nodiscard]] Result<std::vector<Voice>> voices(std::stop_token /*stop*/) override {
    if (!installed()) return std::vector<Voice>();
    const auto list = kokoro_voices();
    return std::vector<Voice>(list.begin(), list.end());
  }

  [[nodiscard]] Result<Pcm> synthesize(const Utterance& utterance, std::stop_token stop) override {
    double computing = 0;
    return synthesize(utterance, stop, computing);
  }

 private:
  /// Adds to `computing` the seconds of CPU time.
  [[nodiscard]] Result<Pcm> synthesize(const Utterance& utterance, const std::stop_token& stop,
                                       double& computing) {
    const KokoroVoiceRow* const row =
        utterance.voice.empty() ? default_row(utterance.language) : row_of(utterance.voice);
    if (row == nullptr)
      return fail(Error(ErrorCode::kNotFound, "Kokoro has no voice \"" + utterance.voice + "\".")
                      .about_field("voice"));
    VAT_ASSIGN(const std::string phonemes,
               phonemes_of(utterance, std::string(row->language), std::string(row->espeak), style_of(*row)));
    const double speed = std::clamp(utterance.speed, 0.25, 4.0);
    Pcm pcm{kKokoroRate, {}};
    const std::vector<std::u32string> runs = symbol_runs(phonemes, kokoro_ids(), kMaxKokoroSymbols);
    if (runs.empty()) return no_sounds(name());
    for (const std::u32string& run : runs) {
      VAT_ASSIGN(const onnx::Output output, speak(*row, run, model_speed(speed), stop));
      pcm.samples.insert(pcm.samples.end(), output.values.begin(), output.values.end());
      computing += output.computing;
    }
    return change_tempo(std::move(pcm), speed / model_speed(speed));
  }

  /// By how much several threads are faster than one: what waits for others takes half of each.
  [[nodiscard]] double cores_worth() const { return 1 + (std::clamp(config_.threads, 1, 8) - 1) / 2.0; }

  [[nodiscard]] bool installed() const {
    return std::all_of(needed_.begin(), needed_.end(), [](const fs::path& file) {
      std::error_code ignored;
      return fs::is_regular_file(file, ignored);
    });
  }

  /// Of the model, the library and the machine.
  [[nodiscard]] std::string speed_key() const {
    return "kokoro, by CPU time " + version() + " " + file_versions({config_.library}) + " " +
           processor_name() + " " + std::to_string(config_.threads);
  }

  Result<onnx::Output> speak(const KokoroVoiceRow& row, const std::u32string& run, double speed,
                             const std::stop_token& stop) {
    VAT_ASSIGN(std::vector<float> style, style_row(row, run.size()));
    std::vector<std::int64_t> ids{0};
    for (const char32_t symbol : run) ids.push_back(kokoro_ids().at(symbol).front());
    ids.push_back(0);
    const auto count = static_cast<std::int64_t>(ids.size());
    return processes_->compute(model_,
                               {{"tokens", {1, count}, std::move(ids)},
                                {"style", {1, kStyleColumns}, std::move(style)},
                                {"speed", {1}, std::vector<float>{static_cast<float>(speed)}}},
                               stop);
  }

  /// The row of the voice's table for so many symbols.
  [[nodiscard]] Result<std::vector<float>> style_row(const KokoroVoiceRow& row, std::size_t symbols) const {
    static_assert(std::endian::native == std::endian::little);
    const auto voice = static_cast<std::size_t>(&row - kKokoroVoiceTable.data());
    const std::size_t line = std::min(symbols, kStyleRows - 1);
    std::vector<float> style(kStyleColumns);
    std::error_code error;
    if (fs::file_size(voices_, error) != kKokoroVoiceTable.size() * kVoiceBytes || error)
      return fail(ErrorCode::kUnavailable,
                  "The voices of Kokoro are not installed, or their file is damaged.");
    std::ifstream file(voices_, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(voice * kVoiceBytes + line * kStyleColumns * sizeof(float)));
    if (!file.read(reinterpret_cast<char*>(style.data()), kStyleColumns * sizeof(float)))
      return fail(system_error(errno, "read", voices_.string()));
    return style;
  }

  const NeuralConfig config_;
  const fs::path model_;
  const fs::path voices_;
  const std::array<fs::path, 3> needed_{model_, voices_, config_.library};
  std::mutex measuring_;
  Measurements speeds_;
  const std::shared_ptr<onnx::ModelProcesses> processes_;
};

}  // namespace

std::span<const Voice> kokoro_voices() {
  static const std::vector<Voice> voices = [] {
    std::vector<Voice> list;
    for (const KokoroVoiceRow& row : kKokoroVoiceTable) {
      const bool female = row.name[1] == 'f';
      list.push_back(
          {std::string(row.name), std::string(row.language), female ? "female" : "male",
           "Kokoro, neural, 24 kHz" + (row.grade.empty() ? "" : ", graded " + std::string(row.grade)),
           row.pitch, shortcoming_of(row.grade)});
    }
    return list;
  }();
  return voices;
}

std::shared_ptr<Synthesizer> make_kokoro(const NeuralConfig& config,
                                         std::shared_ptr<onnx::ModelProcesses> processes) {
  return std::make_shared<Kokoro>(config, std::move(processes));
}

}  // namespace vat::tts
