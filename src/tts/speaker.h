// One engine, shared by all narrations of a Narrator: never more utterances at once than it allows, and none
// that is cached. Internal to tts.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>

#include "domain/synthesizer.h"
#include "tts/cache.h"

namespace vat::tts {

struct SpokenSound {
  Pcm pcm;
  bool cached = false;
};

/// Safe to use from any thread.
class Speaker {
 public:
  /// `cache` may be null; it must outlive the speaker.
  Speaker(std::shared_ptr<Synthesizer> engine, SpeechCache* cache);

  [[nodiscard]] Synthesizer& engine() const { return *engine_; }
  [[nodiscard]] int max_parallel() const { return max_parallel_; }
  /// Marks are left out (marks.h); no samples for a text without anything to say. Waits for the engine's
  /// turn.
  [[nodiscard]] Result<SpokenSound> speak(Utterance utterance, std::stop_token stop);

 private:
  Result<Pcm> synthesize(const Utterance& utterance, const std::stop_token& stop);

  std::shared_ptr<Synthesizer> engine_;
  SpeechCache* cache_;
  int max_parallel_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  int busy_ = 0;
};

}  // namespace vat::tts
