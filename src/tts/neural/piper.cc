#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/number.h"
#include "tts/languages.h"
#include "tts/neural/measurements.h"
#include "tts/neural/piper_config.h"
#include "tts/neural/voice_engines.h"
#include "tts/pitch.h"
#include "tts/sample_sentence.h"
#include "tts/sound.h"
#include "tts/spoken_text.h"

namespace vat::tts {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxConfigBytes = std::size_t{2} << 20U;
/// The largest Piper voices have 120 MB.
constexpr std::size_t kMaxModelBytes = std::size_t{512} << 20U;
/// At a time, so that hundreds of voices keep nobody waiting.
constexpr int kMaxMeasuredPitches = 8;
/// What Piper's models were trained on is shorter; what is longer sounds hurried.
constexpr std::size_t kMaxPiperSymbols = 400;

struct InstalledPiper {
  fs::path model;
  std::string version;  ///< Of file_versions().
  PiperConfig config;
};

std::map<std::string, InstalledPiper> installed_piper(const fs::path& directory) {
  std::map<std::string, InstalledPiper> voices;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() != ".onnx") continue;
    const auto text = read_file(entry->path().string() + ".json", kMaxConfigBytes);
    if (!text) continue;
    if (auto config = read_piper_config(*text))
      voices.emplace(entry->path().stem().string(),
                     InstalledPiper{entry->path(), file_versions({entry->path()}), *std::move(config)});
  }
  return voices;
}

/// The text's own letters, small and decomposed, as voices without phonemes want them.
std::string letters_of(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const form = icu::Normalizer2::getNFDInstance(status);
  icu::UnicodeString letters = icu::UnicodeString::fromUTF8(text);
  letters.foldCase();
  std::string result;
  if (U_SUCCESS(status) != 0) letters = form->normalize(letters, status);
  letters.toUTF8String(result);
  return result;
}

/// Piper's order (piper/phoneme_ids.py): the beginning, each symbol followed by a pad, the end.
std::vector<std::int64_t> padded_ids(const std::u32string& run, const SymbolIds& symbols) {
  const std::vector<std::int64_t>& pad = symbols.at(U'_');
  std::vector<std::int64_t> ids;
  const auto append = [&ids](const std::vector<std::int64_t>& more) {
    ids.insert(ids.end(), more.begin(), more.end());
  };
  append(symbols.at(U'^'));
  append(pad);
  for (const char32_t symbol : run) {
    append(symbols.at(symbol));
    append(pad);
  }
  append(symbols.at(U'$'));
  return ids;
}

class Piper final : public Synthesizer {
 public:
  Piper(const NeuralConfig& config, std::shared_ptr<onnx::ModelProcesses> processes)
      : config_(config), pitches_(config.measurements), processes_(std::move(processes)) {}

  [[nodiscard]] std::string name() const override { return "piper"; }
  [[nodiscard]] std::string version() const override {
    std::vector<fs::path> files;
    const auto installed = current();
    for (const auto& [name, voice] : *installed) files.push_back(voice.model);
    return file_versions(files);
  }
  [[nodiscard]] std::size_t max_bytes() const override { return 600; }
  [[nodiscard]] int max_parallel() const override { return parallel_runs(config_.threads); }
  [[nodiscard]] bool takes_phonemes() const override { return true; }
  [[nodiscard]] bool speaks(const std::string& language) const override {
    return !default_voice(language).empty();
  }
  [[nodiscard]] std::string default_voice(const std::string& language) const override {
    const std::string wanted = language.empty() ? "en" : normal_language(language);
    std::string related;
    const auto installed = current();
    for (const auto& [name, voice] : *installed) {
      if (normal_language(voice.config.language) == wanted) return name;
      if (related.empty() && primary_language(voice.config.language) == primary_language(wanted))
        related = name;
    }
    return related;
  }
  [[nodiscard]] Result<std::vector<Voice>> voices(std::stop_token /*stop*/) override {
    std::vector<Voice> list;
    const auto installed = current();
    for (const auto& [name, voice] : *installed) {
      const PiperConfig& config = voice.config;
      std::string description = "Piper, neural, " + std::to_string(config.sample_rate) + " Hz";
      if (!config.quality.empty()) description += ", " + config.quality;
      if (config.speakers > 1)
        description += ", " + std::to_string(config.speakers) + " speakers: " + name + "#0 and on";
      list.push_back({name, config.language, "", std::move(description)});
      for (int i = 1; i < config.speakers; ++i)
        list.push_back(
            {name + "#" + std::to_string(i), config.language, "", "Piper, speaker " + std::to_string(i)});
    }
    for (Voice& voice : list) voice.pitch = pitches_.find(pitch_key(*installed, voice.name)).value_or(0);
    return list;
  }
  [[nodiscard]] Result<> measure_pitches(const std::string& language, std::stop_token stop) override {
    const std::lock_guard once(measuring_);
    const auto installed = current();
    VAT_ASSIGN(const std::vector<Voice> list, voices(stop));
    int measured = 0;
    Result<> done;
    for (const Voice& voice : list) {
      const bool wanted = language.empty() || primary_language(voice.language) == primary_language(language);
      const std::string key = pitch_key(*installed, voice.name);
      if (!wanted || pitches_.find(key)) continue;
      if (++measured > kMaxMeasuredPitches) break;
      // Others may speak.
      if (auto one = measure_pitch(voice, key, stop); !one) done = std::move(one);
      if (stop.stop_requested()) break;
    }
    return done;
  }

  [[nodiscard]] Result<Pcm> synthesize(const Utterance& utterance, std::stop_token stop) override {
    const std::string wanted = utterance.voice.empty() ? default_voice(utterance.language) : utterance.voice;
    const std::size_t hash = wanted.find('#');
    const auto installed = current();
    const auto found = installed->find(wanted.substr(0, hash));
    std::optional<int> speaker = 0;
    if (found != installed->end() && hash != std::string::npos)
      speaker = speaker_of(found->second.config, wanted.substr(hash + 1));
    if (found == installed->end() || !speaker)
      return fail(Error(ErrorCode::kNotFound, "Piper has no voice \"" + wanted + "\".").about_field("voice"));
    const PiperConfig& voice = found->second.config;
    std::string phonemes;
    if (voice.espeak.empty()) {
      phonemes = letters_of(spoken_text(utterance.text, voice.language));
    } else {
      VAT_ASSIGN(phonemes, phonemes_of(utterance, voice.language, voice.espeak, PhonemeStyle::kPiper));
    }
    const double speed = std::clamp(utterance.speed, 0.25, 4.0);
    Pcm pcm{voice.sample_rate, {}};
    const std::vector<std::u32string> runs = symbol_runs(phonemes, voice.symbols, kMaxPiperSymbols);
    if (runs.empty()) return no_sounds(name());
    for (const std::u32string& run : runs) {
      VAT_ASSIGN(
          const std::vector<float> samples,
          processes_->run(found->second.model, inputs(voice, run, model_speed(speed), *speaker), stop));
      pcm.samples.insert(pcm.samples.end(), samples.begin(), samples.end());
    }
    return change_tempo(std::move(pcm), speed / model_speed(speed));
  }

 private:
  static std::optional<int> speaker_of(const PiperConfig& voice, const std::string& name) {
    if (const auto found = voice.speaker_ids.find(name); found != voice.speaker_ids.end())
      return found->second;
    const auto number = parse_number<int>(name);
    return number && *number >= 0 && *number < voice.speakers ? number : std::nullopt;
  }

  static std::vector<onnx::Tensor> inputs(const PiperConfig& voice, const std::u32string& run, double speed,
                                          int speaker) {
    std::vector<std::int64_t> ids = padded_ids(run, voice.symbols);
    const auto count = static_cast<std::int64_t>(ids.size());
    std::vector<onnx::Tensor> inputs{
        {"input", {1, count}, std::move(ids)},
        {"input_lengths", {1}, std::vector<std::int64_t>{count}},
        {"scales",
         {3},
         std::vector<float>{voice.noise, voice.length / static_cast<float>(speed), voice.noise_width}}};
    if (voice.speakers > 1) inputs.push_back({"sid", {1}, std::vector<std::int64_t>{speaker}});
    return inputs;
  }

  using Installed = std::map<std::string, InstalledPiper>;

  [[nodiscard]] Result<> measure_pitch(const Voice& voice, const std::string& key,
                                       const std::stop_token& stop) {
    const Utterance sample{
        .text = sample_sentence(voice.language), .language = voice.language, .voice = voice.name};
    VAT_ASSIGN(Pcm spoken, synthesize(sample, stop));
    VAT_ASSIGN(const Pcm heard, resample(std::move(spoken), kRecognitionRate));
    PitchTrack track;
    track.push(heard.samples);
    pitches_.remember(key, track.median());
    return {};
  }

  /// Of a voice, "NAME" or "NAME#1", and its file.
  static std::string pitch_key(const Installed& installed, const std::string& voice) {
    const auto found = installed.find(voice.substr(0, voice.find('#')));
    return found == installed.end() ? "" : "pitch of " + voice + " " + found->second.version;
  }

  /// Those that are there now; none without the library.
  [[nodiscard]] std::shared_ptr<const Installed> current() const {
    std::error_code no_folder;
    std::error_code ignored;
    const auto changed = fs::last_write_time(config_.directory, no_folder);
    const std::lock_guard lock(mutex_);
    if (no_folder || !fs::is_regular_file(config_.library, ignored)) {
      voices_ = std::make_shared<const Installed>();
      changed_.reset();
    } else if (changed_ != changed) {
      voices_ = std::make_shared<const Installed>(installed_piper(config_.directory));
      changed_ = changed;
    }
    return voices_;
  }

  const NeuralConfig config_;
  Measurements pitches_;
  std::mutex measuring_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Installed> voices_;
  mutable std::optional<fs::file_time_type> changed_;  ///< When the folder was, at its last reading.
  const std::shared_ptr<onnx::ModelProcesses> processes_;
};

tl::unexpected<Error> unfit(const fs::path& file, const std::string& reason) {
  return fail(ErrorCode::kBadData, file.string() + " cannot be used: " + reason);
}

}  // namespace

std::shared_ptr<Synthesizer> make_piper(const NeuralConfig& config,
                                        std::shared_ptr<onnx::ModelProcesses> processes) {
  return std::make_shared<Piper>(config, std::move(processes));
}

Result<PiperVoice> check_piper_voice(const fs::path& model) {
  const fs::path description = model.string() + ".json";
  const auto text = read_file(description, kMaxConfigBytes);
  if (!text && text.error().code == ErrorCode::kNotFound)
    return fail(ErrorCode::kNotFound,
                "A Piper voice is two files: there is no " + description.string() + ".");
  if (!text) return fail(text.error());
  const auto config = read_piper_config(*text);
  if (!config) return unfit(description, config.error().message);
  VAT_ASSIGN(const std::string bytes, read_file(model, kMaxModelBytes));
  const auto inputs = onnx_inputs(bytes);
  if (!inputs) return unfit(model, inputs.error().message);
  std::vector<std::string> wanted{"input", "input_lengths", "scales"};
  if (config->speakers > 1) wanted.emplace_back("sid");
  if (!std::is_permutation(wanted.begin(), wanted.end(), inputs->begin(), inputs->end()))
    return unfit(model, "it has other inputs than a Piper voice.");
  return PiperVoice{model.stem().string(), config->language, config->quality, config->sample_rate,
                    config->speakers};
}

}  // namespace vat::tts
