#include "pipeline/options.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "base/text.h"
#include "domain/transcript.h"
#include "pipeline/speaker_choice.h"
#include "subtitles/cues.h"

namespace vat::pipeline {
namespace {

constexpr std::size_t kMaxPromptBytes = 4000;  // far above the 224 tokens that Whisper takes in
constexpr std::size_t kMaxVoices = 100;
constexpr std::size_t kMaxNameBytes = 4096;  // of a path on Linux

Result<> one_of(std::string_view field, std::string_view option, std::string_view value,
                std::initializer_list<std::string_view> allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return {};
  return fail_field(std::string(field), std::string(option) + " must be one of " + join(allowed, ", ") +
                                            ", not \"" + std::string(value) + "\".");
}

Result<> in_range(std::string_view field, std::string_view option, double value, double min, double max,
                  std::string_view text) {
  if (value >= min && value <= max) return {};
  return fail_field(std::string(field), std::string(option) + " must be " + std::string(text) + ".");
}

Result<> no_longer(std::string_view field, std::string_view option, const std::string& value,
                   std::size_t max) {
  if (value.size() <= max) return {};
  return fail_field(std::string(field),
                    std::string(option) + " is longer than " + std::to_string(max) + " bytes.");
}

Result<> validate(const RecognitionChoice& choice) {
  VAT_TRY(one_of("engine", "The engine", choice.engine, {"auto", "whisper", "sherpa", "pocketsphinx"}));
  VAT_TRY(one_of("weights", "The weights' type", choice.weights,
                 {"auto", "original", "bf16", "f16+q8_0", "bf16+q8_0", "q8_0"}));
  VAT_TRY(one_of("detector", "The voice activity detector", choice.detector, {"auto", "silero", "webrtc"}));
  const bool numbered = choice.device.starts_with("gpu:") && choice.device.size() > 4 &&
                        choice.device.find_first_not_of("0123456789", 4) == std::string::npos;
  if (!numbered && choice.device != "auto" && choice.device != "cpu" && choice.device != "gpu") {
    return fail_field("device", "The device must be auto, cpu, gpu or gpu:N, not \"" + choice.device + "\".");
  }
  if (choice.model.empty()) return fail_field("model", "The model has no name.");
  return no_longer("model", "The model's name", choice.model, kMaxNameBytes);
}

Result<> validate(const RecognitionOptions& recognition) {
  if (recognition.mixed_languages && recognition.language != "auto")
    return fail_field("mixed_languages", "Of mixed languages none may be given; the language must be auto.");
  VAT_TRY(in_range("beam_size", "The beam size", recognition.beam_size, 1, 8, "from 1 to 8"));
  VAT_TRY(in_range("best_of", "The number of candidates", recognition.best_of, 1, 8, "from 1 to 8"));
  VAT_TRY(in_range("temperature", "The temperature", recognition.temperature, 0, 1, "from 0 to 1"));
  VAT_TRY(in_range("temperature_step", "The temperature's step", recognition.temperature_step, 0, 1,
                   "from 0 to 1"));
  VAT_TRY(no_longer("prompt", "The prompt", recognition.prompt, kMaxPromptBytes));
  return no_longer("hotwords", "The list of hotwords", recognition.hotwords, kMaxPromptBytes);
}

/// Voices by speaker.
Result<> validate(const std::map<std::string, std::string>& voices) {
  if (voices.size() > kMaxVoices)
    return fail_field("voices", "At most " + std::to_string(kMaxVoices) + " speakers can be given a voice.");
  for (const auto& [speaker, voice] : voices) {
    if (speaker.empty() || voice.empty())
      return fail_field("voices", "A speaker's voice needs both names, such as Anna and af_heart.");
    VAT_TRY(no_longer("voices", "A speaker's name", speaker, kMaxSpeakerName));
    VAT_TRY(no_longer("voices", "A voice's name", voice, kMaxNameBytes));
  }
  return {};
}

}  // namespace

Result<> validate(const JobOptions& options) {
  if (options.track < 0) return fail_field("track", "Audio tracks are counted from 1.");
  VAT_TRY(validate(options.choice));
  VAT_TRY(validate(options.recognition));
  if (!options.preset.empty()) {
    if (auto preset = subtitles::find_preset(options.preset); !preset)
      return fail_field("preset", std::move(preset).error().message);
  }
  VAT_TRY(parse_speakers(options.speakers));
  VAT_TRY(one_of("speech_engine", "The speech engine", options.spoken.engine,
                 {"auto", "google", "openai", "kokoro", "piper", "flite", "espeak-ng"}));
  VAT_TRY(no_longer("voice", "The voice's name", options.spoken.voice, kMaxNameBytes));
  VAT_TRY(validate(options.spoken.voices));
  VAT_TRY(in_range("speed", "The speed of speech", options.spoken.speed, 0.25, 4, "from 0.25 to 4"));
  if (options.spoken.loudness)
    VAT_TRY(in_range("loudness", "The loudness", *options.spoken.loudness, -40, -5, "from -40 to -5 LUFS"));
  return {};
}

}  // namespace vat::pipeline
