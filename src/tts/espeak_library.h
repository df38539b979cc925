// The one lock around eSpeak NG's global state. Internal to tts.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "domain/synthesizer.h"
#include "tts/espeak_phonemes.h"

namespace vat::tts {

/// A voice file of eSpeak NG with all its language tags.
struct EspeakVoice {
  struct Language {
    int priority = 0;  ///< Lower is better.
    std::string tag;   ///< Lower-case BCP 47.
  };
  std::string name;        ///< "de", "en-US": the file's name.
  std::string identifier;  ///< "gmw/de": its path.
  std::string title;       ///< "German".
  std::string gender;
  std::vector<Language> languages;
};

/// Every member may be called from any thread; calls take turns.
class EspeakLibrary {
 public:
  static EspeakLibrary& instance();

  /// Loads the data once per process.
  [[nodiscard]] Result<> open(const std::filesystem::path& data_directory);
  /// Fixed after open().
  [[nodiscard]] const std::vector<EspeakVoice>& voices() const { return voices_; }
  [[nodiscard]] bool has_variant(const std::string& variant) const;
  /// `voice` is an identifier, with "+variant" or without. `rate` in words per minute, 80 to 450.
  /// `with_phonemes`: the text has phonemes of to_phonemes() in it, as "[[...]]".
  [[nodiscard]] Result<Pcm> speak(const std::string& voice, const std::string& text, int rate,
                                  bool with_phonemes, std::stop_token stop);
  /// The IPA in the names of the voice's phonemes; empty if it has none of these sounds. `voice` as for
  /// speak().
  [[nodiscard]] std::string to_phonemes(const std::string& voice, std::string_view ipa);
  /// The IPA of the words, which it reads as speak() does. `voice` is a name or a language ("en-US",
  /// "en-gb"). `tie` stands between letters that are one sound, if it is not zero. kNotFound for an unknown
  /// voice.
  [[nodiscard]] Result<std::string> phonemes(const std::string& voice, const std::string& text, char32_t tie);

 private:
  EspeakLibrary() = default;
  void list_voices();
  [[nodiscard]] const std::vector<EspeakPhoneme>& phonemes_of_voice(const std::string& voice);
  /// Empty when there is no such voice.
  [[nodiscard]] std::string identifier_of(const std::string& name) const;

  std::mutex mutex_;
  bool open_ = false;
  int sample_rate_ = 0;
  std::filesystem::path data_directory_;
  std::vector<EspeakVoice> voices_;
  std::map<std::string, std::vector<EspeakPhoneme>> phonemes_;  ///< By voice.
};

}  // namespace vat::tts
