#include "pipeline/speaker_stage.h"

#include <string>
#include <utility>

#include "domain/attribution.h"
#include "pipeline/channel_turns.h"
#include "pipeline/speaker_pitches.h"

namespace vat::pipeline {

/// Passes samples on, and to what learns from them: the diarization, until that fails, and the pitch.
class SpeakerStage::Listener final : public AudioSource {
 public:
  /// `diarization`: null where it is known who speaks.
  Listener(AudioSource& sound, Result<std::unique_ptr<Diarization>> diarization) : sound_(sound) {
    if (diarization)
      diarization_ = *std::move(diarization);
    else
      failure_ = std::move(diarization).error();
  }

  Result<std::size_t> read(std::span<float> out) override {
    VAT_ASSIGN(const std::size_t count, sound_.read(out));
    if (failure_) return count;
    pitches_.push(out.first(count));
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
  [[nodiscard]] const tts::PitchTrack& pitches() const { return pitches_; }

 private:
  AudioSource& sound_;
  std::unique_ptr<Diarization> diarization_;
  std::optional<Error> failure_;
  tts::PitchTrack pitches_;
};

namespace {

Result<std::unique_ptr<Diarization>> listen_to_channels(const SpeakerSources& sources,
                                                        const std::stop_token& stop) {
  if (!sources.open_channel)
    return fail(ErrorCode::kInvalidArgument,
                "Channels are read beside the mixed sound, but the recording can be read only once.");
  VAT_ASSIGN(std::unique_ptr<AudioSource> first, sources.open_channel(1));
  VAT_ASSIGN(std::unique_ptr<AudioSource> second, sources.open_channel(2));
  return std::make_unique<ChannelDiarization>(std::move(first), std::move(second), stop);
}

/// Null where it is known who speaks.
Result<std::unique_ptr<Diarization>> start_listening(const SpeakerChoice& choice, Result<Diarizer*> diarizer,
                                                     const SpeakerSources& sources,
                                                     const std::stop_token& stop) {
  if (sources.known != nullptr) return nullptr;
  if (choice.method == SpeakerMethod::kChannels) return listen_to_channels(sources, stop);
  VAT_ASSIGN(Diarizer* const found, std::move(diarizer));
  return found->start(stop);
}

}  // namespace

SpeakerStage::SpeakerStage(SpeakerChoice choice, Result<Diarizer*> diarizer, const SpeakerSources& sources,
                           AudioSource& sound, std::stop_token stop)
    : choice_(choice), sources_(sources), sound_(sound), stop_(std::move(stop)) {
  if (sources_.known == nullptr && choice_.method == SpeakerMethod::kOff) return;
  listener_ =
      std::make_unique<Listener>(sound, start_listening(choice_, std::move(diarizer), sources_, stop_));
}

SpeakerStage::~SpeakerStage() = default;

AudioSource& SpeakerStage::sound() { return listener_ ? *listener_ : sound_; }

Result<> SpeakerStage::attribute(Transcript& transcript) {
  if (!listener_) return {};
  auto found = heard();
  if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "Recognition was stopped.");
  if (!found) {
    transcript.warnings.push_back("Speakers are not told apart: " + found.error().message);
    return {};
  }
  attribute_speakers(transcript, std::move(found->turns), found->names);
  set_pitches(transcript.speakers, transcript, listener_->pitches());
  return {};
}

Result<HeardSpeakers> SpeakerStage::heard() {
  if (sources_.known != nullptr) return HeardSpeakers{sources_.known->turns, sources_.known->names};
  return listener_->finish(choice_.count, sources_.voices);
}

}  // namespace vat::pipeline
