#include "pipeline/retake.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <utility>

#include "media/audio_encoder.h"
#include "media/audio_reader.h"
#include "media/loudness.h"

namespace vat::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kJoinedBlock = 16'384;
/// Between two voices; more is another fault than the voice's.
constexpr double kMaxVoiceGain = 12;

struct SpokenTake {
  std::vector<float> samples;
  std::vector<std::string> warnings;
};

SpeechOptions options_of(const TakeWish& wish) {
  SpeechOptions options;
  options.voice = wish.voice;
  options.speed = wish.speed;
  return options;
}

Result<SpokenTake> speak_plain(const Speech& speech, const SpeechTakes& takes, const TakeWish& wish,
                               std::stop_token stop) {
  SpokenTake spoken;
  const tts::PcmSink sink = [&](const Pcm& pcm) -> Result<> {
    spoken.samples.insert(spoken.samples.end(), pcm.samples.begin(), pcm.samples.end());
    return {};
  };
  VAT_ASSIGN(tts::NarrationReport report,
             speech.speak(wish.text, takes.language, options_of(wish), {.sink = sink}, {}, std::move(stop)));
  spoken.warnings = std::move(report.warnings);
  return spoken;
}

/// In the time of a sentence of a dub.
Result<SpokenTake> speak_in_time(const Speech& speech, const SpeechTakes& takes, std::size_t sentence,
                                 const TakeWish& wish, std::stop_token stop) {
  const std::vector<Place> places = places_of(takes);
  const std::int64_t begin = places[sentence].begin;
  const std::int64_t next = sentence + 1 < places.size()
                                ? std::max(takes.sentences[sentence + 1].first().begin, begin)
                                : std::max(takes.total, places[sentence].end);
  SpokenTake spoken;
  const tts::PcmSink sink = [&](const Pcm& pcm) -> Result<> {
    spoken.samples.insert(spoken.samples.end(), pcm.samples.begin(), pcm.samples.end());
    return {};
  };
  const Millis slot = speech_time(takes.sentences[sentence].first().length());
  VAT_ASSIGN(tts::TimedReport report,
             speech.speak_timed({{Millis(0), slot, wish.text, {}}}, speech_time(next - begin), takes.language,
                                options_of(wish), {.sink = sink}, {}, std::move(stop)));
  // What follows it is silence.
  if (!report.spoken.empty())
    spoken.samples.resize(
        std::min(spoken.samples.size(), static_cast<std::size_t>(report.spoken.back().finish)));
  spoken.warnings = std::move(report.warnings);
  return spoken;
}

double to_decibels(double amplitude) { return 20.0 * std::log10(std::max(amplitude, 1e-10)); }

/// dB by which the take of another voice comes as near to the loudness of the speech as it may.
Result<double> voice_gain(const SpeechTakes& takes, std::span<const float> samples) {
  if (!takes.loudness || !takes.level) return 0.0;
  VAT_ASSIGN(const auto meter, media::LoudnessMeter::create(kSpeechRate));
  VAT_TRY(meter->push(samples));
  VAT_ASSIGN(const media::Loudness measured, meter->finish());
  constexpr double kUnmeasured = -70;
  if (measured.integrated <= kUnmeasured) return 0.0;
  return std::clamp(*takes.loudness - takes.level->gain - measured.integrated, -kMaxVoiceGain, kMaxVoiceGain);
}

/// The level of the speech is fixed, so that it is the take that must not be clipped.
Result<> fit_level(const SpeechTakes& takes, const TakeWish& wish, const Take& first,
                   std::vector<float>& samples) {
  double gain = 0;
  if (wish.voice != first.voice) {
    VAT_ASSIGN(gain, voice_gain(takes, samples));
  }
  const bool limited = takes.level && takes.level->limit;
  float peak = 0;
  for (const float sample : samples) peak = std::max(peak, std::abs(sample));
  const double later = takes.level ? takes.level->gain : 0;
  const double ceiling = takes.level ? media::kMaxTruePeak : 0;
  if (!limited) gain = std::min(gain, ceiling - later - to_decibels(peak));
  const auto factor = static_cast<float>(std::pow(10.0, gain / 20.0));
  if (gain != 0)
    for (float& sample : samples) sample *= factor;
  return {};
}

/// Reads stretches of a sound in order.
class SoundReader {
 public:
  static Result<SoundReader> open(const fs::path& path, const std::stop_token& stop) {
    SoundReader reader;
    VAT_ASSIGN(reader.source_, media::AudioReader::open(path, {.rate = kSpeechRate, .stop = stop}));
    return reader;
  }
  Result<> copy(std::int64_t begin, std::int64_t end, media::AudioEncoder& encoder) {
    VAT_TRY(read_until(begin, nullptr));
    return read_until(end, &encoder);
  }

 private:
  Result<> read_until(std::int64_t end, media::AudioEncoder* encoder) {
    while (position_ < end) {
      const auto wanted = static_cast<std::size_t>(std::min<std::int64_t>(end - position_, kJoinedBlock));
      VAT_ASSIGN(const std::size_t count, source_->read(std::span(block_).first(wanted)));
      if (count == 0) return fail(ErrorCode::kBadData, "The kept sound of the speech ends too early.");
      const std::span<float> read = std::span(block_).first(count);
      std::transform(read.begin(), read.end(), read.begin(), read_sample);
      if (encoder != nullptr) VAT_TRY(encoder->write(read));
      position_ += static_cast<std::int64_t>(count);
    }
    return {};
  }

  std::unique_ptr<AudioSource> source_;
  std::vector<float> block_ = std::vector<float>(kJoinedBlock);
  std::int64_t position_ = 0;
};

Result<> write_silence(std::int64_t samples, media::AudioEncoder& encoder) {
  const std::vector<float> silence(kJoinedBlock);
  while (samples > 0) {
    const auto count = std::min<std::int64_t>(samples, kJoinedBlock);
    VAT_TRY(encoder.write(std::span(silence).first(static_cast<std::size_t>(count))));
    samples -= count;
  }
  return {};
}

}  // namespace

SpeechTakes takes_of(const tts::NarrationReport& report, const std::string& title,
                     const std::string& language, const SpeechOptions& options, const SpeechMaster& master,
                     bool timed) {
  return {.speech_id = {},
          .title = title,
          .language = language,
          .format = options.format,
          .loudness = options.loudness,
          .level = master.level,
          .timed = timed,
          .total = report.samples,
          .sentences = sentences_of(report, timed)};
}

Result<MadeTake> speak_take(const Speech& speech, const SpeechTakes& takes, std::size_t sentence,
                            const TakeWish& wish, const fs::path& file, std::stop_token stop) {
  VAT_ASSIGN(SpokenTake spoken, takes.timed ? speak_in_time(speech, takes, sentence, wish, std::move(stop))
                                            : speak_plain(speech, takes, wish, std::move(stop)));
  VAT_TRY(fit_level(takes, wish, takes.sentences[sentence].first(), spoken.samples));
  VAT_ASSIGN(const auto encoder, media::AudioEncoder::create(file, {.format = media::AudioFormat::kFlac,
                                                                    .sample_rate = kSpeechRate}));
  VAT_TRY(encoder->write(spoken.samples));
  VAT_TRY(encoder->finish());
  return MadeTake{.take = {.text = wish.text,
                           .voice = wish.voice,
                           .speed = wish.speed,
                           .file = {},
                           .begin = 0,
                           .end = std::ssize(spoken.samples)},
                  .warnings = std::move(spoken.warnings)};
}

Result<> join_takes(const SpeechTakes& takes, const FindSound& find, const fs::path& file,
                    std::stop_token stop) {
  VAT_ASSIGN(const fs::path master_path, find(""));
  VAT_ASSIGN(SoundReader master, SoundReader::open(master_path, stop));
  VAT_ASSIGN(const auto encoder, media::AudioEncoder::create(file, {.format = takes.format,
                                                                    .sample_rate = kSpeechRate,
                                                                    .level = takes.level,
                                                                    .title = takes.title,
                                                                    .language = takes.language,
                                                                    .stop = stop}));
  const std::vector<Place> places = places_of(takes);
  std::int64_t clock = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Take& take = takes.sentences[i].heard();
    VAT_TRY(write_silence(places[i].begin - clock, *encoder));
    if (take.file.empty()) {
      VAT_TRY(master.copy(take.begin, take.end, *encoder));
    } else {
      VAT_ASSIGN(const fs::path path, find(take.file));
      VAT_ASSIGN(SoundReader sound, SoundReader::open(path, stop));
      VAT_TRY(sound.copy(take.begin, take.end, *encoder));
    }
    clock = places[i].end;
  }
  VAT_TRY(write_silence(length_of(takes, places) - clock, *encoder));
  return encoder->finish();
}

Result<> write_heard(const SpeechTakes& takes, std::size_t sentence, const FindSound& find,
                     const fs::path& file, std::stop_token stop) {
  const Take& take = takes.sentences[sentence].heard();
  VAT_ASSIGN(const fs::path path, find(take.file));
  VAT_ASSIGN(SoundReader sound, SoundReader::open(path, stop));
  VAT_ASSIGN(const auto encoder, media::AudioEncoder::create(file, {.format = media::AudioFormat::kWav,
                                                                    .sample_rate = kSpeechRate,
                                                                    .level = takes.level,
                                                                    .stop = std::move(stop)}));
  VAT_TRY(sound.copy(take.begin, take.end, *encoder));
  return encoder->finish();
}

}  // namespace vat::pipeline
