#include "tts/speaker.h"

#include <algorithm>

#include "tts/pronounced_text.h"
#include "tts/sentences.h"

namespace vat::tts {
namespace {

constexpr int kMaxParallel = 16;

bool is_sound(const Pcm& pcm) { return pcm.sample_rate > 0 && pcm.sample_rate <= 768'000; }

}  // namespace

Speaker::Speaker(std::shared_ptr<Synthesizer> engine, SpeechCache* cache)
    : engine_(std::move(engine)),
      cache_(cache),
      max_parallel_(std::clamp(engine_->max_parallel(), 1, kMaxParallel)) {}

Result<SpokenSound> Speaker::speak(Utterance utterance, std::stop_token stop) {
  if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "Speech was cancelled.");
  // Engines differ in what they make of marks: one reads their names, one makes up a sound.
  utterance = without_marks(std::move(utterance));
  if (!is_speakable(utterance.text)) return SpokenSound{{kRecognitionRate, {}}, false};
  const std::string key = cache_ == nullptr ? std::string() : cache_key(*engine_, utterance);
  if (cache_ != nullptr) {
    if (std::optional<Pcm> pcm = cache_->find(key)) return SpokenSound{*std::move(pcm), true};
  }
  VAT_ASSIGN(Pcm pcm, synthesize(utterance, stop));
  if (!is_sound(pcm)) {
    return fail(ErrorCode::kUnavailable,
                "The speech engine " + engine_->name() + " returned audio without a sample rate.");
  }
  if (cache_ != nullptr) cache_->store(key, pcm);
  return SpokenSound{std::move(pcm), false};
}

Result<Pcm> Speaker::synthesize(const Utterance& utterance, const std::stop_token& stop) {
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return busy_ < max_parallel_; }))
      return fail(ErrorCode::kCancelled, "Speech was cancelled.");
    ++busy_;
  }
  Result<Pcm> pcm = engine_->synthesize(utterance, stop);
  const std::lock_guard lock(mutex_);
  --busy_;
  changed_.notify_one();
  return pcm;
}

}  // namespace vat::tts
