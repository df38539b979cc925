#include "asr/speech_gate.h"

#include <algorithm>

namespace vat::asr {

void SpeechGate::push(float probability) {
  ++next_;
  follow_run(probability);
  follow_span(probability);
  decide_silence();
}

void SpeechGate::finish() {
  // A word cut off by the end of the recording cannot be told from noise, so it counts as speech.
  if (span_begin_ && !confirmed_ && speech_end_ == next_) confirm_span();
  if (span_begin_ && confirmed_) previous_end_ = speech_end_;
  if (previous_end_) keep_until(std::min(next_, *previous_end_ + options_.padding));
  drop_until(next_);
}

void SpeechGate::follow_run(float probability) {
  if (!(probability >= options_.offset)) {
    run_begin_.reset();
    return;
  }
  // A detector that stays undecided must not make us hold back the recording for ever.
  constexpr std::int64_t kMaxPast = 50;
  run_begin_ = std::max(run_begin_.value_or(next_ - 1), next_ - 1 - kMaxPast);
}

void SpeechGate::follow_span(float probability) {
  if (!span_begin_ && probability >= options_.onset) {
    span_begin_ = run_begin_.value_or(next_ - 1);
    confirmed_ = false;
  }
  if (!span_begin_) return;
  if (run_begin_) speech_end_ = next_;
  if (!confirmed_ && speech_end_ - *span_begin_ >= options_.minimum_speech) confirm_span();
  if (next_ - speech_end_ < options_.minimum_silence) return;
  if (confirmed_) previous_end_ = speech_end_;
  span_begin_.reset();
}

void SpeechGate::confirm_span() {
  confirmed_ = true;
  if (!previous_end_ || *span_begin_ - *previous_end_ > options_.longest_silence) {
    drop_until(*span_begin_ - options_.padding);
  }
}

void SpeechGate::decide_silence() {
  if (span_begin_ && confirmed_) {
    keep_until(std::min(next_, speech_end_ + options_.padding));
    return;
  }
  if (previous_end_) keep_until(std::min(next_, *previous_end_ + options_.padding));
  // The next span cannot begin before this.
  const std::int64_t next_begin = span_begin_ ? *span_begin_ : run_begin_.value_or(next_);
  if (!previous_end_ || next_begin - *previous_end_ > options_.longest_silence) {
    drop_until(next_begin - options_.padding);
  }
}

void SpeechGate::keep_until(std::int64_t end) {
  if (end <= decided_) return;
  if (!kept_.empty() && kept_.back().end == decided_) {
    kept_.back().end = end;
  } else {
    kept_.push_back({decided_, end});
  }
  decided_ = end;
}

void SpeechGate::drop_until(std::int64_t end) { decided_ = std::max(decided_, end); }

}  // namespace vat::asr
