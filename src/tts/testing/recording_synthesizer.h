// A synthesizer that makes tones of a known length and records its utterances, for tests of the narrator.
#pragma once

#include <algorithm>
#include <functional>
#include <mutex>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include "domain/synthesizer.h"

namespace vat::tts::testing {

inline constexpr int kRecordingRate = 16'000;

struct RecordingOptions {
  std::string name = "recording";
  std::size_t max_bytes = 200;
  int max_parallel = 1;
  int sample_rate = kRecordingRate;
  int samples_per_byte = 160;  ///< At speed 1.
  std::vector<std::string> voices = {"anna", "bob"};
  std::vector<std::string> languages = {"en"};
  bool obeys_speed = true;
  bool takes_phonemes = false;
  std::optional<double> speed;           ///< Of the machine, as known.
  std::optional<double> measured_speed;  ///< What a measurement finds.
  /// Called before an utterance is spoken; an Error is returned to the caller.
  std::function<std::optional<Error>(const Utterance&)> before;
};

class RecordingSynthesizer final : public Synthesizer {
 public:
  explicit RecordingSynthesizer(RecordingOptions options) : options_(std::move(options)) {}

  [[nodiscard]] std::string name() const override { return options_.name; }
  [[nodiscard]] std::string version() const override { return "1"; }
  [[nodiscard]] std::size_t max_bytes() const override { return options_.max_bytes; }
  [[nodiscard]] int max_parallel() const override { return options_.max_parallel; }
  [[nodiscard]] bool takes_phonemes() const override { return options_.takes_phonemes; }
  [[nodiscard]] bool speaks(const std::string& language) const override {
    return std::find(options_.languages.begin(), options_.languages.end(), language) !=
           options_.languages.end();
  }
  [[nodiscard]] std::optional<double> speed() const override { return options_.speed; }
  [[nodiscard]] Result<> measure_speed(std::stop_token /*stop*/) override {
    if (!options_.measured_speed) return fail(ErrorCode::kUnavailable, "It does not run.");
    options_.speed = options_.measured_speed;
    return {};
  }
  [[nodiscard]] Result<std::vector<Voice>> voices(std::stop_token /*stop*/) override {
    std::vector<Voice> list;
    for (const std::string& voice : options_.voices) list.push_back({voice, "en", "", ""});
    return list;
  }

  [[nodiscard]] Result<Pcm> synthesize(const Utterance& utterance, std::stop_token /*stop*/) override {
    {
      const std::lock_guard lock(mutex_);
      max_at_once_ = std::max(max_at_once_, ++busy_);
    }
    std::optional<Error> error = options_.before ? options_.before(utterance) : std::nullopt;
    const std::lock_guard lock(mutex_);
    --busy_;
    if (error) return fail(*std::move(error));
    utterances_.push_back(utterance);
    const double speed = options_.obeys_speed ? utterance.speed : 1.0;
    Pcm pcm{options_.sample_rate, {}};
    pcm.samples.resize(static_cast<std::size_t>(static_cast<double>(utterance.text.size()) *
                                                options_.samples_per_byte / speed));
    for (std::size_t i = 0; i < pcm.samples.size(); ++i) pcm.samples[i] = i % 40 < 20 ? 0.25F : -0.25F;
    return pcm;
  }

  [[nodiscard]] std::vector<Utterance> utterances() const {
    const std::lock_guard lock(mutex_);
    return utterances_;
  }
  [[nodiscard]] int max_at_once() const {
    const std::lock_guard lock(mutex_);
    return max_at_once_;
  }

 private:
  RecordingOptions options_;
  mutable std::mutex mutex_;
  std::vector<Utterance> utterances_;
  int busy_ = 0;
  int max_at_once_ = 0;
};

}  // namespace vat::tts::testing
