#include "voice_fetch.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <system_error>

#include "base/file.h"
#include "model_progress.h"
#include "tts/neural_engine.h"
#include "voice_packs.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFasterPack = "en_US-joe-medium";
constexpr std::chrono::hours kNotAgainFor{24};

bool is_one_of_kokoro(std::string_view voice) {
  const auto voices = tts::kokoro_voices();
  return voice.starts_with("kokoro:") ||
         std::any_of(voices.begin(), voices.end(), [voice](const Voice& one) { return one.name == voice; });
}

std::string_view primary(std::string_view language) { return language.substr(0, language.find('-')); }

/// Whether Kokoro would be the one to speak, if it were here.
bool would_speak(const tts::Engines& engines, std::string_view language) {
  const std::string_view wanted = language == "auto" ? "en" : primary(language);
  const auto voices = tts::kokoro_voices();
  const bool able = std::any_of(voices.begin(), voices.end(),
                                [&](const Voice& one) { return primary(one.language) == wanted; });
  const auto better = [&](const auto& engine) {
    const std::string name = engine->name();
    return name == "google" || name == "openai" || (name == "piper" && engine->speaks(std::string(wanted)));
  };
  return able && std::none_of(engines.begin(), engines.end(), better);
}

/// A file whose age says when the voice was last looked for in vain.
fs::path failure_mark(const catalog::ModelStore& store) {
  const auto library = store.find(catalog::kVoiceLibrary);
  return library ? library->path.parent_path() / ".not-reached" : fs::path();
}

bool failed_lately(const fs::path& mark) {
  std::error_code error;
  const auto time = fs::last_write_time(mark, error);
  return !error && fs::file_time_type::clock::now() - time < kNotAgainFor;
}

}  // namespace

VoiceNeed needed_voice(const catalog::ModelStore& store, const tts::Engines& engines,
                       const pipeline::SpeechOptions& spoken, const std::string& language) {
  const bool of_speaker = std::any_of(spoken.voices.begin(), spoken.voices.end(),
                                      [](const auto& choice) { return is_one_of_kokoro(choice.second); });
  const bool asked = spoken.engine == "kokoro" || is_one_of_kokoro(spoken.voice) || of_speaker;
  const bool automatic = spoken.engine == "auto" && spoken.voice.empty() && would_speak(engines, language);
  const catalog::VoicePack* const pack = find_pack(kNaturalPack);
  if (pack == nullptr || (!asked && !automatic) || is_installed(store, *pack)) return VoiceNeed::kNone;
  return asked ? VoiceNeed::kAsked : VoiceNeed::kAutomatic;
}

Result<> fetch_faster_voice(const catalog::ModelStore& store, const tts::Engines& engines,
                            const std::string& language, const VoiceProgress& show,
                            const std::function<void(const std::string&)>& note,
                            const std::stop_token& stop) {
  if (primary(language) != "en" && language != "auto") return {};
  const auto kokoro = std::find_if(engines.begin(), engines.end(),
                                   [](const auto& engine) { return engine->name() == "kokoro"; });
  if (kokoro == engines.end() || !(*kokoro)->measure_speed(stop)) return {};
  if ((*kokoro)->speed().value_or(tts::kMinSpeed) >= tts::kMinSpeed) return {};
  if (note) note("Kokoro is slow on this machine, so a voice of Piper's is fetched as well.");
  return pull_voice(store, kFasterPack, show, stop);
}

Result<> fetch_voice(Toolbox& toolbox, const tts::Engines& engines, const pipeline::SpeechOptions& spoken,
                     const std::string& language, Console& console, const std::stop_token& stop) {
  const catalog::ModelStore& store = toolbox.voice_store();
  const VoiceNeed need = needed_voice(store, engines, spoken, language);
  if (need == VoiceNeed::kNone) return {};
  const bool asked = need == VoiceNeed::kAsked;
  const fs::path mark = failure_mark(store);
  if (!asked && (!store.may_pull() || failed_lately(mark))) return {};
  ModelProgress progress(console);
  const auto show = [&](const std::string& file, const catalog::PullProgress& now) {
    progress.show(file, now);
  };
  if (!asked) console.note("Fetching natural voices, once; --offline or --speech-engine flite goes without.");
  auto pulled = pull_voice(store, kNaturalPack, show, stop);
  if (pulled && !asked)
    pulled = fetch_faster_voice(
        store, engines, language, show, [&](const std::string& sentence) { console.note(sentence); }, stop);
  if (pulled || asked || pulled.error().code == ErrorCode::kCancelled) return pulled;
  console.note(
      "The natural voices cannot be had, so simpler ones speak; `vat voices pull kokoro` tries again. " +
      pulled.error().message);
  (void)write_file_atomically(mark, "", Overwrite::kReplace);
  return {};
}

}  // namespace vat::app
