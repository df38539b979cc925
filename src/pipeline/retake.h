// One sentence of a speech spoken again, and the speech put together from its takes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/speech.h"
#include "pipeline/takes.h"

namespace vat::pipeline {

/// Of a speech that was just made, with its master; without the id of its file.
[[nodiscard]] SpeechTakes takes_of(const tts::NarrationReport& report, const std::string& title,
                                   const std::string& language, const SpeechOptions& options,
                                   const SpeechMaster& master, bool timed = false);

/// More than this is no sentence.
inline constexpr std::size_t kMaxTakeBytes = 4'000;

/// How a sentence is to be spoken.
struct TakeWish {
  std::string text;    ///< Plain, or SSML if it begins with <speak>; at most kMaxTakeBytes.
  std::string voice;   ///< For tts::resolve_voice().
  double speed = 1.0;  ///< 0.25 to 4.
};

struct MadeTake {
  Take take;  ///< Without the name of its file.
  std::vector<std::string> warnings;
};

/// Speaks the sentence into `file`, a FLAC of kSpeechRate. In another voice than at first it gets the
/// loudness of the speech; in a dub, it fills the time of the first take and may last until the next sentence
/// begins. Blocks. Errors are those of Speech::speak().
[[nodiscard]] Result<MadeTake> speak_take(const Speech& speech, const SpeechTakes& takes,
                                          std::size_t sentence, const TakeWish& wish,
                                          const std::filesystem::path& file, std::stop_token stop);

/// The sound with a name of Take::file; the file must stay until the next call.
using FindSound = std::function<Result<std::filesystem::path>(const std::string& name)>;

/// Writes the speech of the takes that are heard: created or truncated, in their format, at their level.
/// Sentences whose take and place are the same have the same samples. Memory does not depend on the length.
/// kBadData for sound that ends too early, kCancelled after `stop`.
[[nodiscard]] Result<> join_takes(const SpeechTakes& takes, const FindSound& find,
                                  const std::filesystem::path& file, std::stop_token stop);

/// Writes the take that is heard of one sentence, at the level of the speech, as WAV: created or truncated.
/// The errors are those of join_takes(). `sentence` must exist.
[[nodiscard]] Result<> write_heard(const SpeechTakes& takes, std::size_t sentence, const FindSound& find,
                                   const std::filesystem::path& file, std::stop_token stop);

}  // namespace vat::pipeline
