#include "speakers/engine.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "onnx/model_process.h"
#include "speakers/activity.h"
#include "speakers/clustering.h"
#include "speakers/fbank.h"
#include "speakers/known.h"
#include "speakers/labelling.h"
#include "speakers/turns.h"

namespace vat::speakers {
namespace {

/// Windows that the model looks at in one run.
constexpr std::size_t kBatch = 8;
/// Voices are sampled in every fifth window, so twice in each stretch of sound.
constexpr std::size_t kSampledWindows = 5;
/// Frames that a voice speaks alone in a window, for a sample that tells speakers apart: 0.7 s.
constexpr std::size_t kFramesOfVoice = 40;
/// The least that makes a sample, where nobody has more.
constexpr std::size_t kFramesOfWeakVoice = 10;
/// The length of a sample, in frames of Fbank: 3 s.
constexpr std::size_t kMaxSampleFrames = 300;

/// The models, which all recordings share.
class Models {
 public:
  explicit Models(EngineConfig config)
      : likeness(config.likeness),
        segmentation_(std::move(config.segmentation)),
        embedding_(std::move(config.embedding)),
        processes_({.library = std::move(config.library),
                    .helper = std::move(config.helper),
                    .threads = config.threads,
                    .max_memory = config.max_memory,
                    .open_timeout = config.open_timeout,
                    .run_timeout = config.run_timeout}) {}

  const Likeness likeness;

  /// Whether both run and return what is expected; tried once.
  [[nodiscard]] Result<> check(const std::stop_token& stop) {
    if (checked_) return {};
    VAT_TRY(classes(std::vector<float>(kWindowSamples), stop));
    VAT_TRY(voice(std::vector<float>(kFramesOfVoice * kFbankBins), stop));
    checked_ = true;
    return {};
  }

  /// kClasses for each frame of each window, of which `samples` has some.
  [[nodiscard]] Result<std::vector<float>> classes(std::vector<float> samples, const std::stop_token& stop) {
    const std::size_t windows = samples.size() / kWindowSamples;
    return run(segmentation_,
               {"x",
                {static_cast<std::int64_t>(windows), 1, static_cast<std::int64_t>(kWindowSamples)},
                std::move(samples)},
               windows * kWindowFrames * kClasses, stop);
  }
  /// kVoiceValues, of frames of Fbank.
  [[nodiscard]] Result<std::vector<float>> voice(std::vector<float> frames, const std::stop_token& stop) {
    const auto count = static_cast<std::int64_t>(frames.size() / kFbankBins);
    return run(embedding_, {"x", {1, count, static_cast<std::int64_t>(kFbankBins)}, std::move(frames)},
               kVoiceValues, stop);
  }

 private:
  [[nodiscard]] Result<std::vector<float>> run(const std::filesystem::path& model, onnx::Tensor input,
                                               std::size_t expected, const std::stop_token& stop) {
    VAT_ASSIGN(std::vector<float> values, processes_.run(model, {std::move(input)}, stop));
    if (values.size() != expected)
      return fail(ErrorCode::kBadData,
                  model.filename().string() + " is not the model that speaker labels need.",
                  std::to_string(values.size()) + " values instead of " + std::to_string(expected));
    return values;
  }

  const std::filesystem::path segmentation_;
  const std::filesystem::path embedding_;
  onnx::ModelProcesses processes_;
  std::atomic<bool> checked_ = false;
};

/// Frames of Fbank that begin at these samples, without their mean.
std::vector<float> voice_features(Fbank& fbank, std::span<const float> sound,
                                  std::span<const std::size_t> starts) {
  std::vector<float> frames(starts.size() * kFbankBins);
  std::array<double, kFbankBins> sums{};
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::span<float, kFbankBins> frame(frames.data() + i * kFbankBins, kFbankBins);
    fbank.compute(sound.subspan(starts[i]).first<kFbankSamples>(), frame);
    for (std::size_t b = 0; b < kFbankBins; ++b) sums[b] += frame[b];
  }
  for (std::size_t i = 0; i < frames.size(); ++i)
    frames[i] -= static_cast<float>(sums[i % kFbankBins] / static_cast<double>(starts.size()));
  return frames;
}

/// Of length 1; empty for zeros.
std::optional<Voice> voice_of(std::span<const float> values) {
  Voice voice{};
  std::copy(values.begin(), values.end(), voice.begin());
  const float length = std::sqrt(similarity(voice, voice));
  if (!(length > 0)) return std::nullopt;
  for (float& value : voice) value /= length;
  return voice;
}

class NeuralDiarization : public Diarization {
 public:
  NeuralDiarization(std::shared_ptr<Models> models, std::unique_ptr<Fbank> fbank, std::stop_token stop)
      : models_(std::move(models)), fbank_(std::move(fbank)), stop_(std::move(stop)) {}

  [[nodiscard]] Result<> add(std::span<const float> samples) override {
    constexpr std::size_t kNeeded = kWindowSamples + (kBatch - 1) * kWindowShift;
    while (!samples.empty()) {
      const std::size_t count = std::min<std::size_t>(samples.size(), next_ + kNeeded - total_);
      kept_.insert(kept_.end(), samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(count));
      samples = samples.subspan(count);
      total_ += count;
      if (total_ == next_ + kNeeded) VAT_TRY(hear(whole_windows()));
    }
    return {};
  }

  [[nodiscard]] Result<HeardSpeakers> finish(const SpeakerCount& count,
                                             std::span<const KnownSpeaker> known) override {
    if (total_ < kFrameSamples) return HeardSpeakers();
    VAT_TRY(hear(whole_windows()));
    const std::uint64_t heard = next_ == 0 ? 0 : next_ - kWindowShift + kWindowSamples;
    if (total_ > heard + kFrameShift)
      VAT_TRY(hear(std::vector{total_ > kWindowSamples ? total_ - kWindowSamples : std::uint64_t{0}}));
    if (sampled_.back() + 1 != windows_.size()) VAT_TRY(sample(windows_.size() - 1));
    kept_ = {};
    return speakers(count, known);
  }

 private:
  /// Where the windows begin that are whole and have not been heard.
  [[nodiscard]] std::vector<std::uint64_t> whole_windows() const {
    std::vector<std::uint64_t> starts;
    for (std::uint64_t at = next_; at + kWindowSamples <= total_; at += kWindowShift) starts.push_back(at);
    return starts;
  }
  [[nodiscard]] std::uint64_t kept_from() const { return total_ - kept_.size(); }

  /// The window's sound, with silence behind the recording's end.
  [[nodiscard]] std::vector<float> window(std::uint64_t start) const {
    const auto from = static_cast<std::size_t>(start - kept_from());
    const std::size_t count = std::min(kWindowSamples, kept_.size() - from);
    std::vector<float> samples(kWindowSamples);
    std::copy_n(kept_.begin() + static_cast<std::ptrdiff_t>(from), count, samples.begin());
    return samples;
  }

  [[nodiscard]] Result<> hear(std::span<const std::uint64_t> starts) {
    while (!starts.empty()) {
      const auto batch = starts.first(std::min(starts.size(), kBatch));
      starts = starts.subspan(batch.size());
      VAT_TRY(hear_batch(batch));
    }
    // The last window ends with the recording, so it may begin before the next one.
    const std::uint64_t needed_from = std::min(std::max(next_, kWindowShift) - kWindowShift, total_);
    if (needed_from > kept_from())
      kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(needed_from - kept_from()));
    return {};
  }

  [[nodiscard]] Result<> hear_batch(std::span<const std::uint64_t> starts) {
    std::vector<float> samples;
    samples.reserve(starts.size() * kWindowSamples);
    for (const std::uint64_t start : starts) {
      const std::vector<float> sound = window(start);
      samples.insert(samples.end(), sound.begin(), sound.end());
    }
    VAT_ASSIGN(const std::vector<float> classes, models_->classes(std::move(samples), stop_));
    for (std::size_t i = 0; i < starts.size(); ++i) {
      constexpr std::size_t kValues = kWindowFrames * kClasses;
      windows_.emplace_back(starts[i], std::span(classes).subspan(i * kValues, kValues));
      if ((windows_.size() - 1) % kSampledWindows == 0) VAT_TRY(sample(windows_.size() - 1));
      next_ = std::max(next_, starts[i] + kWindowShift);
    }
    return {};
  }

  [[nodiscard]] Result<> sample(std::size_t index) {
    sampled_.push_back(index);
    const Activity& activity = windows_[index];
    const std::vector<float> sound = window(activity.start());
    for (std::size_t v = 0; v < kVoices; ++v) {
      const bool strong = activity.frames_alone(v) >= kFramesOfVoice;
      const bool weak = samples_.empty() && activity.frames(v) >= kFramesOfWeakVoice;
      if (!strong && !weak) continue;
      VAT_ASSIGN(const std::vector<float> values,
                 models_->voice(features(activity, v, strong, sound), stop_));
      const std::optional<Voice> found = voice_of(values);
      if (!found) continue;
      const std::size_t frames = strong ? activity.frames_alone(v) : activity.frames(v);
      (strong ? samples_ : weak_samples_).push_back({index, v, static_cast<float>(frames), *found});
    }
    return {};
  }

  /// voice_features() in which the voice speaks: the middle ones, if there are many.
  [[nodiscard]] std::vector<float> features(const Activity& activity, std::size_t voice, bool alone,
                                            std::span<const float> sound) {
    std::vector<std::size_t> at;
    for (std::size_t t = 0; t + kFbankSamples <= sound.size(); t += kFbankShift) {
      const double frame =
          (static_cast<double>(t) + (kFbankSamples - double{kFrameSamples}) / 2) / kFrameShift;
      const auto nearest = static_cast<std::size_t>(
          std::clamp(std::round(frame), 0.0, static_cast<double>(kWindowFrames - 1)));
      if (activity.active(nearest, voice) && (!alone || activity.count(nearest) == 1)) at.push_back(t);
    }
    const std::size_t count = std::min(at.size(), kMaxSampleFrames);
    const auto chosen = std::span(at).subspan((at.size() - count) / 2, count);
    return voice_features(*fbank_, sound, chosen);
  }

  [[nodiscard]] HeardSpeakers speakers(const SpeakerCount& count, std::span<const KnownSpeaker> known) const {
    const std::vector<VoiceSample>& samples = samples_.empty() ? weak_samples_ : samples_;
    if (samples.empty()) return {};
    const auto clusters = confirmed(cluster(samples, count, models_->likeness), samples, windows_, sampled_);
    std::vector<Voice> voices;
    for (const auto& members : clusters) voices.push_back(centre(samples, members));
    const std::vector<Labels> labels = label(windows_, sampled_, samples, voices);
    NumberedTurns made = make_turns(windows_, labels, voices.size(), total_);
    const std::vector<std::string> names = known_names(voices, known, models_->likeness);
    HeardSpeakers heard{.turns = std::move(made.turns), .names = {}};
    for (const std::size_t speaker : made.speakers) heard.names.push_back(names[speaker]);
    return heard;
  }

  const std::shared_ptr<Models> models_;
  const std::unique_ptr<Fbank> fbank_;
  const std::stop_token stop_;
  std::vector<float> kept_;  ///< The latest sound, from a second before the next window on.
  std::uint64_t total_ = 0;  ///< Samples so far.
  std::uint64_t next_ = 0;   ///< Start of the next window.
  std::vector<Activity> windows_;
  std::vector<std::size_t> sampled_;
  std::vector<VoiceSample> samples_;
  std::vector<VoiceSample> weak_samples_;  ///< Of those who never speak for long; as long as all are such.
};

/// Louder than -60 dB of full scale.
bool is_audible(std::span<const float> samples) {
  constexpr float kFaintest = 1e-6F;
  return std::inner_product(samples.begin(), samples.end(), samples.begin(), 0.0F) >
         kFaintest * static_cast<float>(samples.size());
}

class NeuralDiarizer : public Diarizer {
 public:
  explicit NeuralDiarizer(EngineConfig config) : models_(std::make_shared<Models>(std::move(config))) {}

  [[nodiscard]] Result<std::unique_ptr<Diarization>> start(std::stop_token stop) override {
    VAT_ASSIGN(auto fbank, Fbank::create());
    VAT_TRY(models_->check(stop));
    return std::make_unique<NeuralDiarization>(models_, std::move(fbank), std::move(stop));
  }

  [[nodiscard]] Result<std::vector<float>> voice(std::span<const float> samples,
                                                 const std::stop_token& stop) override {
    std::vector<std::size_t> starts;
    for (std::size_t t = 0; t + kFbankSamples <= samples.size(); t += kFbankShift)
      if (is_audible(samples.subspan(t, kFbankSamples))) starts.push_back(t);
    if (starts.size() < kFramesOfVoice)
      return fail(ErrorCode::kBadMedia, "The sample of the voice is too short or silent.");
    VAT_ASSIGN(const auto fbank, Fbank::create());
    VAT_TRY(models_->check(stop));
    VAT_ASSIGN(const std::vector<float> values,
               models_->voice(voice_features(*fbank, samples, starts), stop));
    const std::optional<Voice> found = voice_of(values);
    if (!found) return fail(ErrorCode::kBadMedia, "The sample of the voice has no voice.");
    return std::vector<float>(found->begin(), found->end());
  }

 private:
  const std::shared_ptr<Models> models_;
};

}  // namespace

std::shared_ptr<Diarizer> make_diarizer(EngineConfig config) {
  return std::make_shared<NeuralDiarizer>(std::move(config));
}

}  // namespace vat::speakers
