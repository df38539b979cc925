#include "pipeline/speaker_stage.h"

#include <string>
#include <utility>

#include "domain/attribution.h"
#include "pipeline/channel_turns.h"

namespace vat::pipeline {

/// Passes samples on, and to the diarization, until that fails.
class SpeakerStage::Listener final : public AudioSource {
 public:
  Listener(AudioSource& sound, Result<Diarizer*> diarizer, const std::stop_token& stop) : sound_(sound) {
    auto started = [&]() -> Result<std::unique_ptr<Diarization>> {
      VAT_ASSIGN(Diarizer* const found, std::move(diarizer));
      return found->start(stop);
    }();
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

  Result<HeardSpeakers> finish(const SpeakerCount& count, std::span<const KnownSpeaker> known) {
    if (failure_) return fail(*failure_);
    return diarization_->finish(count, known);
  }

 private:
  AudioSource& sound_;
  std::unique_ptr<Diarization> diarization_;
  std::optional<Error> failure_;
};

SpeakerStage::SpeakerStage(SpeakerChoice choice, Result<Diarizer*> diarizer, const SpeakerSources& sources,
                           AudioSource& sound, std::stop_token stop)
    : choice_(choice), sources_(sources), sound_(sound), stop_(std::move(stop)) {
  if (sources_.known == nullptr && choice_.method == SpeakerMethod::kVoices)
    listener_ = std::make_unique<Listener>(sound, std::move(diarizer), stop_);
}

SpeakerStage::~SpeakerStage() = default;

AudioSource& SpeakerStage::sound() { return listener_ ? *listener_ : sound_; }

Result<> SpeakerStage::attribute(Transcript& transcript) {
  if (sources_.known != nullptr) {
    attribute_speakers(transcript, sources_.known->turns, sources_.known->names);
    return {};
  }
  if (choice_.method == SpeakerMethod::kOff) return {};
  auto found = heard();
  if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "Recognition was stopped.");
  if (!found) {
    transcript.warnings.push_back("Speakers are not told apart: " + found.error().message);
    return {};
  }
  attribute_speakers(transcript, std::move(found->turns), found->names);
  return {};
}

Result<HeardSpeakers> SpeakerStage::heard() {
  if (choice_.method == SpeakerMethod::kChannels) return heard_in_channels();
  return listener_->finish(choice_.count, sources_.voices);
}

Result<HeardSpeakers> SpeakerStage::heard_in_channels() const {
  if (!sources_.open_channel)
    return fail(ErrorCode::kInvalidArgument,
                "Channels are read after the words, but the recording can be read only once.");
  VAT_ASSIGN(const std::unique_ptr<AudioSource> first, sources_.open_channel(1));
  VAT_ASSIGN(const std::unique_ptr<AudioSource> second, sources_.open_channel(2));
  VAT_ASSIGN(std::vector<SpeakerTurn> turns, channel_turns(*first, *second, stop_));
  return HeardSpeakers{std::move(turns), {"Channel 1", "Channel 2"}};
}

}  // namespace vat::pipeline
