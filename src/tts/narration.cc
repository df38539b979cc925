#include "tts/narration.h"

#include <algorithm>

#include "tts/pronounced_text.h"
#include "tts/sound.h"

namespace vat::tts {
namespace {

Result<> validate(const NarrationOptions& options) {
  if (!(options.speed >= 0.25 && options.speed <= 4.0))
    return fail(ErrorCode::kInvalidArgument, "The speed of speech must be between 0.25 and 4.");
  if (options.sample_rate < 8'000 || options.sample_rate > 192'000)
    return fail(ErrorCode::kInvalidArgument, "The sample rate of speech must be between 8000 and 192000 Hz.");
  if (options.sentence_pause < Millis(0) || options.paragraph_pause < Millis(0))
    return fail(ErrorCode::kInvalidArgument, "A pause in speech may not be negative.");
  return {};
}

/// Failures that the next engine may not share. A full disk or a cancelled job affects all.
bool another_may_work(ErrorCode code) {
  return code != ErrorCode::kCancelled && code != ErrorCode::kDiskFull && code != ErrorCode::kBrokenPipe;
}

}  // namespace

Result<Narration> Narration::begin(std::vector<std::unique_ptr<Speaker>>& speakers, const Engines& engines,
                                   const NarrationOptions& options, const std::vector<std::string>& voices,
                                   const PcmSink& sink, std::stop_token stop) {
  VAT_TRY(validate(options));
  if (engines.empty())
    return fail(
        Error(ErrorCode::kUnavailable, "No speech engine is configured.").about_field("speech_engine"));
  VAT_ASSIGN(const ResolvedVoice voice, resolve_voice(engines, options.voice, stop));
  Narration narration(options, sink);
  narration.turns_.push_back({speakers[voice.engine].get(), voice.voice});
  for (std::size_t i = 0; i < speakers.size(); ++i)
    if (i != voice.engine) narration.turns_.push_back({speakers[i].get(), {}});
  for (const std::string& name : voices) {
    if (name.empty() || narration.cast_.contains(name)) continue;
    VAT_ASSIGN(const ResolvedVoice found, resolve_voice(engines, name, stop));
    narration.cast_.emplace(name, Turn{speakers[found.engine].get(), found.voice});
  }
  return narration;
}

const Turn& Narration::voiced(const Turn& turn, const std::string& voice) const {
  const auto found = &turn == &turns_.front() ? cast_.find(voice) : cast_.end();
  return found == cast_.end() ? turn : found->second;
}

std::size_t Narration::max_bytes(const Turn& turn) const {
  std::size_t bytes = turn.speaker->engine().max_bytes();
  for (const auto& [name, other] : cast_) bytes = std::min(bytes, other.speaker->engine().max_bytes());
  return bytes;
}

Result<PieceSound> Narration::speak(const Turn& turn, const std::string& text, double speed,
                                    std::stop_token stop) const {
  PronouncedText said = read_pronounced(text, ipa_);
  Utterance utterance{std::move(said.text), options_.language, turn.voice, std::clamp(speed, 0.25, 4.0),
                      std::move(said.pronunciations)};
  if (!turn.speaker->engine().takes_phonemes()) utterance.pronunciations.clear();
  VAT_ASSIGN(SpokenSound sound, turn.speaker->speak(utterance, std::move(stop)));
  constexpr Millis kMargin{20};
  VAT_ASSIGN(Pcm pcm, resample(trim_silence(std::move(sound.pcm), kMargin), options_.sample_rate));
  return PieceSound{std::move(pcm.samples), sound.cached};
}

Result<> Narration::with_fallback(const std::function<OrderedOutcome(const Turn&)>& attempt,
                                  NarrationReport& report) {
  for (std::size_t i = 0;; ++i) {
    OrderedOutcome outcome = attempt(turns_[i]);
    if (!outcome.error) return {};
    const std::string name = turns_[i].speaker->engine().name();
    if (!outcome.work_failed || !another_may_work(outcome.error->code))
      return fail(*std::move(outcome.error));
    if (i + 1 == turns_.size()) {
      for (const std::string& warning : report.warnings) outcome.error->detail += " | before: " + warning;
      return fail(*std::move(outcome.error));
    }
    report.warnings.push_back("Speech by " + name + " failed, so " + turns_[i + 1].speaker->engine().name() +
                              " speaks the rest: " + outcome.error->message);
  }
}

SpokenText Narration::describe(const Turn& turn, const std::string& text, bool marked_up) const {
  PronouncedText said = read_pronounced(text, ipa_);
  const Synthesizer& engine = turn.speaker->engine();
  const std::string voice = turn.voice.empty() ? engine.default_voice(options_.language) : turn.voice;
  SpokenText spoken;
  spoken.source = marked_up && !said.pronunciations.empty() ? to_ssml(said) : said.text;
  spoken.text = std::move(said.text);
  spoken.engine = engine.name();
  spoken.voice = spoken.engine + (voice.empty() ? "" : ":" + voice);
  spoken.speed = options_.speed;
  return spoken;
}

void Narration::note_phonemes(NarrationReport& report, const Turn& turn) const {
  const Synthesizer& engine = turn.speaker->engine();
  if (ipa_.empty() || engine.takes_phonemes()) return;
  report.warnings.push_back("The speech engine " + engine.name() +
                            " takes no phonemes, so words that have some are read as they are written.");
}

Result<> Narration::emit(std::vector<float> samples) {
  if (samples.empty()) return {};
  clock_ += std::ssize(samples);
  return sink_(Pcm{options_.sample_rate, std::move(samples)});
}

Result<> Narration::emit_silence(std::int64_t samples) {
  const auto block = static_cast<std::int64_t>(options_.sample_rate);
  while (samples > 0) {
    const std::int64_t count = std::min(samples, block);
    VAT_TRY(emit(std::vector<float>(static_cast<std::size_t>(count))));
    samples -= count;
  }
  return {};
}

void note(NarrationReport& report, SpokenText spoken) {
  if (report.spoken.empty()) report.engine = spoken.engine;
  if (!report.spoken.empty() && report.spoken.back().engine != spoken.engine)
    report.engine += ", " + spoken.engine;
  if (spoken.cached) ++report.cache_hits;
  report.spoken.push_back(std::move(spoken));
}

tl::unexpected<Error> no_words_to_speak() {
  return fail(Error(ErrorCode::kBadData, "There are no words to speak.").about_field("text"));
}

}  // namespace vat::tts
