#include "pipeline/options.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "subtitles/cues.h"

namespace vat::pipeline {
namespace {

Result<> one_of(std::string_view option, std::string_view value,
                std::initializer_list<std::string_view> allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return {};
  std::string names;
  for (const std::string_view name : allowed) names += (names.empty() ? "" : ", ") + std::string(name);
  return fail(ErrorCode::kInvalidArgument,
              std::string(option) + " is one of " + names + ", not \"" + std::string(value) + "\".");
}

Result<> in_range(std::string_view option, double value, double least, double most, std::string_view text) {
  if (value >= least && value <= most) return {};
  return fail(ErrorCode::kInvalidArgument, std::string(option) + " is " + std::string(text) + ".");
}

Result<> validate(const RecognitionChoice& choice) {
  VAT_TRY(one_of("The engine", choice.engine, {"auto", "whisper", "pocketsphinx"}));
  VAT_TRY(one_of("The weights' type", choice.weights, {"auto", "original", "bf16", "q8_0"}));
  VAT_TRY(one_of("The voice activity detector", choice.detector, {"auto", "silero", "webrtc"}));
  const bool numbered = choice.device.starts_with("gpu:") && choice.device.size() > 4 &&
                        choice.device.find_first_not_of("0123456789", 4) == std::string::npos;
  if (!numbered && choice.device != "auto" && choice.device != "cpu" && choice.device != "gpu") {
    return fail(ErrorCode::kInvalidArgument,
                "The device is auto, cpu, gpu or gpu:N, not \"" + choice.device + "\".");
  }
  if (choice.model.empty()) return fail(ErrorCode::kInvalidArgument, "The model has no name.");
  return {};
}

Result<> validate(const RecognitionOptions& recognition) {
  VAT_TRY(in_range("The beam size", recognition.beam_size, 1, 8, "from 1 to 8"));
  VAT_TRY(in_range("The number of candidates", recognition.best_of, 1, 8, "from 1 to 8"));
  VAT_TRY(in_range("The temperature", recognition.temperature, 0, 1, "from 0 to 1"));
  VAT_TRY(in_range("The temperature's step", recognition.temperature_step, 0, 1, "from 0 to 1"));
  constexpr std::size_t kLongestPrompt = 4000;  // far above the 224 tokens that Whisper takes in
  if (recognition.prompt.size() > kLongestPrompt)
    return fail(ErrorCode::kInvalidArgument, "The prompt is longer than 4000 bytes.");
  return {};
}

}  // namespace

Result<> validate(const JobOptions& options) {
  if (options.track < 0) return fail(ErrorCode::kInvalidArgument, "Audio tracks are counted from 1.");
  VAT_TRY(validate(options.choice));
  VAT_TRY(validate(options.recognition));
  if (!options.preset.empty()) VAT_TRY(subtitles::find_preset(options.preset));
  VAT_TRY(
      one_of("The speech engine", options.spoken.engine, {"auto", "google", "openai", "flite", "espeak-ng"}));
  VAT_TRY(in_range("The speed of speech", options.spoken.speed, 0.25, 4, "from 0.25 to 4"));
  if (options.spoken.loudness)
    VAT_TRY(in_range("The loudness", *options.spoken.loudness, -40, -5, "from -40 to -5 LUFS"));
  return {};
}

}  // namespace vat::pipeline
