#include "media/background.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <span>
#include <utility>

#include "media/audio_encoder.h"
#include "media/audio_reader.h"
#include "media/ducking_curve.h"
#include "media/loudness.h"

namespace vat::media {
namespace {

constexpr int kMixRate = 48'000;
constexpr std::size_t kMixBlock = kMixRate / 2;
/// Below, nothing sounds.
constexpr double kNoLoudness = -69;
/// More would raise the noise of a quiet recording in each pause.
constexpr double kMaxRaise = 12;
constexpr std::array<std::pair<std::string_view, Background>, 3> kBackgrounds{
    {{"off", Background::kOff}, {"duck", Background::kDuck}, {"keep", Background::kKeep}}};

double linear(double decibels) { return std::pow(10.0, decibels / 20); }

/// As much as there is: fewer samples only at the end.
Result<std::size_t> fill(AudioSource& source, std::span<float> block) {
  std::size_t filled = 0;
  while (filled < block.size()) {
    VAT_ASSIGN(const std::size_t count, source.read(block.subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  std::fill(block.begin() + static_cast<std::ptrdiff_t>(filled), block.end(), 0.0F);
  return filled;
}

/// The three sounds of a mix, block by block.
class Sounds {
 public:
  static Result<Sounds> open(Media& media, const BackgroundMix& mix, const std::stop_token& stop) {
    Sounds sounds;
    const auto open_side = [&](Side side) {
      return media.open(mix.original, {.track = mix.track, .side = side, .rate = kMixRate, .stop = stop});
    };
    VAT_ASSIGN(sounds.left_, open_side(Side::kLeft));
    VAT_ASSIGN(sounds.right_, open_side(Side::kRight));
    VAT_ASSIGN(sounds.speech_, media_in_process().open(mix.speech, {.rate = kMixRate, .stop = stop}));
    return sounds;
  }

  /// The number of samples that there were; 0 at the end of all.
  [[nodiscard]] Result<std::size_t> read() {
    std::size_t longest = 0;
    for (const auto& [source, block] : {std::pair(&left_, &left), {&right_, &right}, {&speech_, &speech}}) {
      block->resize(kMixBlock);
      VAT_ASSIGN(const std::size_t count, fill(**source, *block));
      longest = std::max(longest, count);
    }
    for (std::vector<float>* const block : {&left, &right, &speech}) block->resize(longest);
    position_ += longest;
    return longest;
  }
  [[nodiscard]] double seconds() const { return static_cast<double>(position_) / kMixRate; }
  /// Of the speech, which lasts as long as the recording.
  [[nodiscard]] double all_seconds() const { return to_seconds(speech_->duration().value_or(Millis(0))); }

  std::vector<float> left, right, speech;

 private:
  std::unique_ptr<AudioSource> left_, right_, speech_;
  std::size_t position_ = 0;
};

class BackgroundMixer {
 public:
  BackgroundMixer(Media& media, const BackgroundMix& mix, const std::function<void(double)>& progress,
                  std::stop_token stop)
      : media_(media), mix_(mix), progress_(progress), stop_(std::move(stop)) {}

  Result<> run(const std::filesystem::path& output) {
    VAT_TRY(measure());
    return write(output);
  }

 private:
  /// Tells how far the pass is that begins at `from`, of two.
  [[nodiscard]] Result<> step(const Sounds& sounds, double from) const {
    if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "Mixing was stopped.");
    if (progress_ && sounds.all_seconds() > 0)
      progress_(from + std::min(sounds.seconds() / sounds.all_seconds(), 1.0) / 2);
    return {};
  }

  [[nodiscard]] Result<> measure() {
    VAT_ASSIGN(Sounds sounds, Sounds::open(media_, mix_, stop_));
    VAT_ASSIGN(const auto speech, LoudnessMeter::create(kMixRate));
    VAT_ASSIGN(const auto original, LoudnessMeter::create(kMixRate, 2));
    while (true) {
      VAT_ASSIGN(const std::size_t count, sounds.read());
      if (count == 0) break;
      for (std::size_t i = 0; i < count; ++i) set(i, sounds.left[i], sounds.right[i]);
      VAT_TRY(original->push(std::span(both_).first(2 * count)));
      VAT_TRY(speech->push(sounds.speech));
      VAT_TRY(step(sounds, 0));
    }
    VAT_ASSIGN(const Loudness dub, speech->finish());
    VAT_ASSIGN(const Loudness background, original->finish());
    if (dub.integrated > kNoLoudness && background.integrated > kNoLoudness)
      level_ = linear(std::min(dub.integrated - background.integrated, kMaxRaise));
    return {};
  }

  [[nodiscard]] Result<> write(const std::filesystem::path& output) {
    VAT_ASSIGN(Sounds sounds, Sounds::open(media_, mix_, stop_));
    VAT_ASSIGN(const auto encoder,
               AudioEncoder::create(output, {.format = mix_.format, .sample_rate = kMixRate, .channels = 2}));
    VAT_ASSIGN(const auto limiter,
               Leveller::create(
                   kMixRate, {.gain = 0, .limit = true}, kMaxTruePeak,
                   [&](std::span<const float> samples) { return encoder->write(samples); }, 2));
    const bool ducks = mix_.background == Background::kDuck;
    DuckingCurve curve(ducks ? mix_.spoken : std::vector<TimeSpan>(), kDuckedBelow, kMixRate);
    const double level = level_ * (ducks ? 1 : linear(-kKeptBelow));
    // The same in two loudspeakers has twice the power (ITU-R BS.1770).
    const auto in_both = static_cast<float>(M_SQRT1_2);
    while (true) {
      VAT_ASSIGN(const std::size_t count, sounds.read());
      if (count == 0) break;
      for (std::size_t i = 0; i < count; ++i) {
        const float gain = static_cast<float>(level) * curve.next();
        const float speech = in_both * sounds.speech[i];
        set(i, gain * sounds.left[i] + speech, gain * sounds.right[i] + speech);
      }
      VAT_TRY(limiter->push(std::span(both_).first(2 * count)));
      VAT_TRY(step(sounds, 0.5));
    }
    VAT_TRY(limiter->finish());
    return encoder->finish();
  }

  void set(std::size_t i, float left, float right) {
    both_[2 * i] = left;
    both_[2 * i + 1] = right;
  }

  Media& media_;
  const BackgroundMix& mix_;
  const std::function<void(double)>& progress_;
  const std::stop_token stop_;
  double level_ = 1;  ///< That makes the original as loud as the speech.
  std::vector<float> both_ = std::vector<float>(2 * kMixBlock);
};

}  // namespace

std::string_view background_name(Background background) {
  const auto* const found = std::find_if(kBackgrounds.begin(), kBackgrounds.end(),
                                         [background](const auto& row) { return row.second == background; });
  return found->first;
}

std::optional<Background> parse_background(std::string_view name) {
  const auto* const found = std::find_if(kBackgrounds.begin(), kBackgrounds.end(),
                                         [name](const auto& row) { return row.first == name; });
  return found == kBackgrounds.end() ? std::nullopt : std::optional(found->second);
}

Result<> mix_background(Media& media, const BackgroundMix& mix, const std::filesystem::path& output,
                        const std::function<void(double)>& progress, std::stop_token stop) {
  return BackgroundMixer(media, mix, progress, std::move(stop)).run(output);
}

}  // namespace vat::media
