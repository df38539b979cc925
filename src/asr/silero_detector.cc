#include "asr/silero_detector.h"

#include <string>
#include <utility>

#include "asr/silero_file.h"
#include "asr/silero_network.h"
#include "base/file.h"

namespace vat::asr {
namespace {

constexpr std::size_t kMaxBytes = 16U << 20U;

class SileroDetector final : public SpeechDetector {
 public:
  explicit SileroDetector(const SileroWeights& weights) : network_(weights) {}

  std::string name() const override { return "silero"; }
  std::size_t frame_samples() const override { return SileroNetwork::kFrameSamples; }

  Result<> detect(std::span<const float> samples, std::vector<float>& probabilities) override {
    if (samples.size() % frame_samples() != 0)
      return fail(ErrorCode::kInternal, "The samples must be whole frames.");
    network_.detect(samples, probabilities);
    return {};
  }

 private:
  SileroNetwork network_;
};

}  // namespace

Result<std::unique_ptr<SpeechDetector>> make_silero_detector(const std::filesystem::path& model) {
  VAT_ASSIGN(const std::string bytes, read_file(model, kMaxBytes));
  auto weights = read_silero_file(bytes);
  if (!weights) return fail(std::move(weights).error().with_context(model.string()));
  return std::make_unique<SileroDetector>(*weights);
}

}  // namespace vat::asr
