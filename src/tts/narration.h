// The common part of the two kinds of narration: the fallback between engines, the report, the output's
// clock. Internal to tts.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tts/cache.h"
#include "tts/narrator.h"
#include "tts/ordered_work.h"
#include "tts/script.h"
#include "tts/speaker.h"

namespace vat::tts {

struct Narrator::State {
  NarratorConfig config;
  std::unique_ptr<SpeechCache> cache;  ///< Null when nothing is cached.
  std::vector<std::unique_ptr<Speaker>> speakers;
};

/// One engine's part in one narration.
struct Turn {
  Speaker* speaker = nullptr;
  std::string voice;
};

/// A sentence or part of one in its final sample rate.
struct PieceSound {
  std::vector<float> samples;
  bool cached = false;
};

/// One narration in progress. `speak` may be called from any thread, the rest from the narration's own.
class Narration {
 public:
  /// `voices`: what voiced() is asked for; empty ones are left out.
  static Result<Narration> begin(std::vector<std::unique_ptr<Speaker>>& speakers, const Engines& engines,
                                 const NarrationOptions& options, const std::vector<std::string>& voices,
                                 const PcmSink& sink, std::stop_token stop);

  /// Who speaks a text with this voice while it is `turn`: once an engine has failed, nobody else.
  [[nodiscard]] const Turn& voiced(const Turn& turn, const std::string& voice) const;
  /// What every engine takes that voiced() may return.
  [[nodiscard]] std::size_t max_bytes(const Turn& turn) const;

  /// Audio of one piece without the silence around it, resampled. The text may have the marks of
  /// pronounced_text.h.
  [[nodiscard]] Result<PieceSound> speak(const Turn& turn, const std::string& text, double speed,
                                         std::stop_token stop) const;
  /// Calls `attempt` with one engine after the other until it succeeds or fails in a way that no other engine
  /// can fix.
  [[nodiscard]] Result<> with_fallback(const std::function<OrderedOutcome(const Turn&)>& attempt,
                                       NarrationReport& report);
  /// The phonemes of the marks in what is spoken. Before anything is.
  void set_phonemes(std::vector<std::string> ipa) { ipa_ = std::move(ipa); }
  /// A piece without its place: as people read it and, if `marked_up`, as SSML with its phonemes.
  [[nodiscard]] SpokenText describe(const Turn& turn, const std::string& text, bool marked_up) const;
  /// Warns if the engine cannot say the phonemes.
  void note_phonemes(NarrationReport& report, const Turn& turn) const;

  /// Passes audio to the sink and advances the clock.
  [[nodiscard]] Result<> emit(std::vector<float> samples);
  [[nodiscard]] Result<> emit_silence(std::int64_t samples);

  [[nodiscard]] const NarrationOptions& options() const { return options_; }
  /// Says where in the output the piece is.
  void place(SpokenText& spoken, std::int64_t begin, std::int64_t end) const {
    spoken.start = time_of(begin), spoken.end = time_of(end);
    spoken.begin = begin, spoken.finish = end;
  }
  [[nodiscard]] std::int64_t clock() const { return clock_; }  ///< Samples passed to the sink.
  [[nodiscard]] Millis time_of(std::int64_t samples) const {
    return Millis(samples * 1000 / options_.sample_rate);
  }
  [[nodiscard]] std::int64_t samples_of(Millis time) const {
    return time.count() * options_.sample_rate / 1000;
  }

 private:
  Narration(const NarrationOptions& options, const PcmSink& sink) : options_(options), sink_(sink) {}

  NarrationOptions options_;
  PcmSink sink_;
  std::vector<Turn> turns_;
  std::map<std::string, Turn> cast_;  ///< By voice.
  std::vector<std::string> ipa_;
  std::int64_t clock_ = 0;
};

/// Adds a spoken piece to the report.
void note(NarrationReport& report, SpokenText spoken);

/// The one error of a text in which no engine finds anything to say.
[[nodiscard]] tl::unexpected<Error> no_words_to_speak();

}  // namespace vat::tts
