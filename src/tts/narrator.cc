#include "tts/narrator.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "tts/code_points.h"
#include "tts/letters.h"
#include "tts/narration.h"
#include "tts/pronounced_text.h"
#include "tts/script.h"
#include "tts/sentences.h"

namespace vat::tts {
namespace {

/// What an engine speaks in one go.
struct Piece {
  Sentence sentence;
  double rate = 1;
  std::optional<Millis> pause;  ///< Behind it, in place of the usual one.
  std::string voice;            ///< SpokenPart::voice.
};

bool ends_like_a_sentence(std::string_view text) {
  constexpr std::u32string_view kEnds = U".!?…。！？";
  constexpr std::u32string_view kClosing = U"\"'”’»)]";
  UChar32 last = 0;
  for_each_code_point(text, [&](UChar32 point, std::size_t, std::size_t) {
    const bool closing = kClosing.find(static_cast<char32_t>(point)) != std::u32string_view::npos;
    if (!closing && u_isUWhiteSpace(point) == 0) last = point;
  });
  return kEnds.find(static_cast<char32_t>(last)) != std::u32string_view::npos;
}

/// The sentences of a passage, with its end and its pause at the last of them.
void append_pieces(std::vector<Piece>& pieces, const Passage& passage, std::size_t max_bytes,
                   const std::string& language) {
  std::vector<Sentence> sentences = split_sentences(passage.text, max_bytes, language);
  if (sentences.empty()) return;
  Sentence& last = sentences.back();
  last.paragraph_end = passage.end == PassageEnd::kParagraph;
  last.sentence_end = passage.end != PassageEnd::kNothing || ends_like_a_sentence(last.text);
  for (Sentence& sentence : sentences)
    pieces.push_back({std::move(sentence), passage.rate, std::nullopt, passage.voice});
  pieces.back().pause = passage.pause;
}

std::vector<std::string> voices_of(const Script& script) {
  std::vector<std::string> voices;
  for (const Passage& passage : script.passages) voices.push_back(passage.voice);
  return voices;
}

void note_letters(Script& script, const std::string& language) {
  Letters letters;
  for (const Passage& passage : script.passages) letters.add(passage.text);
  if (auto notice = letters.foreign_to(language)) script.warnings.push_back(*std::move(notice));
}

/// A text without times: pieces with pauses between them.
class PlainNarration {
 public:
  PlainNarration(Narration narration, Script script, const ProgressSink& progress, std::stop_token stop)
      : narration_(std::move(narration)),
        script_(std::move(script)),
        progress_(progress),
        stop_(std::move(stop)) {
    narration_.set_phonemes(script_.ipa);
    report_.warnings = script_.warnings;
  }

  Result<NarrationReport> run() {
    VAT_TRY(narration_.with_fallback([this](const Turn& turn) { return attempt(turn); }, report_));
    if (!heard_) return no_words_to_speak();
    VAT_TRY(narration_.emit_silence(last_pause_));
    report_.samples = narration_.clock();
    report_.duration = narration_.time_of(report_.samples);
    return std::move(report_);
  }

 private:
  OrderedOutcome attempt(const Turn& turn) {
    take_turn(turn);
    OrderedWork<PieceSound> work(
        pieces_.size(),
        [&](std::size_t i, std::stop_token stop) {
          return narration_.speak(narration_.voiced(turn, pieces_[i].voice), pieces_[i].sentence.text,
                                  narration_.options().speed * pieces_[i].rate, std::move(stop));
        },
        [&](std::size_t i, PieceSound sound) {
          return consume(narration_.voiced(turn, pieces_[i].voice), i, std::move(sound));
        });
    OrderedOutcome outcome = work.run(turn.speaker->max_parallel(), stop_);
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(outcome.consumed));
    return outcome;
  }

  void take_turn(const Turn& turn) {
    const Synthesizer& engine = turn.speaker->engine();
    const std::string& language = narration_.options().language;
    report_.voice = turn.voice.empty() ? engine.default_voice(language) : turn.voice;
    narration_.note_phonemes(report_, turn);
    if (started_) {
      std::vector<Piece> refitted;
      for (Piece& piece : pieces_) {
        for (Sentence& part : refit_sentences({piece.sentence}, engine.max_bytes(), language))
          refitted.push_back({std::move(part), piece.rate, std::nullopt, piece.voice});
        refitted.back().pause = piece.pause;
      }
      pieces_ = std::move(refitted);
      return;
    }
    started_ = true;
    for (const Passage& passage : script_.passages) {
      // A pause before the first words.
      if (pieces_.empty() && !is_speakable(passage.text) && passage.pause)
        pause_ = narration_.samples_of(*passage.pause);
      append_pieces(pieces_, passage, narration_.max_bytes(turn), language);
    }
    for (const Piece& piece : pieces_) {
      total_bytes_ += piece.sentence.text.size();
      report_.sentences += piece.sentence.sentence_end && is_speakable(piece.sentence.text) ? 1 : 0;
    }
  }

  Result<> consume(const Turn& turn, std::size_t i, PieceSound sound) {
    const Piece& piece = pieces_[i];
    const bool any = !sound.samples.empty();
    if (any) VAT_TRY(narration_.emit_silence(std::exchange(pause_, 0)));
    const std::int64_t begin = narration_.clock();
    VAT_TRY(narration_.emit(std::move(sound.samples)));
    const std::int64_t end = narration_.clock();
    SpokenText spoken = narration_.describe(turn, piece.sentence.text, script_.marked_up);
    spoken.speed *= piece.rate;
    spoken.cached = sound.cached;
    narration_.place(spoken, begin, end);
    note(report_, std::move(spoken));
    heard_ = heard_ || any;
    last_pause_ = piece.pause ? narration_.samples_of(*piece.pause) : 0;
    if (piece.pause && any) {
      pause_ = last_pause_;
    } else if (heard_) {
      pause_ = std::max(pause_, pause_after(piece));
    }
    spoken_bytes_ += piece.sentence.text.size();
    if (progress_) {
      progress_({.stage = Stage::kSpeak,
                 .fraction = static_cast<double>(spoken_bytes_) / static_cast<double>(total_bytes_),
                 .done = narration_.time_of(end)});
    }
    return {};
  }

  [[nodiscard]] std::int64_t pause_after(const Piece& piece) const {
    const NarrationOptions& options = narration_.options();
    if (piece.pause) return narration_.samples_of(*piece.pause);
    if (piece.sentence.paragraph_end) return narration_.samples_of(options.paragraph_pause);
    return piece.sentence.sentence_end ? narration_.samples_of(options.sentence_pause) : 0;
  }

  Narration narration_;
  Script script_;
  const ProgressSink& progress_;
  std::stop_token stop_;
  bool started_ = false;
  bool heard_ = false;
  std::vector<Piece> pieces_;  ///< What remains to be spoken when an engine takes over.
  std::size_t total_bytes_ = 0;
  std::size_t spoken_bytes_ = 0;
  std::int64_t pause_ = 0;       ///< Samples of silence due before the next piece.
  std::int64_t last_pause_ = 0;  ///< The same behind the last piece, if that has a pause of its own.
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

Result<NarrationReport> Narrator::narrate_parts(const std::vector<SpokenPart>& parts,
                                                const NarrationOptions& options, const PcmSink& sink,
                                                const ProgressSink& progress, std::stop_token stop) {
  Script script;
  for (const SpokenPart& part : parts) {
    std::string text = without_pronunciation_marks(to_utf8(part.text));
    if (options.lexicon != nullptr) text = options.lexicon->apply(text, script.ipa);
    script.passages.push_back({.text = std::move(text), .voice = part.voice});
  }
  note_letters(script, options.language);
  VAT_ASSIGN(Narration narration, Narration::begin(state_->speakers, state_->config.engines, options,
                                                   voices_of(script), sink, stop));
  return PlainNarration(std::move(narration), std::move(script), progress, std::move(stop)).run();
}

Result<NarrationReport> Narrator::narrate(std::string_view text, const NarrationOptions& options,
                                          const PcmSink& sink, const ProgressSink& progress,
                                          std::stop_token stop) {
  VAT_ASSIGN(Script script,
             make_script(text, options.lexicon == nullptr ? Lexicon() : *options.lexicon, options.language));
  note_letters(script, options.language);
  VAT_ASSIGN(Narration narration, Narration::begin(state_->speakers, state_->config.engines, options,
                                                   voices_of(script), sink, stop));
  return PlainNarration(std::move(narration), std::move(script), progress, std::move(stop)).run();
}

}  // namespace vat::tts
