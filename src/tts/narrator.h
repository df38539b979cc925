// Turns text of any length into speech: sentence by sentence, in parallel if the engine allows it, in order,
// from the cache if it was spoken before, and by the next engine if one fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/audio.h"
#include "domain/progress.h"
#include "tts/engines.h"
#include "tts/lexicon.h"

namespace vat::tts {

struct NarratorConfig {
  Engines engines;                        ///< In fallback order, see order_engines(); at least one.
  std::filesystem::path cache_directory;  ///< Empty: nothing is cached.
  /// A name of a folder in it: what one owner has had spoken is no other's. Empty: nobody's in particular.
  std::string cache_owner;
  std::uint64_t max_cache_bytes = 512ULL * 1024 * 1024;
};

struct NarrationOptions {
  std::string voice;            ///< For resolve_voice(); empty: the engine's default for the language.
  std::string language = "en";  ///< BCP 47 or ISO 639-1.
  double speed = 1.0;           ///< 0.25 to 4.
  Millis sentence_pause{250};
  Millis paragraph_pause{700};
  std::shared_ptr<const Lexicon> lexicon;  ///< Null: none.
  int sample_rate = 24'000;                ///< Hz of what the sink receives, whatever the engines' own rate.
};

/// A piece as it was given to an engine, and the position of its audio in the output.
struct SpokenText {
  std::string text;
  Millis start{0};
  Millis end{0};
  std::string engine;
  bool cached = false;
  std::string source;      ///< What says the same if it is narrated: the text, or SSML with its phonemes.
  std::string voice;       ///< For resolve_voice(): "kokoro:af_heart"; the engine alone if that chose.
  double speed = 1;        ///< That was asked for.
  std::size_t cue = 0;     ///< In timed narrations: as Overrun::cue.
  std::int64_t begin = 0;  ///< As start and end, in samples.
  std::int64_t finish = 0;
};

struct NarrationReport {
  std::string engine;  ///< The engine that spoke; "google, flite" if another took over.
  std::string voice;   ///< Of the last engine; empty if the service chose.
  std::size_t sentences = 0;
  std::size_t cache_hits = 0;
  Millis duration{0};
  std::int64_t samples = 0;           ///< The same, of the output.
  std::vector<SpokenText> spoken;     ///< In order; together the whole text.
  std::vector<std::string> warnings;  ///< One sentence each.
};

/// A paragraph, and who says it.
struct SpokenPart {
  std::string text;   ///< Plain.
  std::string voice;  ///< For resolve_voice(); empty: the narration's.
};

/// Text with a position in a recording, such as a cue.
struct TimedText {
  Millis start{0};
  Millis end{0};
  std::string text;
  std::string voice;  ///< As SpokenPart::voice.
};

/// A cue whose speech did not fit its slot even at the highest speed.
struct Overrun {
  std::size_t cue = 0;  ///< Index into the cues, sorted by their start.
  Millis start{0};      ///< Where it belongs.
  Millis placed{0};     ///< Where it begins.
  Millis end{0};        ///< Where its audio ends.
};

struct TimedReport : NarrationReport {
  std::vector<Overrun> overruns;
  std::size_t sped_up = 0;      ///< Cues spoken faster than requested.
  std::size_t overlapping = 0;  ///< Cues that begin while another is shown, and are spoken after it.
};

/// Receives the audio in order, block by block, at the requested sample rate. Its error ends the narration.
using PcmSink = std::function<Result<>(const Pcm&)>;

/// Safe to use from any thread, by many at once: narrations share each engine within its max_parallel().
class Narrator {
 public:
  explicit Narrator(NarratorConfig config);
  ~Narrator();
  Narrator(const Narrator&) = delete;
  Narrator& operator=(const Narrator&) = delete;

  /// Speaks a plain text, or SSML if it begins with <speak> (speech_text.h). Blocks until the last sample is
  /// in the sink; sink and progress are called on the calling thread only. kBadData for a text with nothing
  /// to say, or SSML that is not valid, before anything is in the sink; kNotFound for an unknown voice,
  /// kCancelled after `stop`, the last engine's error when all fail.
  [[nodiscard]] Result<NarrationReport> narrate(std::string_view text, const NarrationOptions& options,
                                                const PcmSink& sink, const ProgressSink& progress,
                                                std::stop_token stop);

  /// The same for paragraphs with voices of their own, which may be those of several engines. Should one
  /// fail, the next engine speaks all the rest.
  [[nodiscard]] Result<NarrationReport> narrate_parts(const std::vector<SpokenPart>& parts,
                                                      const NarrationOptions& options, const PcmSink& sink,
                                                      const ProgressSink& progress, std::stop_token stop);

  /// Speaks each text at its start, with silence between, at least up to `total` (the recording's length).
  /// Engines fill slots at 0.8 to 1.35 times the speed; what is longer is stretched, to 1.6; if that is not
  /// enough, the following ones are delayed as little as possible and the overrun is reported. Cues that
  /// overlap are spoken one after the other in the time that they have together. A cue with nothing to say is
  /// silence; kBadData when all are such.
  [[nodiscard]] Result<TimedReport> narrate_timed(std::vector<TimedText> cues, Millis total,
                                                  const NarrationOptions& options, const PcmSink& sink,
                                                  const ProgressSink& progress, std::stop_token stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vat::tts
