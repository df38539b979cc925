#include "tts/flite_engine.h"

#include <flite/flite.h>
#include <flite/flite_version.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "base/ascii.h"
#include "base/loaded_library.h"
#include "tts/flite_text.h"
#include "tts/languages.h"

namespace vat::tts {
namespace {

struct WaveFree {
  void operator()(cst_wave* wave) const { delete_wave(wave); }
};

struct VoiceEntry {
  const char* name;
  const char* gender;
  const char* description;
  double pitch;  ///< Hz, as PitchTrack measures it.
};

// The first is the default: the clearest of them.
constexpr std::array kFliteVoices = {
    VoiceEntry{"slt", "female", "CMU US English, statistical, 16 kHz", 180},
    VoiceEntry{"rms", "male", "CMU US English, statistical, 16 kHz", 100},
    VoiceEntry{"awb", "male", "CMU Scottish English, statistical, 16 kHz", 130},
    VoiceEntry{"kal16", "male", "CMU US English, diphone, 16 kHz, fast", 88},
    VoiceEntry{"kal", "male", "CMU US English, diphone, 8 kHz, fast", 88},
};

#ifdef __APPLE__
constexpr std::string_view kLibraryEnd = ".dylib";
#else
constexpr std::string_view kLibraryEnd = ".so.1";
#endif

/// Each voice is a library of its own, loaded on first use, so that a server does not hold the pages of
/// unused voices. The library owns the voice and stays loaded; null when there is none.
cst_voice* load_voice(const std::string& name) {
  const std::string file = "libflite_cmu_us_" + name + std::string(kLibraryEnd);
  const auto library = LoadedLibrary::load(file, "The voice " + name + " is not installed.");
  cst_voice* (*load)(const char* directory) = nullptr;
  return library && library->find("register_cmu_us_" + name, load) ? load(nullptr) : nullptr;
}

/// The library's global state, behind the lock that Flite lacks.
class FliteLibrary {
 public:
  static FliteLibrary& instance() {
    static FliteLibrary library;
    return library;
  }

  Result<Pcm> speak(const VoiceEntry& entry, const std::string& text, double speed) {
    const std::lock_guard lock(mutex_);
    if (!initialised_) {
      flite_init();
      initialised_ = true;
    }
    cst_voice* const voice = load_voice(entry.name);
    if (voice == nullptr)
      return fail(ErrorCode::kUnavailable, std::string("The library of the flite voice ") + entry.name +
                                               " is not on this machine; install Flite with its voices.");
    flite_feat_set_float(voice->features, "duration_stretch", static_cast<float>(1.0 / speed));
    const std::unique_ptr<cst_wave, WaveFree> wave(flite_text_to_wave(text.c_str(), voice));
    if (!wave || wave->sample_rate <= 0 || wave->num_samples < 0 || wave->num_channels != 1)
      return fail(Error(ErrorCode::kUnavailable,
                        "Flite made no audio for a sentence; try another speech engine.", text)
                      .about_field("speech_engine"));
    return to_pcm(*wave);
  }

 private:
  static Pcm to_pcm(const cst_wave& wave) {
    Pcm pcm{wave.sample_rate, std::vector<float>(static_cast<std::size_t>(wave.num_samples))};
    std::transform(wave.samples, wave.samples + wave.num_samples, pcm.samples.begin(),
                   [](short sample) { return static_cast<float>(sample) / 32768.0F; });
    return pcm;
  }

  std::mutex mutex_;
  bool initialised_ = false;
};

class Flite final : public Synthesizer {
 public:
  [[nodiscard]] std::string name() const override { return "flite"; }
  [[nodiscard]] std::string version() const override { return FLITE_PROJECT_VERSION; }
  [[nodiscard]] std::size_t max_bytes() const override { return 1000; }
  [[nodiscard]] int max_parallel() const override { return 1; }
  [[nodiscard]] bool speaks(const std::string& language) const override {
    return language.empty() || primary_language(language) == "en";
  }
  [[nodiscard]] std::string default_voice(const std::string& /*language*/) const override {
    return kFliteVoices.front().name;
  }

  [[nodiscard]] Result<std::vector<Voice>> voices(std::stop_token /*stop*/) override {
    std::vector<Voice> list;
    for (const VoiceEntry& entry : kFliteVoices)
      list.push_back({entry.name, entry.name == std::string_view("awb") ? "en-GB" : "en-US", entry.gender,
                      entry.description, entry.pitch});
    return list;
  }

  [[nodiscard]] Result<Pcm> synthesize(const Utterance& utterance, std::stop_token stop) override {
    const auto* const entry = std::find_if(
        kFliteVoices.begin(), kFliteVoices.end(),
        [&](const VoiceEntry& voice) { return utterance.voice.empty() || utterance.voice == voice.name; });
    if (entry == kFliteVoices.end())
      return fail(Error(ErrorCode::kNotFound, "Flite has no voice \"" + utterance.voice + "\".")
                      .about_field("voice"));
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "Speech was cancelled.");
    const std::string text = to_flite_text(utterance.text);
    if (std::none_of(text.begin(), text.end(), is_alphanumeric)) return Pcm{16'000, {}};
    return FliteLibrary::instance().speak(*entry, text, std::clamp(utterance.speed, 0.25, 4.0));
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_flite() { return std::make_unique<Flite>(); }

}  // namespace vat::tts
