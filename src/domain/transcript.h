// The result of recognition: words in segments in a transcript.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/speakers.h"

namespace vat {

/// Of a word whose engine does not say how sure it is.
inline constexpr float kNoConfidence = -1;

/// One word as it was recognised.
struct Word {
  Millis start{0};
  Millis end{0};
  std::string text;      ///< UTF-8 with its punctuation, without surrounding space: "country,".
  float confidence = 0;  ///< Probability in [0, 1] by the engine's own estimate, or kNoConfidence.
  bool joined = false;   ///< True when it is not preceded by a space (Chinese, Japanese, Thai, ...).

  friend bool operator==(const Word&, const Word&) = default;
};

/// A stretch of speech that the engine returned as one piece.
struct Segment {
  Millis start{0};
  Millis end{0};
  std::string text;         ///< UTF-8, trimmed.
  std::vector<Word> words;  ///< May be empty if the engine has no word times.
  std::string language;     ///< ISO 639-1 if it was detected for the segment; else empty: the transcript's.
  float average_log_probability = 0;
  float no_speech_probability = 0;
  float compression_ratio = 0;  ///< Bytes of the text over bytes of its DEFLATE form; > 2.4 means repetition.
  float temperature = 0;        ///< Sampling temperature of this text.
  std::string speaker;          ///< Speaker::id; empty: not known.
  bool overlapped = false;      ///< Somebody else speaks at the same time.

  friend bool operator==(const Segment&, const Segment&) = default;
};

/// A sound that the engine described instead of words.
struct SoundEvent {
  Millis start{0};
  Millis end{0};
  std::string text;  ///< As the engine wrote it: "[Music]", "(laughter)", "♪".

  friend bool operator==(const SoundEvent&, const SoundEvent&) = default;
};

/// Whether it only says that nothing is heard: "[BLANK_AUDIO]", "(silence)".
[[nodiscard]] bool is_silence(const SoundEvent& sound);

enum class RemovalReason {
  kSilence,      ///< The engine itself took it for silence.
  kNoSpeech,     ///< The detector found no speech there.
  kStockPhrase,  ///< A phrase that engines are known to invent, with other signs that nobody said it.
  kRepetition,   ///< A loop that nobody can have said.
};

/// "silence", "no_speech", "stock_phrase", "repetition".
[[nodiscard]] std::string_view removal_reason_name(RemovalReason reason);
[[nodiscard]] std::optional<RemovalReason> parse_removal_reason(std::string_view name);

struct RemovedPassage {
  Millis start{0};
  Millis end{0};
  std::string text;
  RemovalReason reason = RemovalReason::kSilence;

  friend bool operator==(const RemovedPassage&, const RemovedPassage&) = default;
};

/// Hallucinated text that was removed.
struct Removed {
  std::size_t silence_segments = 0;      ///< Text that the engine invented where nobody speaks.
  std::size_t repetition_segments = 0;   ///< Text that the engine repeated in a loop.
  std::size_t words = 0;                 ///< Words in all of them.
  std::vector<RemovedPassage> passages;  ///< In order; empty in transcripts of earlier versions.

  Removed& operator+=(const Removed& other) {
    silence_segments += other.silence_segments;
    repetition_segments += other.repetition_segments;
    words += other.words;
    passages.insert(passages.end(), other.passages.begin(), other.passages.end());
    return *this;
  }
  friend bool operator==(const Removed&, const Removed&) = default;
};

/// How much of the speech has words. Speech is what the detector found; one second of it or more between two
/// words counts as without words.
struct Coverage {
  Millis speech{0};                     ///< Without the pauses in it.
  Millis with_words{0};                 ///< At most `speech`.
  std::vector<TimeSpan> without_words;  ///< In order: where speech was not understood, if it was speech.

  friend bool operator==(const Coverage&, const Coverage&) = default;
};

/// How long each part of the work took, in wall-clock seconds.
struct Timings {
  double total = 0;        ///< From the first sample read to the last word.
  double recognition = 0;  ///< Summed over all states; divided by `total`, the number of busy cores.
};

/// A transcript without its segments.
struct TranscriptSummary {
  std::string engine;               ///< "whisper", "pocketsphinx", "sherpa".
  std::string model;                ///< "base.en", "en-us".
  std::string model_version;        ///< Of the library that ran the model.
  std::string task = "transcribe";  ///< Or "translate".
  std::string language;             ///< ISO 639-1 code of what was spoken most; empty when unknown.
  float language_probability = 0;
  Millis duration{0};  ///< Of the recording.
  Millis speech{0};    ///< Of what was detected as speech and given to the engine.
  Removed removed;
  std::vector<SoundEvent> sounds;    ///< In order; they are in no segment.
  std::optional<Coverage> coverage;  ///< Empty in transcripts of earlier versions.
  Timings timings;
  std::vector<Speaker> speakers;      ///< Empty: they were not told apart.
  std::vector<SpeakerTurn> turns;     ///< In order of start; may be empty although there are speakers.
  std::vector<std::string> warnings;  ///< One sentence each: a truncated file, a fallback engine.
};

struct Transcript : TranscriptSummary {
  std::vector<Segment> segments;

  /// The whole text, segments joined by a space (or nothing, where the language writes none).
  [[nodiscard]] std::string text() const;
};

/// No time of a transcript is later.
inline constexpr Millis kMaxRecordingLength = std::chrono::hours(1000);

/// A time that cannot be.
struct TimeFault {
  std::size_t segment = 0;          ///< Which it belongs to,
  std::optional<std::size_t> word;  ///< and which of its words; empty: the segment itself.
  bool end = false;                 ///< The end; else the start.
};
/// The first time that is against the order of segments, and of the words of each: they stand in the order of
/// their starts, none ends before it starts, and all lie within [0, latest].
[[nodiscard]] std::optional<TimeFault> find_time_fault(std::span<const Segment> segments,
                                                       Millis latest = kMaxRecordingLength);

/// Whether what is in no segment lies within [0, latest].
[[nodiscard]] bool asides_within(const Removed& removed, std::span<const SoundEvent> sounds, Millis latest);

/// kBadData for a transcript with such a fault, or whose durations are outside of the same bounds. Every
/// transcript that is stored or read passes it.
[[nodiscard]] Result<> check_times(const Transcript& transcript);

/// No transcript has more speakers, and none a longer name, in bytes.
inline constexpr std::size_t kMaxSpeakers = 1000;
inline constexpr std::size_t kMaxSpeakerName = 200;
/// Hz, above every voice.
inline constexpr double kMaxPitch = 1000;

/// kBadData unless each speaker has an id of its own (1 to 32 bytes), a name of at most kMaxSpeakerName bytes
/// and a pitch within [0, kMaxPitch], segments and turns name only speakers that there are, and the turns
/// stand in the order of their starts within [0, kMaxRecordingLength]. Every transcript that is stored or
/// read passes it.
[[nodiscard]] Result<> check_speakers(const Transcript& transcript);

/// The words in order, with spaces where they belong.
[[nodiscard]] std::string join_words(const std::vector<Word>& words);

}  // namespace vat
