#include "pipeline/stages.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "asr/transcriber.h"
#include "media/background.h"
#include "subtitles/formats.h"
#include "tts/sentences.h"

namespace vat::pipeline {
namespace {

namespace fs = std::filesystem;

void note(const Observer& observer, const std::string& sentence) {
  if (observer.note) observer.note(sentence);
}

/// Of the progress of a dub with its background.
constexpr double kMixShare = 0.9;

/// Raised when the filters behind the engine or the recovery of speech change, so that no result mixes them.
constexpr int kRecognitionRules = 3;

std::string checkpoint_identity(const JobOptions& options, const RecognitionModel& model) {
  const RecognitionOptions& r = options.recognition;
  std::string identity;
  for (const std::string& part :
       {std::to_string(kRecognitionRules), std::to_string(options.track), model.engine(), model.version(),
        model.fingerprint(), r.language, std::to_string(r.mixed_languages), r.prompt, r.hotwords,
        std::to_string(r.translate), std::to_string(r.carry_text), std::to_string(r.beam_size),
        std::to_string(r.best_of), std::to_string(r.temperature), std::to_string(r.temperature_step),
        std::to_string(r.word_times), std::to_string(r.short_context), options.choice.detector})
    identity += '\n' + part;
  return identity;
}

Result<Diarizer*> find_diarizer(const Resources& resources, const Observer& observer,
                                const std::stop_token& stop) {
  if (resources.speakers == nullptr) return fail(ErrorCode::kUnavailable, "Nothing here tells voices apart.");
  return resources.speakers->get(observer.fetch, stop);
}

std::string voice_of(const Cast& cast, const std::string& speaker) {
  const auto found = cast.find(speaker);
  return found == cast.end() ? std::string() : found->second;
}

std::vector<tts::SpokenPart> spoken_parts(const Transcript& transcript, const Cast& cast) {
  std::map<std::string, std::string> voices = voices_by_label(transcript, cast);
  std::vector<tts::SpokenPart> parts;
  for (subtitles::Paragraph& paragraph : subtitles::paragraphs(transcript, Millis(2000)))
    parts.push_back({std::move(paragraph.text), voices[paragraph.speaker]});
  return parts;
}

std::vector<tts::TimedText> timed_texts(const Transcript& transcript, const Cast& cast) {
  std::vector<tts::TimedText> texts;
  for (const Segment& segment : transcript.segments)
    texts.push_back({segment.start, segment.end, segment.text, voice_of(cast, segment.speaker)});
  return texts;
}

std::vector<TimeSpan> spans_of(const tts::NarrationReport& report) {
  std::vector<TimeSpan> spans;
  for (const tts::SpokenText& spoken : report.spoken) spans.push_back({spoken.start, spoken.end});
  return spans;
}

/// Where words are heard in the original or in the dub.
std::vector<TimeSpan> spoken_spans(const Transcript& transcript, std::vector<TimeSpan> spans) {
  for (const Segment& segment : transcript.segments) spans.push_back({segment.start, segment.end});
  return spans;
}

/// WebM carries Opus only, and the others play AAC everywhere.
media::AudioFormat dub_format(std::string_view extension) {
  return extension == "webm" ? media::AudioFormat::kOpus : media::AudioFormat::kM4a;
}

void note_report(const Observer& observer, const tts::TimedReport& report) {
  for (const std::string& warning : report.warnings) note(observer, warning);
  if (report.overlapping > 0)
    note(observer, std::to_string(report.overlapping) +
                       " passages overlap the one before them and are spoken after it.");
  if (report.overruns.empty()) return;
  note(observer, std::to_string(report.overruns.size()) +
                     " passages of the dub are longer than the original's and delay the following ones.");
}

Result<> mix_under(media::Media& media, const media::BackgroundMix& mix, const fs::path& output,
                   const Observer& observer, const std::stop_token& stop) {
  const auto progress = [&](double fraction) {
    if (observer.progress) observer.progress({.stage = Stage::kMux, .fraction = fraction * kMixShare});
  };
  return media::mix_background(media, mix, output, progress, stop);
}

Result<> mux_dub(media::Media& media, const fs::path& input, const media::MuxAdditions& additions,
                 const DubTarget& target, const Observer& observer, const std::stop_token& stop) {
  VAT_ASSIGN(AtomicFile file, AtomicFile::create(target.path, target.overwrite));
  VAT_ASSIGN(const media::MuxResult result, media.mux(input, additions, file.temporary_path(), stop));
  VAT_TRY(file.commit());
  for (const std::string& warning : result.warnings) note(observer, warning);
  return {};
}

}  // namespace

Result<PreparedRecognition> prepare_recognition(const Resources& resources, const JobOptions& options,
                                                const Observer& observer, std::stop_token stop) {
  PreparedRecognition prepared;
  VAT_ASSIGN(prepared.engine,
             resources.engines.load(options.choice, options.recognition, observer.fetch, stop));
  for (const std::string& warning : prepared.engine.warnings) note(observer, warning);
  VAT_ASSIGN(prepared.detector, resources.engines.detector(options.choice));
  VAT_ASSIGN(const SpeakerChoice who, parse_speakers(options.speakers));
  if (who.method == SpeakerMethod::kVoices) {
    prepared.diarizer = find_diarizer(resources, observer, stop);
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "The job was stopped.");
  }
  prepared.identity = checkpoint_identity(options, *prepared.engine.model);
  return prepared;
}

Result<Transcript> transcribe(const Resources& resources, AudioSource& sound, PreparedRecognition recognition,
                              const JobOptions& options, CheckpointStore* checkpoint,
                              const Observer& observer, std::stop_token stop,
                              const SpeakerSources& speakers) {
  VAT_ASSIGN(const SpeakerChoice choice, parse_speakers(options.speakers));
  SpeakerSources sources = speakers;
  sources.voices = options.known_speakers;
  SpeakerStage who(choice, std::move(recognition.diarizer), sources, sound, stop);
  const asr::TranscriptionRequest request{.source = who.sound(),
                                          .detector = *recognition.detector,
                                          .model = recognition.engine.model,
                                          .options = options.recognition,
                                          .checkpoint = checkpoint,
                                          .progress = observer.progress};
  VAT_ASSIGN(Transcript transcript, asr::transcribe(resources.pool, request, stop));
  VAT_TRY(who.attribute(transcript));
  for (const std::string& warning : transcript.warnings) note(observer, warning);
  std::vector<std::string>& warnings = recognition.engine.warnings;
  std::move(warnings.begin(), warnings.end(), std::back_inserter(transcript.warnings));
  return transcript;
}

Result<std::optional<tts::NarrationReport>> speak_transcript(const Resources& resources,
                                                             const Transcript& transcript,
                                                             const SpeechOptions& options, const Cast& cast,
                                                             const SpeechTarget& target,
                                                             const Observer& observer, std::stop_token stop) {
  const std::vector<tts::SpokenPart> parts = spoken_parts(transcript, cast);
  const auto has_words = [](const tts::SpokenPart& part) { return tts::is_speakable(part.text); };
  if (std::none_of(parts.begin(), parts.end(), has_words)) {
    note(observer, "There are no words to speak.");
    return std::optional<tts::NarrationReport>();
  }
  VAT_ASSIGN(tts::NarrationReport report,
             resources.speech.speak_parts(parts, spoken_language(transcript), options, target,
                                          observer.progress, std::move(stop)));
  if (!cast.empty()) report.voice = describe_cast(transcript, cast);
  for (const std::string& warning : report.warnings) note(observer, warning);
  return std::make_optional(std::move(report));
}

media::AudioFormat dub_speech_format(const SpeechOptions& options, std::string_view extension) {
  // What is mixed is encoded afterwards.
  return options.background == media::Background::kOff ? dub_format(extension) : media::AudioFormat::kFlac;
}

Result<> finish_dub(media::Media& media, const fs::path& input, const DubSound& sound,
                    const Transcript& transcript, const subtitles::ShapedCues& cues,
                    const SpeechOptions& options, const DubTarget& target, const Observer& observer,
                    std::stop_token stop) {
  if (observer.progress) observer.progress({.stage = Stage::kMux, .fraction = 0});
  fs::path audio = sound.file;
  if (options.background != media::Background::kOff) {
    const media::BackgroundMix mix{.original = input,
                                   .track = target.track,
                                   .speech = sound.file,
                                   .background = options.background,
                                   .spoken = spoken_spans(transcript, sound.spoken),
                                   .format = dub_format(target.extension)};
    audio = target.scratch / "mixed";
    VAT_TRY(mix_under(media, mix, audio, observer, stop));
  }
  const fs::path subtitles_file = target.scratch / "subtitles.srt";
  VAT_TRY(write_file_atomically(subtitles_file, subtitles::write_srt(cues.cues), Overwrite::kReplace));
  const std::string language = spoken_language(transcript);
  const media::MuxAdditions additions{.audio = audio,
                                      .audio_language = language,
                                      .audio_title = "Dub",
                                      .subtitles = subtitles_file,
                                      .subtitles_language = language};
  return mux_dub(media, input, additions, target, observer, stop);
}

Result<std::optional<tts::TimedReport>> dub_recording(const Resources& resources, const fs::path& input,
                                                      const Transcript& transcript,
                                                      const subtitles::ShapedCues& cues,
                                                      const SpeechOptions& options, const Cast& cast,
                                                      const DubTarget& target, const Observer& observer,
                                                      std::stop_token stop) {
  std::vector<tts::TimedText> texts = timed_texts(transcript, cast);
  const auto has_words = [](const tts::TimedText& text) { return tts::is_speakable(text.text); };
  if (std::none_of(texts.begin(), texts.end(), has_words)) {
    note(observer, "There is nothing to dub.");
    return std::optional<tts::TimedReport>();
  }
  SpeechOptions spoken = options;
  spoken.format = dub_speech_format(options, target.extension);
  const SpeechTarget speech{
      .path = target.scratch / "speech", .overwrite = Overwrite::kReplace, .master = target.master};
  VAT_ASSIGN(tts::TimedReport report,
             resources.speech.speak_timed(std::move(texts), transcript.duration, spoken_language(transcript),
                                          spoken, speech, observer.progress, stop));
  note_report(observer, report);
  const DubSound sound{.file = speech.path, .spoken = spans_of(report)};
  VAT_TRY(finish_dub(resources.media, input, sound, transcript, cues, options, target, observer, stop));
  return std::make_optional(std::move(report));
}

}  // namespace vat::pipeline
