// What sherpa-onnx says that it heard in a chunk, and the words and segments of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// A token of the model, with the time since the chunk's begin at which it was heard. A token may be part of
/// a UTF-8 sequence; a space in front, if any, begins a word.
struct HeardToken {
  std::string text;
  double start = 0;            ///< Seconds.
  double duration = -1;        ///< Seconds; negative where the model does not tell.
  double log_probability = 1;  ///< Positive where the model does not tell.
};

struct Heard {
  std::string text;
  std::string language;            ///< ISO 639-1, or "yue"; empty where the model does not tell.
  std::vector<HeardToken> tokens;  ///< Empty where the model has no times.
};

/// Reads the library's JSON, which may be anything. Errors: kInternal.
[[nodiscard]] Result<Heard> read_heard(std::string_view json);

/// Words with times, in segments that end at pauses and sentence ends. No time is past `length`. A model
/// without times gives one segment of that length, without words. `word_times` false leaves the words out.
[[nodiscard]] std::vector<Segment> heard_segments(const Heard& heard, Millis length, bool word_times);

}  // namespace vat::asr
