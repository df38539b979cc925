// Narrator::narrate_timed: speech that keeps the timing of a recording.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

#include "base/text.h"
#include "tts/letters.h"
#include "tts/narration.h"
#include "tts/pronounced_text.h"
#include "tts/sentences.h"
#include "tts/sound.h"

namespace vat::tts {
namespace {

/// Above this, speech stops being pleasant to follow.
constexpr double kMaxSpeedUp = 1.6;
/// What engines are asked for, so that they still sound like people; the rest is stretched.
constexpr double kMaxOwnSpeed = 1.35;
constexpr double kMinOwnSpeed = 0.8;
/// A cue that fills so much of its slot is as it should be.
constexpr double kFull = 0.95;
/// Speeds are multiples, so that the same cues find the same sounds in the cache.
constexpr double kSpeedSteps = 20;
/// Engines do not hit a speed exactly; requesting a little more avoids a second attempt.
constexpr double kHaste = 1.02;
constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

struct CueSound {
  std::vector<float> samples;
  double speed_up = 1;             ///< Relative to the requested speed; below 1 if it is slower.
  std::vector<SpokenText> pieces;  ///< Places relative to the cue's first sample.
};

double ratio(std::size_t samples, std::int64_t room) {
  return static_cast<double>(samples) / static_cast<double>(std::max<std::int64_t>(room, 1));
}

/// Shown together for longer than subtitles touch by carelessness.
bool overlap(const TimedText& cue, Millis shown_until) {
  constexpr Millis kCareless{300};
  return shown_until - cue.start > std::min(kCareless, (cue.end - cue.start) / 2);
}

std::size_t length_to_say(const TimedText& cue) { return is_speakable(cue.text) ? cue.text.size() : 0; }

/// For each cue its start or, where it begins while the one before is shown, the time after that one's share
/// of what they have together. Shares are by length of text.
std::vector<Millis> share_overlaps(const std::vector<TimedText>& cues, std::size_t& overlapping) {
  constexpr std::size_t kMaxTogether = 16;
  std::vector<Millis> turns;
  for (std::size_t i = 0; i < cues.size(); ++i) {
    if (i == 0) turns.push_back(std::max(cues[i].start, Millis(0)));
    if (i + 1 == cues.size()) break;
    Millis end = cues[i].end;
    std::size_t letters = length_to_say(cues[i]);
    std::size_t next = i + 1;
    for (; next < cues.size() && next - i < kMaxTogether && overlap(cues[next], cues[i].end); ++next) {
      end = std::max(end, cues[next].end);
      letters += length_to_say(cues[next]);
    }
    Millis turn = std::max(cues[i + 1].start, Millis(0));
    if (next > i + 1 && letters > 0) {
      const double share = static_cast<double>(length_to_say(cues[i])) / static_cast<double>(letters);
      turn = std::max(turn, turns[i] + from_seconds(to_seconds(end - turns[i]) * share));
      if (is_speakable(cues[i].text) && is_speakable(cues[i + 1].text)) ++overlapping;
    }
    turns.push_back(turn);
  }
  return turns;
}

/// How long a voice takes for a text, from what it has spoken. Safe to use from any thread.
class Pace {
 public:
  /// Samples at the requested speed; 0 if too little is known.
  [[nodiscard]] double predict(const std::string& text) const {
    constexpr double kEnoughBytes = 80;
    const std::lock_guard lock(mutex_);
    return bytes_ < kEnoughBytes ? 0 : samples_ / bytes_ * static_cast<double>(text.size());
  }
  void learn(const std::string& text, double samples) {
    if (samples <= 0) return;
    const std::lock_guard lock(mutex_);
    bytes_ += static_cast<double>(text.size());
    samples_ += samples;
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    bytes_ = samples_ = 0;
  }

 private:
  mutable std::mutex mutex_;
  double bytes_ = 0;
  double samples_ = 0;
};

class TimedNarration {
 public:
  TimedNarration(Narration narration, std::vector<TimedText> cues, Millis total, const ProgressSink& progress,
                 std::stop_token stop)
      : narration_(std::move(narration)),
        cues_(std::move(cues)),
        total_(total),
        progress_(progress),
        stop_(std::move(stop)) {
    std::stable_sort(cues_.begin(), cues_.end(),
                     [](const TimedText& a, const TimedText& b) { return a.start < b.start; });
    turns_ = share_overlaps(cues_, report_.overlapping);
    for (const TimedText& cue : cues_) paces_.try_emplace(cue.voice);
    std::vector<std::string> ipa;
    for (TimedText& cue : cues_) {
      cue.text = without_pronunciation_marks(to_utf8(cue.text));
      if (const auto& lexicon = narration_.options().lexicon) cue.text = lexicon->apply(cue.text, ipa);
    }
    narration_.set_phonemes(std::move(ipa));
  }

  Result<TimedReport> run() {
    VAT_TRY(narration_.with_fallback([this](const Turn& turn) { return attempt(turn); }, report_));
    if (!cues_.empty() && !heard_) return no_words_to_speak();
    VAT_TRY(narration_.emit_silence(narration_.samples_of(total_) - narration_.clock()));
    report_.samples = narration_.clock();
    report_.duration = narration_.time_of(report_.samples);
    return std::move(report_);
  }

 private:
  OrderedOutcome attempt(const Turn& turn) {
    report_.voice =
        turn.voice.empty() ? turn.speaker->engine().default_voice(narration_.options().language) : turn.voice;
    narration_.note_phonemes(report_, turn);
    for (auto& [voice, pace] : paces_) pace.forget();
    OrderedWork<CueSound> work(
        cues_.size() - next_,
        [&, first = next_](std::size_t i, std::stop_token stop) {
          const TimedText& cue = cues_[first + i];
          return fit_cue(narration_.voiced(turn, cue.voice), cue, time_for(first + i, turn_of(first + i)),
                         stop);
        },
        [&](std::size_t, CueSound sound) { return consume(std::move(sound)); });
    return work.run(turn.speaker->max_parallel(), stop_);
  }

  [[nodiscard]] std::int64_t start_of(std::size_t cue) const {
    return narration_.samples_of(std::max(cues_[cue].start, Millis(0)));
  }

  /// The same, or where its share of an overlap begins.
  [[nodiscard]] std::int64_t turn_of(std::size_t cue) const { return narration_.samples_of(turns_[cue]); }

  /// Samples from `begin` to the next cue's turn. The last cue may extend to the recording's end.
  [[nodiscard]] std::int64_t time_for(std::size_t cue, std::int64_t begin) const {
    if (cue + 1 < cues_.size()) return turn_of(cue + 1) - begin;
    if (total_ > Millis(0)) return narration_.samples_of(std::max(total_, cues_[cue].end)) - begin;
    return kUnlimited;
  }

  Result<CueSound> speak_cue(const Turn& turn, const TimedText& cue, double speed,
                             const std::stop_token& stop) {
    CueSound sound;
    const auto pieces = split_sentences(cue.text, narration_.max_bytes(turn), narration_.options().language);
    for (const Sentence& piece : pieces) {
      VAT_ASSIGN(const PieceSound part, narration_.speak(turn, piece.text, speed, stop));
      const std::int64_t begin = std::ssize(sound.samples);
      sound.samples.insert(sound.samples.end(), part.samples.begin(), part.samples.end());
      SpokenText& spoken = sound.pieces.emplace_back(narration_.describe(turn, piece.text, false));
      narration_.place(spoken, begin, std::ssize(sound.samples));
      spoken.cached = part.cached;
    }
    return sound;
  }

  /// On a worker's thread: the cue at the engine's speed that its slot in the recording requires. Spoken
  /// once, if the voice's pace is known from other cues and keeps to it.
  Result<CueSound> fit_cue(const Turn& turn, const TimedText& cue, std::int64_t room,
                           const std::stop_token& stop) {
    const std::int64_t slot = std::min(narration_.samples_of(cue.end - cue.start), room);
    Pace& pace = paces_.at(cue.voice);
    const double first = own_speed(pace.predict(cue.text), slot, room);
    VAT_ASSIGN(CueSound sound, speak_at(turn, cue, first, stop));
    const double natural = static_cast<double>(sound.samples.size()) * first;
    pace.learn(cue.text, natural);
    const bool fits = std::ssize(sound.samples) <= room;
    const double better = own_speed(natural, slot, room);
    // A second time only if it matters.
    if (fits && (first != 1 || better >= first)) return sound;
    if (!fits && better <= first) return sound;
    VAT_ASSIGN(CueSound again, speak_at(turn, cue, better, stop));
    return !fits && again.samples.size() >= sound.samples.size() ? sound : again;
  }

  Result<CueSound> speak_at(const Turn& turn, const TimedText& cue, double own, const std::stop_token& stop) {
    VAT_ASSIGN(CueSound sound, speak_cue(turn, cue, narration_.options().speed * own, stop));
    sound.speed_up = own;
    return sound;
  }

  /// The engine's speed for speech that lasts `natural` samples at the requested one; 1 if that is unknown
  /// (0).
  [[nodiscard]] double own_speed(double natural, std::int64_t slot, std::int64_t room) const {
    if (natural <= 0) return 1;
    // The port takes speeds from 0.25 to 4.
    const double requested = narration_.options().speed;
    if (natural > static_cast<double>(room)) {
      const double wanted = natural / static_cast<double>(std::max<std::int64_t>(room, 1)) * kHaste;
      return std::min({std::ceil(wanted * kSpeedSteps) / kSpeedSteps, kMaxOwnSpeed, 4.0 / requested});
    }
    if (slot <= 0 || natural >= kFull * static_cast<double>(slot)) return 1;
    const double wanted = natural / static_cast<double>(slot);
    return std::min(
        1.0, std::max({std::ceil(wanted * kSpeedSteps) / kSpeedSteps, kMinOwnSpeed, 0.25 / requested}));
  }

  /// What is left of the allowed speed-up, if the cue is late or the engine was slower than requested.
  Result<> squeeze(CueSound& sound, std::int64_t room) const {
    const double left = kMaxSpeedUp / sound.speed_up;
    if (std::ssize(sound.samples) <= room || left < kHaste) return {};
    const double factor = std::min(ratio(sound.samples.size(), room) * kHaste, left);
    const auto before = static_cast<double>(sound.samples.size());
    VAT_ASSIGN(Pcm pcm, change_tempo({narration_.options().sample_rate, std::move(sound.samples)}, factor));
    sound.samples = std::move(pcm.samples);
    sound.speed_up *= factor;
    const double scale = static_cast<double>(sound.samples.size()) / before;
    const auto scaled = [&](std::int64_t samples) {
      return static_cast<std::int64_t>(std::lround(static_cast<double>(samples) * scale));
    };
    for (SpokenText& piece : sound.pieces) narration_.place(piece, scaled(piece.begin), scaled(piece.finish));
    return {};
  }

  Result<> consume(CueSound sound) {
    const std::size_t cue = next_++;
    VAT_TRY(narration_.emit_silence(start_of(cue) - narration_.clock()));
    const std::int64_t begin = narration_.clock();
    const std::int64_t room = time_for(cue, begin);
    VAT_TRY(squeeze(sound, room));
    const bool late = begin > turn_of(cue) && !sound.samples.empty();
    heard_ = heard_ || !sound.samples.empty();
    if (late || std::ssize(sound.samples) > room) {
      report_.overruns.push_back({cue, cues_[cue].start, narration_.time_of(begin),
                                  narration_.time_of(begin + std::ssize(sound.samples))});
    }
    if (sound.speed_up > 1) ++report_.sped_up;
    for (SpokenText& piece : sound.pieces) {
      narration_.place(piece, begin + piece.begin, begin + piece.finish);
      piece.cue = cue;
      note(report_, std::move(piece));
      ++report_.sentences;
    }
    VAT_TRY(narration_.emit(std::move(sound.samples)));
    tell_progress();
    return {};
  }

  void tell_progress() const {
    if (!progress_) return;
    progress_({.stage = Stage::kSpeak,
               .fraction = static_cast<double>(next_) / static_cast<double>(cues_.size()),
               .done = narration_.time_of(narration_.clock()),
               .total = total_});
  }

  Narration narration_;
  std::vector<TimedText> cues_;
  std::map<std::string, Pace> paces_;  ///< By voice; the map itself does not change while it is spoken.
  std::vector<Millis> turns_;          ///< When each cue's turn to speak has come at the latest.
  bool heard_ = false;
  Millis total_;
  const ProgressSink& progress_;
  std::stop_token stop_;
  std::size_t next_ = 0;  ///< First cue that is not in the sink yet.
  TimedReport report_;
};

}  // namespace

Result<TimedReport> Narrator::narrate_timed(std::vector<TimedText> cues, Millis total,
                                            const NarrationOptions& options, const PcmSink& sink,
                                            const ProgressSink& progress, std::stop_token stop) {
  std::vector<std::string> voices;
  Letters letters;
  for (const TimedText& cue : cues) {
    voices.push_back(cue.voice);
    letters.add(cue.text);
  }
  VAT_ASSIGN(Narration narration,
             Narration::begin(state_->speakers, state_->config.engines, options, voices, sink, stop));
  VAT_ASSIGN(TimedReport report,
             TimedNarration(std::move(narration), std::move(cues), total, progress, std::move(stop)).run());
  if (auto notice = letters.foreign_to(options.language)) report.warnings.push_back(*std::move(notice));
  return report;
}

}  // namespace vat::tts
