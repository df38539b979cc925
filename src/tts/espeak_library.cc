#include "tts/espeak_library.h"

#include <espeak-ng/espeak_ng.h>

#include <algorithm>
#include <array>
#include <limits>
#include <system_error>

#include "base/ascii.h"
#include "tts/languages.h"

/// Replaces libpcaudio's function, which espeak-ng calls for a sound card even when nothing is to be played:
/// that would look for a PulseAudio server and leave a folder in /tmp. espeak-ng accepts having no card as
/// long as nothing is played.
struct audio_object;
extern "C" __attribute__((visibility("default"))) audio_object* create_audio_device_object(
    const char* /*device*/, const char* /*application*/, const char* /*description*/) {
  return nullptr;
}

namespace vat::tts {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> no_data(const std::string& detail) {
  return fail(ErrorCode::kUnavailable,
              "The voices of espeak-ng are not on this machine; install the package espeak-ng-data.", detail);
}

std::string status_text(espeak_ng_STATUS status) {
  std::array<char, 256> text{};
  espeak_ng_GetStatusCodeMessage(status, text.data(), text.size());
  return text.data();
}

/// The output of one call; the library passes it through the event list.
struct Collector {
  std::vector<float> samples;
  std::stop_token stop;
};

int collect(short* samples, int count, espeak_EVENT* events) {
  auto* const collector = static_cast<Collector*>(events->user_data);
  if (collector == nullptr) return 0;
  for (int i = 0; samples != nullptr && i < count; ++i)
    collector->samples.push_back(static_cast<float>(samples[i]) / 32768.0F);
  return collector->stop.stop_requested() ? 1 : 0;
}

/// `languages`: a list of (priority byte, zero-terminated tag), ended by a zero byte.
std::vector<EspeakVoice::Language> read_languages(const char* languages) {
  std::vector<EspeakVoice::Language> list;
  while (*languages != '\0') {
    const int priority = static_cast<unsigned char>(*languages);
    const std::string tag(languages + 1);
    list.push_back({priority, normal_language(tag)});
    languages += tag.size() + 2;
  }
  return list;
}

}  // namespace

EspeakLibrary& EspeakLibrary::instance() {
  static EspeakLibrary library;
  return library;
}

Result<> EspeakLibrary::open(const fs::path& data_directory) {
  const std::lock_guard lock(mutex_);
  std::error_code ignored;
  // The library itself would silently fall back to another folder.
  if (!data_directory.empty() && !fs::exists(data_directory / "phontab", ignored))
    return no_data(data_directory.string() + " contains no phontab");
  if (open_) return {};
  espeak_ng_InitializePath(data_directory.empty() ? nullptr : data_directory.c_str());
  espeak_ng_ERROR_CONTEXT context = nullptr;
  espeak_ng_STATUS status = espeak_ng_Initialize(&context);
  espeak_ng_ClearErrorContext(&context);
  if (status != ENS_OK) return no_data(status_text(status));
  status = espeak_ng_InitializeOutput(ENOUTPUT_MODE_SYNCHRONOUS, 0, nullptr);
  if (status != ENS_OK) return no_data(status_text(status));
  sample_rate_ = espeak_ng_GetSampleRate();
  espeak_SetSynthCallback(collect);
  const char* path = nullptr;
  espeak_Info(&path);
  data_directory_ = path == nullptr ? "" : path;
  list_voices();
  open_ = true;
  return {};
}

void EspeakLibrary::list_voices() {
  for (const espeak_VOICE** voice = espeak_ListVoices(nullptr); *voice != nullptr; ++voice) {
    const std::string identifier = (*voice)->identifier;
    // MBROLA's voices need that program and its data, which are not included.
    if (identifier.starts_with("mb/") || identifier.starts_with("!v/")) continue;
    const std::string gender = (*voice)->gender == ENGENDER_FEMALE ? "female" : "male";
    voices_.push_back({identifier.substr(identifier.rfind('/') + 1), identifier, (*voice)->name, gender,
                       read_languages((*voice)->languages)});
  }
}

bool EspeakLibrary::has_variant(const std::string& variant) const {
  const bool plain = !variant.empty() && std::all_of(variant.begin(), variant.end(), [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '-';
  });
  std::error_code ignored;
  return plain && fs::exists(data_directory_ / "voices" / "!v" / variant, ignored);
}

Result<Pcm> EspeakLibrary::speak(const std::string& voice, const std::string& text, int rate,
                                 bool with_phonemes, std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  espeak_ng_STATUS status = espeak_ng_SetVoiceByName(voice.c_str());
  if (status == ENS_OK) status = espeak_ng_SetParameter(espeakRATE, rate, 0);
  Collector collector{{}, stop};
  if (status == ENS_OK) {
    status =
        espeak_ng_Synthesize(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0,
                             espeakCHARS_UTF8 | (with_phonemes ? espeakPHONEMES : 0), nullptr, &collector);
  }
  if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "Speech was cancelled.");
  if (status != ENS_OK) {
    return fail(ErrorCode::kUnavailable, "The espeak-ng voice " + voice + " did not work; try another voice.",
                status_text(status));
  }
  return Pcm{sample_rate_, std::move(collector.samples)};
}

const std::vector<EspeakPhoneme>& EspeakLibrary::phonemes_of_voice(const std::string& voice) {
  const auto [place, is_new] = phonemes_.try_emplace(voice);
  std::vector<EspeakPhoneme>& list = place->second;
  if (!is_new || espeak_ng_SetVoiceByName(voice.c_str()) != ENS_OK) return list;
  // Only a synthesis tells the library to read "[[...]]".
  Collector nothing;
  (void)espeak_ng_Synthesize("", 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8 | espeakPHONEMES, nullptr,
                             &nothing);
  const auto ipa_of = [](const std::string& name) {
    const std::string text = "[[" + name + "]]";
    const void* rest = text.c_str();
    const char* const ipa = espeak_TextToPhonemes(&rest, espeakCHARS_UTF8, espeakPHONEMES_IPA);
    return std::string(ipa == nullptr ? "" : ipa);
  };
  const std::string vowel = ipa_of("a");
  for (const auto& [name, is_vowel] : espeak_phoneme_names()) {
    // Before a vowel, because at a word's end some languages change consonants.
    std::string ipa = ipa_of(std::string(name) + (is_vowel ? "" : "|a"));
    if (!is_vowel && (vowel.empty() || !ipa.ends_with(vowel))) continue;
    if (!is_vowel) ipa.resize(ipa.size() - vowel.size());
    if (!ipa.empty()) list.push_back({std::move(ipa), std::string(name), is_vowel});
  }
  std::stable_sort(list.begin(), list.end(), [](const EspeakPhoneme& a, const EspeakPhoneme& b) {
    return a.ipa.size() > b.ipa.size();
  });
  return list;
}

std::string EspeakLibrary::to_phonemes(const std::string& voice, std::string_view ipa) {
  const std::lock_guard lock(mutex_);
  return to_espeak_phonemes(ipa, phonemes_of_voice(voice));
}

std::string EspeakLibrary::identifier_of(const std::string& name) const {
  const std::string wanted = normal_language(name);
  const EspeakVoice* best = nullptr;
  int best_priority = std::numeric_limits<int>::max();
  for (const EspeakVoice& voice : voices_) {
    if (normal_language(voice.name) == wanted) return voice.identifier;
    for (const auto& [priority, tag] : voice.languages) {
      if (tag != wanted || priority >= best_priority) continue;
      best = &voice;
      best_priority = priority;
    }
  }
  return best == nullptr ? std::string() : best->identifier;
}

Result<std::string> EspeakLibrary::phonemes(const std::string& voice, const std::string& text, char32_t tie) {
  constexpr int kTieBit = 0x80;
  constexpr int kTieShift = 8;
  const std::string identifier = identifier_of(voice);
  const std::lock_guard lock(mutex_);
  if (identifier.empty() || espeak_ng_SetVoiceByName(identifier.c_str()) != ENS_OK)
    return fail(ErrorCode::kNotFound, "espeak-ng has no voice \"" + voice + "\" to make phonemes with.");
  const int mode = espeakPHONEMES_IPA | (tie == 0 ? 0 : kTieBit | static_cast<int>(tie) << kTieShift);
  std::string result;
  const std::string words = without_phoneme_brackets(text);
  // Each call reads one clause and moves the pointer behind it.
  for (const void* rest = words.c_str(); rest != nullptr;) {
    const char* const clause = espeak_TextToPhonemes(&rest, espeakCHARS_UTF8, mode);
    if (clause == nullptr || *clause == '\0') continue;
    if (!result.empty()) result += ' ';
    result += clause;
  }
  return result;
}

}  // namespace vat::tts
