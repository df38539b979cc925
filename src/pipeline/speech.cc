#include "pipeline/speech.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/uuid.h"
#include "media/audio_encoder.h"

namespace vat::pipeline {
namespace {

/// As the master keeps them, so that what is made of it later is the same.
std::vector<float> as_kept(std::vector<float> samples) {
  std::transform(samples.begin(), samples.end(), samples.begin(), kept_sample);
  return samples;
}

/// The encoders and, for a file, the temporary name it writes to.
class Output {
 public:
  static Result<Output> open(const SpeechTarget& target, const SpeechOptions& options,
                             const std::string& language, const std::stop_token& stop) {
    Output output;
    output.stop_ = stop;
    const media::EncoderOptions encoder{.format = options.format,
                                        .sample_rate = kSpeechRate,
                                        .target_lufs = options.loudness,
                                        .title = target.title,
                                        .language = language,
                                        .stop = stop};
    output.given_ = target.sink;
    if (output.given_) return output;
    if (target.master != nullptr) {
      output.master_ = target.master;
      VAT_ASSIGN(output.master_encoder_,
                 media::AudioEncoder::create(
                     target.master->path, {.format = media::AudioFormat::kFlac, .sample_rate = kSpeechRate}));
    }
    if (target.path.empty()) {
      VAT_ASSIGN(output.encoder_, media::AudioEncoder::create_stream(target.fd, target.fd_name, encoder));
    } else {
      VAT_ASSIGN(output.file_, AtomicFile::create(target.path, target.overwrite));
      VAT_ASSIGN(output.encoder_, media::AudioEncoder::create(output.file_->temporary_path(), encoder));
    }
    return output;
  }

  [[nodiscard]] tts::PcmSink sink() {
    return [this](const Pcm& pcm) -> Result<> {
      // Silence may last for hours without calling an engine.
      if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "Speech was stopped.");
      if (given_) return given_(pcm);
      if (!master_encoder_) return encoder_->write(pcm.samples);
      const std::vector<float> samples = as_kept(pcm.samples);
      VAT_TRY(master_encoder_->write(samples));
      return encoder_->write(samples);
    };
  }

  [[nodiscard]] Result<> finish() {
    if (given_) return {};
    VAT_TRY(encoder_->finish());
    if (master_encoder_) {
      VAT_TRY(master_encoder_->finish());
      master_->level = encoder_->level();
    }
    return file_ ? file_->commit() : Result<>{};
  }

 private:
  std::stop_token stop_;
  tts::PcmSink given_;
  SpeechMaster* master_ = nullptr;
  std::unique_ptr<media::AudioEncoder> master_encoder_;
  std::optional<AtomicFile> file_;
  std::unique_ptr<media::AudioEncoder> encoder_;
};

tts::NarrationOptions narration_options(const SpeechOptions& options, const std::string& language) {
  tts::NarrationOptions narration;
  narration.voice = options.voice;
  narration.language = language;
  narration.speed = options.speed;
  narration.sample_rate = kSpeechRate;
  return narration;
}

}  // namespace

Speech::Speech(tts::Engines configured, std::filesystem::path cache_directory, BeforeSpeech before)
    : configured_(std::move(configured)),
      cache_directory_(std::move(cache_directory)),
      before_(std::move(before)) {}

Speech Speech::of(const std::string& owner) const {
  Speech own = *this;
  if (is_uuid(owner)) own.owner_ = owner;
  return own;
}

Result<std::optional<std::string>> Speech::before(const SpeechOptions& options,
                                                  const std::string& language) const {
  return before_ ? before_(options, language) : std::optional<std::string>();
}

Speech Speech::with_lexicon(std::shared_ptr<const tts::Lexicon> lexicon) const {
  Speech own = *this;
  own.lexicon_ = std::move(lexicon);
  return own;
}

Speech Speech::without_cache() const {
  Speech own = *this;
  own.cache_directory_.clear();
  return own;
}

Result<> Speech::forget(const std::string& owner) const {
  if (cache_directory_.empty() || !is_uuid(owner)) return {};
  std::error_code error;
  std::filesystem::remove_all(cache_directory_ / owner, error);
  if (error) return fail(system_error(error.value(), "remove", (cache_directory_ / owner).string()));
  return {};
}

std::vector<std::string> Speech::owners() const {
  std::vector<std::string> found;
  std::error_code error;
  for (std::filesystem::directory_iterator it(cache_directory_, error), end; !error && it != end;
       it.increment(error)) {
    if (std::string name = it->path().filename().string(); is_uuid(name)) found.push_back(std::move(name));
  }
  return found;
}

template <class Report>
Result<Report> Speech::narrate(const std::string& language, const SpeechOptions& options,
                               const SpeechTarget& target, const std::stop_token& stop,
                               const Narration<Report>& narration) const {
  VAT_ASSIGN(const std::optional<std::string> notice, before(options, language));
  if (options.voice.empty()) tts::measure_engines(configured_, options.engine, language, stop);
  VAT_ASSIGN(tts::Engines engines, tts::order_engines(configured_, options.engine, language));
  tts::Narrator narrator(
      {.engines = std::move(engines), .cache_directory = cache_directory_, .cache_owner = owner_});
  VAT_ASSIGN(Output output, Output::open(target, options, language, stop));
  tts::NarrationOptions how = narration_options(options, language);
  how.lexicon = lexicon_;
  VAT_ASSIGN(Report report, narration(narrator, how, output.sink()));
  VAT_TRY(output.finish());
  if (notice) report.warnings.insert(report.warnings.begin(), *notice);
  return report;
}

Result<tts::NarrationReport> Speech::speak(std::string_view text, const std::string& language,
                                           const SpeechOptions& options, const SpeechTarget& target,
                                           const ProgressSink& progress, std::stop_token stop) const {
  return narrate<tts::NarrationReport>(
      language, options, target, stop,
      [&](tts::Narrator& narrator, const tts::NarrationOptions& how, const tts::PcmSink& sink) {
        return narrator.narrate(text, how, sink, progress, std::move(stop));
      });
}

Result<tts::NarrationReport> Speech::speak_parts(const std::vector<tts::SpokenPart>& parts,
                                                 const std::string& language, const SpeechOptions& options,
                                                 const SpeechTarget& target, const ProgressSink& progress,
                                                 std::stop_token stop) const {
  return narrate<tts::NarrationReport>(
      language, options, target, stop,
      [&](tts::Narrator& narrator, const tts::NarrationOptions& how, const tts::PcmSink& sink) {
        return narrator.narrate_parts(parts, how, sink, progress, std::move(stop));
      });
}

Result<std::vector<std::string>> Speech::cast(const std::vector<tts::Role>& roles,
                                              const std::string& language, const SpeechOptions& options,
                                              std::stop_token stop) const {
  VAT_TRY(before(options, language));
  if (options.voice.empty()) tts::measure_engines(configured_, options.engine, language, stop);
  VAT_ASSIGN(const tts::Engines engines, tts::order_engines(configured_, options.engine, language));
  const auto has_pitch = [](const tts::Role& role) { return role.voice.empty() && role.pitch > 0; };
  if (std::any_of(roles.begin(), roles.end(), has_pitch)) {
    const auto measured = engines.front()->measure_pitches(language, stop);
    if (!measured && stop.stop_requested()) return fail(measured.error());
    if (!measured) log(LogLevel::kInfo, "The voices' pitches are not known: " + measured.error().message);
  }
  return tts::cast_voices(engines, roles, language, std::move(stop));
}

Result<tts::TimedReport> Speech::speak_timed(std::vector<tts::TimedText> texts, Millis total,
                                             const std::string& language, const SpeechOptions& options,
                                             const SpeechTarget& target, const ProgressSink& progress,
                                             std::stop_token stop) const {
  return narrate<tts::TimedReport>(
      language, options, target, stop,
      [&](tts::Narrator& narrator, const tts::NarrationOptions& how, const tts::PcmSink& sink) {
        return narrator.narrate_timed(std::move(texts), total, how, sink, progress, std::move(stop));
      });
}

}  // namespace vat::pipeline
