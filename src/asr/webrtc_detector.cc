#include "asr/webrtc_detector.h"

#include <webrtc/modules/audio_processing/include/audio_processing.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace vat::asr {
namespace {

constexpr std::size_t kFrame = 160;  // 10 ms, the only length that the library accepts
/// Mean square below which a frame is silence, whatever the library says: -65 dBFS.
constexpr float kSilentPower = 3.2e-7F;
/// A frame this far below the preceding speech is a pause, whatever the library says: 35 dB. The library
/// mistakes breath and room tone for speech, so that clean speech would have no pause to cut in.
constexpr float kPauseOfSpeech = 3.2e-4F;
/// The speech level follows loud frames within a few tenths of a second and falls by 3 dB per second, so that
/// a quieter speaker is detected.
constexpr float kLevelRise = 0.1F;
constexpr float kLevelFall = 0.9931F;
/// How far the probability moves towards the answer with each frame: two frames of speech pass 0.4; after
/// speech it falls below 0.2 within 60 ms, and within 30 ms in silence. The library also extends speech by
/// some frames itself.
constexpr float kRise = 0.35F;
constexpr float kFall = 0.25F;
constexpr float kFallInPause = 0.5F;

enum class FrameKind { kSpeech, kOther, kPause };

float power(std::span<const float> samples) {
  float sum = 0;
  for (const float sample : samples) sum += sample * sample;
  return sum / static_cast<float>(samples.size());
}

class WebrtcDetector final : public SpeechDetector {
 public:
  explicit WebrtcDetector(std::unique_ptr<webrtc::AudioProcessing> processing)
      : processing_(std::move(processing)) {}

  std::string name() const override { return "webrtc"; }
  std::size_t frame_samples() const override { return kFrame; }

  Result<> detect(std::span<const float> samples, std::vector<float>& probabilities) override {
    if (samples.size() % kFrame != 0) return fail(ErrorCode::kInternal, "The samples must be whole frames.");
    for (; !samples.empty(); samples = samples.subspan(kFrame)) {
      VAT_ASSIGN(const FrameKind kind, classify(samples.first(kFrame)));
      if (kind == FrameKind::kSpeech)
        probability_ += (1.0F - probability_) * kRise;
      else
        probability_ -= probability_ * (kind == FrameKind::kPause ? kFallInPause : kFall);
      probabilities.push_back(probability_);
    }
    return {};
  }

 private:
  Result<FrameKind> classify(std::span<const float> frame) {
    // A NaN would stay in the library's filters for ever.
    std::transform(frame.begin(), frame.end(), frame_.begin(), [](float sample) {
      return std::isfinite(sample) ? std::clamp(sample, -1.0F, 1.0F) : 0.0F;
    });
    // Silence is kept from the library, whose noise estimate would follow it down and then take any noise for
    // speech.
    const float now = power(frame_);
    level_ *= kLevelFall;
    if (now < kSilentPower) return FrameKind::kPause;
    const webrtc::StreamConfig config(kRecognitionRate, 1);
    const float* in = frame_.data();
    float* out = unused_.data();
    const int error = processing_->ProcessStream(&in, config, config, &out);
    if (error != webrtc::AudioProcessing::kNoError)
      return fail(ErrorCode::kInternal, "WebRTC could not detect speech.", "error " + std::to_string(error));
    if (now < level_ * kPauseOfSpeech) return FrameKind::kPause;
    if (!processing_->voice_detection()->stream_has_voice()) return FrameKind::kOther;
    if (now > level_) level_ += (now - level_) * kLevelRise;
    return FrameKind::kSpeech;
  }

  std::unique_ptr<webrtc::AudioProcessing> processing_;
  std::array<float, kFrame> frame_{};
  std::array<float, kFrame> unused_{};
  float probability_ = 0;
  float level_ = 0;  ///< Mean square of the speech so far.
};

}  // namespace

Result<std::unique_ptr<SpeechDetector>> make_webrtc_detector() {
  std::unique_ptr<webrtc::AudioProcessing> processing(webrtc::AudioProcessing::Create());
  const webrtc::ProcessingConfig mono{
      {webrtc::StreamConfig(kRecognitionRate, 1), webrtc::StreamConfig(kRecognitionRate, 1),
       webrtc::StreamConfig(kRecognitionRate, 1), webrtc::StreamConfig(kRecognitionRate, 1)}};
  // Every other component is off unless enabled.
  const bool good =
      processing != nullptr && processing->Initialize(mono) == webrtc::AudioProcessing::kNoError &&
      processing->voice_detection()->set_likelihood(webrtc::VoiceDetection::kModerateLikelihood) == 0 &&
      processing->voice_detection()->Enable(true) == 0;
  if (!good) return fail(ErrorCode::kInternal, "WebRTC's speech detection could not start.");
  return std::make_unique<WebrtcDetector>(std::move(processing));
}

}  // namespace vat::asr
