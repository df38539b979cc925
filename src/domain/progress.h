// The progress of a job, reported as it runs.
#pragma once

#include <functional>
#include <string>

#include "base/time.h"
#include "domain/transcript.h"

namespace vat {

enum class Stage { kFetch, kPrepare, kTranscribe, kSubtitles, kSpeak, kMux };

struct Progress {
  Stage stage = Stage::kPrepare;
  double fraction = 0;               ///< Of the stage, [0, 1]; negative when the total is unknown.
  Millis done{0};                    ///< How much of the recording is finished in this stage.
  Millis total{0};                   ///< Zero when unknown.
  double speed = 0;                  ///< Multiple of real time; 0 until measured.
  const Segment* segment = nullptr;  ///< New text, in the recording's order; valid only during the call.
};

/// Called from one thread at a time; must not block for long and must not throw.
using ProgressSink = std::function<void(const Progress&)>;

[[nodiscard]] constexpr const char* stage_name(Stage stage) {
  switch (stage) {
    case Stage::kFetch:
      return "fetch";
    case Stage::kPrepare:
      return "prepare";
    case Stage::kTranscribe:
      return "transcribe";
    case Stage::kSubtitles:
      return "subtitles";
    case Stage::kSpeak:
      return "speak";
    case Stage::kMux:
      return "mux";
  }
  return "";
}

}  // namespace vat
