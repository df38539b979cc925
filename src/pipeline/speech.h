// Turns text into an audio file, with a narrator and an encoder.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "domain/progress.h"
#include "pipeline/options.h"
#include "pipeline/takes.h"
#include "tts/casting.h"
#include "tts/narrator.h"

namespace vat::pipeline {

/// The same sound before its level is changed, for SpeechTakes: FLAC of kSpeechRate and 16 bits.
struct SpeechMaster {
  std::filesystem::path path;  ///< Created or truncated; complete once the speech is.
  std::optional<media::LevelPlan> level = std::nullopt;  ///< Then says how the file's level was changed.
};

/// The output: a file, complete or not at all, or a descriptor that the caller owns, or a function.
struct SpeechTarget {
  std::filesystem::path path = {};  ///< Empty: `fd`.
  Overwrite overwrite = Overwrite::kRefuse;
  int fd = -1;
  std::string fd_name = {};        ///< For messages: "standard output".
  std::string title = {};          ///< Metadata of the file.
  SpeechMaster* master = nullptr;  ///< Null: not made.
  tts::PcmSink sink = {};          ///< In place of the others: takes the sound as it is spoken.
};

/// Told of speech before it is made: a sentence for the user, or the error that ends it. May be called from
/// any thread, several times for one speech, and must be quick.
using BeforeSpeech = std::function<Result<std::optional<std::string>>(const SpeechOptions& options,
                                                                      const std::string& language)>;

/// Speaks with the engines of this process. Safe to use from any thread.
class Speech {
 public:
  /// `configured`: every available engine. `cache_directory` caches sentences; empty disables the cache.
  Speech(tts::Engines configured, std::filesystem::path cache_directory, BeforeSpeech before = {});

  /// Speaks a plain text or SSML (tts/speech_text.h). Blocks until the file is complete.
  [[nodiscard]] Result<tts::NarrationReport> speak(std::string_view text, const std::string& language,
                                                   const SpeechOptions& options, const SpeechTarget& target,
                                                   const ProgressSink& progress, std::stop_token stop) const;

  /// The same for paragraphs with voices of their own.
  [[nodiscard]] Result<tts::NarrationReport> speak_parts(
      const std::vector<tts::SpokenPart>& parts, const std::string& language, const SpeechOptions& options,
      const SpeechTarget& target, const ProgressSink& progress, std::stop_token stop) const;

  /// The same in the timing of the texts; the audio lasts at least `total`.
  [[nodiscard]] Result<tts::TimedReport> speak_timed(std::vector<tts::TimedText> texts, Millis total,
                                                     const std::string& language,
                                                     const SpeechOptions& options, const SpeechTarget& target,
                                                     const ProgressSink& progress,
                                                     std::stop_token stop) const;

  /// Voices for several people, of the engines that would speak (tts/casting.h).
  [[nodiscard]] Result<std::vector<std::string>> cast(const std::vector<tts::Role>& roles,
                                                      const std::string& language,
                                                      const SpeechOptions& options,
                                                      std::stop_token stop) const;

  /// The same, but with the sentences of one owner, a UUID, that no other owner finds.
  [[nodiscard]] Speech of(const std::string& owner) const;
  /// The same, with pronunciations; null: without.
  [[nodiscard]] Speech with_lexicon(std::shared_ptr<const tts::Lexicon> lexicon) const;
  /// The same, but every sentence is spoken anew.
  [[nodiscard]] Speech without_cache() const;
  /// What BeforeSpeech says, before anything else is checked; nothing without one.
  [[nodiscard]] Result<std::optional<std::string>> before(const SpeechOptions& options,
                                                          const std::string& language) const;
  /// Removes the owner's sentences.
  [[nodiscard]] Result<> forget(const std::string& owner) const;
  /// The owners that have sentences.
  [[nodiscard]] std::vector<std::string> owners() const;

  [[nodiscard]] const tts::Engines& engines() const { return configured_; }

 private:
  template <class Report>
  using Narration =
      std::function<Result<Report>(tts::Narrator&, const tts::NarrationOptions&, const tts::PcmSink&)>;
  /// Opens the target, and completes it when `narration` has succeeded.
  template <class Report>
  [[nodiscard]] Result<Report> narrate(const std::string& language, const SpeechOptions& options,
                                       const SpeechTarget& target, const std::stop_token& stop,
                                       const Narration<Report>& narration) const;

  tts::Engines configured_;
  std::filesystem::path cache_directory_;
  std::string owner_;
  std::shared_ptr<const tts::Lexicon> lexicon_;
  BeforeSpeech before_;
};

}  // namespace vat::pipeline
