#include "asr/speech_detector.h"

#include "asr/silero_detector.h"
#include "asr/webrtc_detector.h"

namespace vat::asr {

Result<std::unique_ptr<SpeechDetector>> make_speech_detector(
    const std::optional<std::filesystem::path>& silero_model) {
  return silero_model ? make_silero_detector(*silero_model) : make_webrtc_detector();
}

}  // namespace vat::asr
