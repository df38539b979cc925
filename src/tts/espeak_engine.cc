#include "tts/espeak_engine.h"

#include <espeak-ng/espeak_ng.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tts/espeak_library.h"
#include "tts/languages.h"
#include "tts/sound.h"
#include "tts/spoken_text.h"

namespace vat::tts {
namespace {

/// How well the voice matches the language: the priority of an exact tag, then of the same primary language.
int distance(const EspeakVoice& voice, const std::string& language) {
  constexpr int kRelated = 100;
  int best = std::numeric_limits<int>::max();
  for (const auto& [priority, tag] : voice.languages) {
    if (tag == language) best = std::min(best, priority);
    if (primary_language(tag) == primary_language(language)) best = std::min(best, kRelated + priority);
  }
  return best;
}

const EspeakVoice* voice_for_language(const std::string& language) {
  const std::string wanted = language.empty() ? "en" : normal_language(language);
  const EspeakVoice* best = nullptr;
  int best_distance = std::numeric_limits<int>::max();
  for (const EspeakVoice& voice : EspeakLibrary::instance().voices()) {
    const int its_distance = distance(voice, wanted);
    if (its_distance < best_distance) {
      best = &voice;
      best_distance = its_distance;
    }
  }
  return best;
}

const EspeakVoice* voice_by_name(const std::string& name) {
  const std::string wanted = normal_language(name);
  for (const EspeakVoice& voice : EspeakLibrary::instance().voices())
    if (normal_language(voice.name) == wanted || voice.languages.front().tag == wanted) return &voice;
  return nullptr;
}

class Espeak final : public Synthesizer {
 public:
  [[nodiscard]] std::string name() const override { return "espeak-ng"; }
  [[nodiscard]] std::string version() const override {
    const char* data = nullptr;
    return espeak_Info(&data);
  }
  [[nodiscard]] std::size_t max_bytes() const override { return 2000; }
  [[nodiscard]] int max_parallel() const override { return 1; }
  [[nodiscard]] bool takes_phonemes() const override { return true; }
  [[nodiscard]] bool speaks(const std::string& language) const override {
    return voice_for_language(language) != nullptr;
  }
  [[nodiscard]] std::string default_voice(const std::string& language) const override {
    const EspeakVoice* const voice = voice_for_language(language);
    return voice == nullptr ? std::string() : voice->name;
  }

  [[nodiscard]] Result<std::vector<Voice>> voices(std::stop_token /*stop*/) override {
    std::vector<Voice> list;
    for (const EspeakVoice& voice : EspeakLibrary::instance().voices())
      list.push_back({voice.name, voice.languages.front().tag, voice.gender, voice.title});
    return list;
  }

  [[nodiscard]] Result<Pcm> synthesize(const Utterance& utterance, std::stop_token stop) override {
    VAT_ASSIGN(const std::string voice, identifier(utterance));
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "Speech was cancelled.");
    bool with_phonemes = false;
    std::string text = text_for(utterance, voice, with_phonemes);
    std::replace(text.begin(), text.end(), '\0', ' ');
    const double speed = std::clamp(utterance.speed, 0.25, 4.0);
    const int rate = std::clamp(static_cast<int>(std::lround(speed * espeakRATE_NORMAL)), espeakRATE_MINIMUM,
                                espeakRATE_MAXIMUM);
    VAT_ASSIGN(Pcm pcm, EspeakLibrary::instance().speak(voice, text, rate, with_phonemes, stop));
    // The part beyond the library's own range of rates.
    return change_tempo(std::move(pcm), speed * espeakRATE_NORMAL / rate);
  }

 private:
  /// The text as it is said, with the phonemes that the voice has.
  static std::string text_for(const Utterance& utterance, const std::string& voice, bool& with_phonemes) {
    const std::string language = voice_language(utterance);
    const std::string_view text = utterance.text;
    std::string result;
    std::size_t done = 0;
    const auto append = [&](std::size_t end) {
      result += without_phoneme_brackets(spoken_text(text.substr(done, end - done), language));
      done = end;
    };
    for (const Pronunciation& said : utterance.pronunciations) {
      const std::string phonemes = EspeakLibrary::instance().to_phonemes(voice, said.ipa);
      if (phonemes.empty()) continue;
      append(said.begin);
      if (!result.empty() && result.back() != ' ') result += ' ';
      result += "[[" + phonemes + "]]";
      with_phonemes = true;
      done = said.end;
    }
    append(text.size());
    return result;
  }

  /// The voice decides what the numbers are called, the language only when none is named.
  static std::string voice_language(const Utterance& utterance) {
    if (utterance.voice.empty()) return utterance.language;
    const EspeakVoice* const voice = voice_by_name(utterance.voice.substr(0, utterance.voice.find('+')));
    return voice == nullptr ? utterance.language : voice->languages.front().tag;
  }

  static Result<std::string> identifier(const Utterance& utterance) {
    const std::size_t plus = utterance.voice.find('+');
    const std::string base = utterance.voice.substr(0, plus);
    const EspeakVoice* const voice =
        base.empty() ? voice_for_language(utterance.language) : voice_by_name(base);
    if (voice == nullptr && base.empty()) {
      return fail(
          Error(ErrorCode::kNotFound, "espeak-ng does not speak the language \"" + utterance.language + "\".")
              .about_field("language"));
    }
    if (voice == nullptr)
      return fail(
          Error(ErrorCode::kNotFound, "espeak-ng has no voice \"" + base + "\".").about_field("voice"));
    if (plus == std::string::npos) return voice->identifier;
    const std::string variant = utterance.voice.substr(plus + 1);
    if (!EspeakLibrary::instance().has_variant(variant)) {
      return fail(ErrorCode::kNotFound,
                  "espeak-ng has no voice variant \"" + variant + "\"; m1 to m8 and f1 to f5 are some.");
    }
    return voice->identifier + "+" + variant;
  }
};

}  // namespace

Result<std::unique_ptr<Synthesizer>> make_espeak(const EspeakConfig& config) {
  VAT_TRY(EspeakLibrary::instance().open(config.data_directory));
  return std::make_unique<Espeak>();
}

}  // namespace vat::tts
