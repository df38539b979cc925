#include "tts/narrator.h"

#include <algorithm>

#include "tts/narration.h"
#include "tts/sentences.h"

namespace vat::tts {
namespace {

/// Text without times: pieces with pauses between them.
class PlainNarration {
 public:
  PlainNarration(Narration narration, std::string_view text, const ProgressSink& progress,
                 std::stop_token stop)
      : narration_(std::move(narration)), text_(text), progress_(progress), stop_(std::move(stop)) {}

  Result<NarrationReport> run() {
    VAT_TRY(narration_.with_fallback([this](const Turn& turn) { return attempt(turn); }, report_));
    if (narration_.clock() == 0) return no_words_to_speak();
    report_.duration = narration_.time_of(narration_.clock());
    return std::move(report_);
  }

 private:
  OrderedOutcome attempt(const Turn& turn) {
    take_turn(turn);
    OrderedWork<PieceSound> work(
        pieces_.size(),
        [&](std::size_t i, std::stop_token stop) {
          return narration_.speak(turn, pieces_[i].text, narration_.options().speed, std::move(stop));
        },
        [&](std::size_t i, PieceSound sound) { return consume(turn, i, std::move(sound)); });
    OrderedOutcome outcome = work.run(turn.speaker->max_parallel(), stop_);
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(outcome.consumed));
    return outcome;
  }

  void take_turn(const Turn& turn) {
    const Synthesizer& engine = turn.speaker->engine();
    const std::string& language = narration_.options().language;
    report_.voice = turn.voice.empty() ? engine.default_voice(language) : turn.voice;
    if (!started_) {
      started_ = true;
      pieces_ = split_sentences(text_, engine.max_bytes(), language);
      for (const Sentence& piece : pieces_) {
        total_bytes_ += piece.text.size();
        report_.sentences += piece.sentence_end && is_speakable(piece.text) ? 1 : 0;
      }
    } else {
      pieces_ = refit_sentences(std::move(pieces_), engine.max_bytes(), language);
    }
  }

  Result<> consume(const Turn& turn, std::size_t i, PieceSound sound) {
    const Sentence& piece = pieces_[i];
    if (!sound.samples.empty()) VAT_TRY(narration_.emit_silence(std::exchange(pause_, 0)));
    const std::int64_t begin = narration_.clock();
    VAT_TRY(narration_.emit(std::move(sound.samples)));
    const std::int64_t end = narration_.clock();
    note(report_, turn, {piece.text, narration_.time_of(begin), narration_.time_of(end), {}, sound.cached});
    if (end > 0) pause_ = std::max(pause_, pause_after(piece));
    spoken_bytes_ += piece.text.size();
    if (progress_) {
      progress_({.stage = Stage::kSpeak,
                 .fraction = static_cast<double>(spoken_bytes_) / static_cast<double>(total_bytes_),
                 .done = narration_.time_of(end)});
    }
    return {};
  }

  [[nodiscard]] std::int64_t pause_after(const Sentence& piece) const {
    const NarrationOptions& options = narration_.options();
    if (piece.paragraph_end) return narration_.samples_of(options.paragraph_pause);
    return piece.sentence_end ? narration_.samples_of(options.sentence_pause) : 0;
  }

  Narration narration_;
  std::string_view text_;
  const ProgressSink& progress_;
  std::stop_token stop_;
  bool started_ = false;
  std::vector<Sentence> pieces_;  ///< What remains to be spoken when an engine takes over.
  std::size_t total_bytes_ = 0;
  std::size_t spoken_bytes_ = 0;
  std::int64_t pause_ = 0;  ///< Samples of silence due before the next piece.
  NarrationReport report_;
};

}  // namespace

Narrator::Narrator(NarratorConfig config) : state_(std::make_unique<State>()) {
  state_->config = std::move(config);
  if (!state_->config.cache_directory.empty())
    state_->cache = std::make_unique<SpeechCache>(state_->config.cache_directory, state_->config.cache_owner,
                                                  state_->config.max_cache_bytes);
  for (const auto& engine : state_->config.engines)
    state_->speakers.push_back(std::make_unique<Speaker>(engine, state_->cache.get()));
}

Narrator::~Narrator() = default;

Result<NarrationReport> Narrator::narrate(std::string_view text, const NarrationOptions& options,
                                          const PcmSink& sink, const ProgressSink& progress,
                                          std::stop_token stop) {
  VAT_ASSIGN(Narration narration,
             Narration::begin(state_->speakers, state_->config.engines, options, sink, stop));
  return PlainNarration(std::move(narration), text, progress, std::move(stop)).run();
}

}  // namespace vat::tts
