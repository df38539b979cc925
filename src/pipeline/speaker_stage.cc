#include "pipeline/speaker_stage.h"

#include <string>
#include <utility>

#include "domain/attribution.h"
#include "pipeline/channel_turns.h"

namespace vat::pipeline {

/// Passes samples on, and to the diarization, until that fails.
class SpeakerStage::Listener final : public AudioSource {
 public:
  Listener(AudioSource& sound, Diarizer* diarizer) : sound_(sound) {
    if (diarizer == nullptr) {
      failure_ = Error(ErrorCode::kUnavailable, "Nothing here tells voices apart.");
      return;
    }
    auto started = diarizer->start();
    if (started)
      diarization_ = *std::move(started);
    else
      failure_ = std::move(started).error();
  }

  Result<std::size_t> read(std::span<float> out) override {
    VAT_ASSIGN(const std::size_t count, sound_.read(out));
    if (diarization_ == nullptr || count == 0) return count;
    if (auto heard = diarization_->add(out.first(count)); !heard) {
      failure_ = std::move(heard).error();
      diarization_.reset();
    }
    return count;
  }
  [[nodiscard]] std::optional<Millis> duration() const override { return sound_.duration(); }
  [[nodiscard]] std::vector<std::string> warnings() const override { return sound_.warnings(); }

  Result<std::vector<SpeakerTurn>> finish(const SpeakerCount& count) {
    if (failure_) return fail(*failure_);
    return diarization_->finish(count);
  }

 private:
  AudioSource& sound_;
  std::unique_ptr<Diarization> diarization_;
  std::optional<Error> failure_;
};

SpeakerStage::SpeakerStage(SpeakerChoice choice, Diarizer* diarizer, const SpeakerSources& sources,
                           AudioSource& sound)
    : choice_(choice), sources_(sources), sound_(sound) {
  if (sources_.known == nullptr && choice_.method == SpeakerMethod::kVoices)
    listener_ = std::make_unique<Listener>(sound, diarizer);
}

SpeakerStage::~SpeakerStage() = default;

AudioSource& SpeakerStage::sound() { return listener_ ? *listener_ : sound_; }

Result<> SpeakerStage::attribute(Transcript& transcript, const std::stop_token& stop) {
  if (sources_.known != nullptr) {
    attribute_speakers(transcript, sources_.known->turns, sources_.known->names);
    return {};
  }
  if (choice_.method == SpeakerMethod::kOff) return {};
  auto found = turns(stop);
  if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "Recognition was stopped.");
  if (!found) {
    transcript.warnings.push_back("Speakers are not told apart: " + found.error().message);
    return {};
  }
  std::vector<std::string> names;
  if (choice_.method == SpeakerMethod::kChannels) names = {"Channel 1", "Channel 2"};
  attribute_speakers(transcript, *std::move(found), names);
  return {};
}

Result<std::vector<SpeakerTurn>> SpeakerStage::turns(const std::stop_token& stop) {
  if (choice_.method == SpeakerMethod::kChannels) return turns_of_channels(stop);
  return listener_->finish(choice_.count);
}

Result<std::vector<SpeakerTurn>> SpeakerStage::turns_of_channels(const std::stop_token& stop) const {
  if (!sources_.open_channel)
    return fail(ErrorCode::kInvalidArgument,
                "Channels are read after the words, but the recording can be read only once.");
  VAT_ASSIGN(const std::unique_ptr<AudioSource> first, sources_.open_channel(1));
  VAT_ASSIGN(const std::unique_ptr<AudioSource> second, sources_.open_channel(2));
  return channel_turns(*first, *second, stop);
}

}  // namespace vat::pipeline
