#include "asr/silero_detector.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "asr/silero_file.h"
#include "asr/whisper_handles.h"
#include "base/file.h"
#include "base/log.h"

namespace vat::asr {
namespace {

constexpr std::size_t kFrameSamples = 512;
/// Frames given to the library at once, so that its cost of building a graph is shared. About 2 s.
constexpr std::size_t kFramesAtOnce = 64;
constexpr std::size_t kMaxBytes = 16U << 20U;

struct FreeContext {
  void operator()(whisper_vad_context* context) const { whisper_vad_free(context); }
};
using Context = std::unique_ptr<whisper_vad_context, FreeContext>;

/// A model in memory, as the library reads it.
struct Bytes {
  std::string_view rest;
  bool past_end = false;
};

std::size_t read_bytes(void* context, void* output, std::size_t size) {
  auto& bytes = *static_cast<Bytes*>(context);
  const std::size_t count = std::min(size, bytes.rest.size());
  std::memcpy(output, bytes.rest.data(), count);
  std::memset(static_cast<char*>(output) + count, 0, size - count);
  bytes.rest.remove_prefix(count);
  bytes.past_end = bytes.past_end || count < size;
  return count;
}

Context load(std::string_view model) {
  Bytes bytes{model};
  whisper_model_loader loader{};
  loader.context = &bytes;
  loader.read = read_bytes;
  loader.eof = [](void* context) { return static_cast<Bytes*>(context)->past_end; };
  loader.close = [](void*) {};
  whisper_vad_context_params params = whisper_vad_default_context_params();
  params.n_threads = 1;
  params.use_gpu = false;
  try {
    return Context(whisper_vad_init_with_params(&loader, params));
  } catch (const std::exception& error) {
    log(LogLevel::kInfo, error.what());
    return nullptr;
  }
}

class SileroDetector final : public SpeechDetector {
 public:
  explicit SileroDetector(Context context) : context_(std::move(context)) {
    whisper_vad_reset_state(context_.get());
  }

  std::string name() const override { return "silero"; }
  std::size_t frame_samples() const override { return kFrameSamples; }

  Result<> detect(std::span<const float> samples, std::vector<float>& probabilities) override {
    // The library pads a partial window with silence, which would remain in its state as a pause that does
    // not exist.
    if (samples.size() % kFrameSamples != 0)
      return fail(ErrorCode::kInternal, "The samples must be whole frames.");
    while (!samples.empty()) {
      const std::size_t count = std::min(samples.size(), kFramesAtOnce * kFrameSamples);
      VAT_TRY(detect_some(samples.first(count), probabilities));
      samples = samples.subspan(count);
    }
    return {};
  }

 private:
  Result<> detect_some(std::span<const float> samples, std::vector<float>& probabilities) {
    // A NaN would stay in the network's state for ever.
    block_.resize(samples.size());
    std::transform(samples.begin(), samples.end(), block_.begin(), [](float sample) {
      return std::isfinite(sample) ? std::clamp(sample, -1.0F, 1.0F) : 0.0F;
    });
    if (!whisper_vad_detect_speech_no_reset(context_.get(), block_.data(), static_cast<int>(block_.size())))
      return fail(ErrorCode::kInternal, "Silero could not detect speech.");
    const float* first = whisper_vad_probs(context_.get());
    probabilities.insert(probabilities.end(), first, first + whisper_vad_n_probs(context_.get()));
    return {};
  }

  Context context_;
  std::vector<float> block_;
};

}  // namespace

Result<std::unique_ptr<SpeechDetector>> make_silero_detector(const std::filesystem::path& model) {
  VAT_ASSIGN(const std::string bytes, read_file(model, kMaxBytes));
  if (auto checked = check_silero_file(bytes); !checked)
    return fail(std::move(checked).error().with_context(model.string()));
  prepare_ggml();
  Context context = load(bytes);
  if (context == nullptr)
    return fail(ErrorCode::kInternal, "Silero's model " + model.string() + " could not be loaded.");
  return std::make_unique<SileroDetector>(std::move(context));
}

}  // namespace vat::asr
