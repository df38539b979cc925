// The sentences of a speech and how each of them was spoken, so that one can be spoken again while the others
// stay as they are. The sound of the first time is one file, the master; every later take is a file of its
// own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "media/audio_format.h"
#include "media/loudness.h"
#include "tts/narrator.h"

namespace vat::pipeline {

/// Hz of masters and takes, which have one channel of 16 bits.
inline constexpr int kSpeechRate = 24'000;

/// Of samples at that rate.
[[nodiscard]] constexpr Millis speech_time(std::int64_t samples) {
  return Millis(samples * 1000 / kSpeechRate);
}

/// The sample that a master has for this one, of which it then has the value again when it is read.
[[nodiscard]] float kept_sample(float sample);
/// That of an AudioReader on a master or a take. An encoder writes 1 as 32767, and a decoder reads 32768
/// as 1.
[[nodiscard]] float read_sample(float decoded);

/// A sentence as it was spoken once.
struct Take {
  std::string text;    ///< UTF-8; SSML if it begins with <speak>.
  std::string voice;   ///< For tts::resolve_voice().
  double speed = 1.0;  ///< That was asked for.
  std::string file;    ///< The name of its sound; empty: the master.
  std::int64_t begin = 0;
  std::int64_t end = 0;  ///< Samples of the file, from begin to before end.

  [[nodiscard]] std::int64_t length() const { return end - begin; }
  friend bool operator==(const Take&, const Take&) = default;
};

/// Never without a take. The first is the one in the master; the last is heard.
struct SpokenSentence {
  std::vector<Take> takes;

  [[nodiscard]] const Take& first() const { return takes.front(); }
  [[nodiscard]] const Take& heard() const { return takes.back(); }
  friend bool operator==(const SpokenSentence&, const SpokenSentence&) = default;
};

/// More are not kept of one sentence; the second goes first.
inline constexpr std::size_t kMaxTakes = 10;

struct SpeechTakes {
  std::string speech_id;  ///< Of the file that was made of them.
  std::string title;      ///< Metadata of that file.
  std::string language = "en";
  media::AudioFormat format = media::AudioFormat::kMp3;
  std::optional<double> loudness;         ///< LUFS that was asked for.
  std::optional<media::LevelPlan> level;  ///< How it was reached. It stays, so that the other sentences do.
  bool timed = false;      ///< A dub: sentences keep their places; otherwise the pauses between them.
  std::int64_t total = 0;  ///< Samples of the master.
  std::vector<SpokenSentence> sentences;  ///< In order, apart, within the master.

  friend bool operator==(const SpeechTakes&, const SpeechTakes&) = default;
};

/// The sentences of a narration whose sound is the master; what was silent is left out. Pieces of one cue are
/// one sentence of a timed one.
[[nodiscard]] std::vector<SpokenSentence> sentences_of(const tts::NarrationReport& report, bool timed);

/// Where a sentence is in the speech, in samples.
struct Place {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  friend bool operator==(const Place&, const Place&) = default;
};
/// Of the takes that are heard, one for each sentence.
[[nodiscard]] std::vector<Place> places_of(const SpeechTakes& takes);
/// Samples of the whole speech.
[[nodiscard]] std::int64_t length_of(const SpeechTakes& takes, const std::vector<Place>& places);

/// The names, in its job, of the list of a speech's sentences, of the master, and of a take.
[[nodiscard]] std::string takes_name(std::string_view speech);
[[nodiscard]] std::string master_name(std::string_view speech);
[[nodiscard]] std::string take_name(std::string_view speech, std::string_view uuid);

/// Puts a new take on top. `sentence` must exist.
void add_take(SpeechTakes& takes, std::size_t sentence, Take take);

[[nodiscard]] std::string to_json(const SpeechTakes& takes);
/// Of to_json(). kBadData for anything else.
[[nodiscard]] Result<SpeechTakes> takes_from_json(std::string_view text);

}  // namespace vat::pipeline
