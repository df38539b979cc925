// The port to a text-to-speech engine. Implemented by tts.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/audio.h"

namespace vat {

struct Voice {
  std::string name;      ///< A value of --voice: "slt", "en-GB-Neural2-A".
  std::string language;  ///< BCP 47: "en-US".
  std::string gender;    ///< "female", "male", "neutral" or empty.
  std::string description;
  double pitch = 0;        ///< The median of its fundamental frequency, Hz; 0: not known.
  double shortcoming = 0;  ///< From 0, for the best that its publisher has, to 1.
};

/// A stretch of an utterance's text that is said as these phonemes.
struct Pronunciation {
  std::size_t begin = 0;  ///< In bytes of the text.
  std::size_t end = 0;
  std::string ipa;

  friend bool operator==(const Pronunciation&, const Pronunciation&) = default;
};

/// One utterance: at most a few sentences, at most `Synthesizer::max_bytes()`.
struct Utterance {
  std::string text;      ///< UTF-8.
  std::string language;  ///< BCP 47 or ISO 639-1; selects the voice when `voice` is empty.
  std::string voice;     ///< Empty: the engine's default for the language.
  double speed = 1.0;    ///< 0.25 to 4.0; 1 is the voice's normal speed.
  /// In order, apart, and never cutting a code point. An engine that takes no phonemes reads the text.
  std::vector<Pronunciation> pronunciations;
};

/// Safe to use from any thread, by as many at once as max_parallel().
class Synthesizer {
 public:
  virtual ~Synthesizer() = default;
  [[nodiscard]] virtual std::string name() const = 0;  ///< "google", "kokoro", "piper", "flite", ...
  /// Library or model version: part of the cache key.
  [[nodiscard]] virtual std::string version() const = 0;
  [[nodiscard]] virtual std::size_t max_bytes() const = 0;
  [[nodiscard]] virtual int max_parallel() const = 0;
  /// Whether it says an utterance's pronunciations.
  [[nodiscard]] virtual bool takes_phonemes() const { return false; }
  /// True when the engine has a voice for the language (ISO 639-1 or BCP 47).
  [[nodiscard]] virtual bool speaks(const std::string& language) const = 0;
  /// The default voice of an Utterance, for reports; empty if a remote service decides.
  [[nodiscard]] virtual std::string default_voice(const std::string& language) const {
    (void)language;
    return {};
  }
  /// Seconds of speech that it makes in a second on this machine, as measured before; empty while that is
  /// unknown, and for engines that are fast everywhere. Quick.
  [[nodiscard]] virtual std::optional<double> speed() const { return std::nullopt; }
  /// Measures speed() by speaking some sentences, unless it is known. Errors are those of synthesize().
  [[nodiscard]] virtual Result<> measure_speed(std::stop_token stop) {
    (void)stop;
    return {};
  }
  [[nodiscard]] virtual Result<std::vector<Voice>> voices(std::stop_token stop) = 0;
  /// Measures the pitch of some voices of a language (empty: of any) by speaking a sentence with each, where
  /// it is not known; voices() has it from then on. Errors are those of synthesize().
  [[nodiscard]] virtual Result<> measure_pitches(const std::string& language, std::stop_token stop) {
    (void)language;
    (void)stop;
    return {};
  }
  /// Blocks until the audio is made. kNotFound for an unknown voice, kUnavailable or kNetwork when the engine
  /// cannot work now (another engine may be tried), kCancelled after `stop`.
  [[nodiscard]] virtual Result<Pcm> synthesize(const Utterance& utterance, std::stop_token stop) = 0;
};

}  // namespace vat
