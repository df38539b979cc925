#include "pipeline/channel_turns.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "base/time.h"

namespace vat::pipeline {
namespace {

constexpr std::size_t kFrame = 320;  // samples
constexpr Millis kFrameLength{20};
constexpr int kFullScale = 254;  // half decibels above silence

// In half decibels.
constexpr int kAboveBackground = 20;
constexpr int kFaintest = kFullScale - 2 * 60;
/// Both speak where the difference of the channels is so near to the middle between one and the other.
constexpr int kBoth = 12;
/// Channels whose difference varies by less have one speaker, or the same sound.
constexpr int kVaries = 12;

constexpr std::size_t kClosedGap = 20;  // frames
constexpr std::size_t kShortest = 10;
constexpr std::size_t kSmoothed = 3;  // frames on each side

/// The value that this share of the counted ones does not exceed; its place in `counts`.
int percentile(std::span<const std::size_t> counts, double share) {
  const std::size_t all = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  const auto wanted = static_cast<std::size_t>(share * static_cast<double>(all));
  std::size_t seen = 0;
  for (std::size_t value = 0; value < counts.size(); ++value) {
    seen += counts[value];
    if (seen > wanted) return static_cast<int>(value);
  }
  return 0;
}

/// Of the frames with any sound.
int background(const std::vector<std::uint8_t>& values) {
  std::array<std::size_t, 256> counts{};
  for (const std::uint8_t value : values)
    if (value > 0) ++counts.at(value);
  return percentile(counts, 0.1);
}

/// The loudest of the frames around each, so that the gaps within a word are no turns of the other.
std::vector<std::uint8_t> smoothed(const std::vector<std::uint8_t>& values) {
  std::vector<std::uint8_t> result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t begin = i < kSmoothed ? 0 : i - kSmoothed;
    const std::size_t end = std::min(values.size(), i + kSmoothed + 1);
    result[i] = *std::max_element(values.begin() + static_cast<std::ptrdiff_t>(begin),
                                  values.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return result;
}

struct Levels {
  explicit Levels(const ChannelLevels& channel)
      : values(smoothed(channel.values())),
        threshold(std::max(background(values) + kAboveBackground, kFaintest)) {}
  [[nodiscard]] int at(std::size_t frame) const { return frame < values.size() ? values[frame] : 0; }
  [[nodiscard]] bool sounds(std::size_t frame) const { return at(frame) >= threshold; }
  std::vector<std::uint8_t> values;
  int threshold;
};

/// How much louder the first channel is, where anybody speaks: there are two heaps, one for each speaker,
/// wherever the microphones' gains and what each has of the other's voice put them.
struct Difference {
  int low = 0;   ///< The second speaks.
  int high = 0;  ///< The first does.

  Difference(const Levels& first, const Levels& second) {
    std::array<std::size_t, 511> counts{};
    for (std::size_t i = 0; i < std::max(first.values.size(), second.values.size()); ++i)
      if (first.sounds(i) || second.sounds(i))
        ++counts.at(static_cast<std::size_t>(first.at(i) - second.at(i) + 255));
    low = percentile(counts, 0.05) - 255;
    high = percentile(counts, 0.95) - 255;
  }
  [[nodiscard]] bool varies() const { return high - low >= kVaries; }
  [[nodiscard]] bool same() const { return !varies() && std::abs(high + low) < kVaries; }
  [[nodiscard]] int middle() const { return varies() ? (high + low) / 2 : 0; }
  [[nodiscard]] int both() const { return varies() ? std::min(kBoth, (high - low) / 4) : kBoth; }
};

/// Runs of frames, without short ones and short gaps.
void append_turns(const std::vector<bool>& active, std::size_t speaker, std::vector<SpeakerTurn>& turns) {
  std::size_t begin = 0;
  std::size_t end = 0;  // of the run so far; equal to `begin`: none
  const auto finish = [&] {
    if (end - begin >= kShortest)
      turns.push_back({kFrameLength * static_cast<std::int64_t>(begin),
                       kFrameLength * static_cast<std::int64_t>(end), speaker});
  };
  for (std::size_t i = 0; i < active.size(); ++i) {
    if (!active[i]) continue;
    if (end == begin || i - end > kClosedGap) {
      finish();
      begin = i;
    }
    end = i + 1;
  }
  finish();
}

/// Fills the buffer, unless the source ends.
Result<std::size_t> read_full(AudioSource& source, std::span<float> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    VAT_ASSIGN(const std::size_t count, source.read(out.subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  return filled;
}

}  // namespace

void ChannelLevels::add(std::span<const float> samples) {
  for (const float sample : samples) {
    sum_ += static_cast<double>(sample) * sample;
    if (++count_ < kFrame) continue;
    const double decibels = 10 * std::log10(sum_ / kFrame + 1e-13);
    const double level = std::clamp(kFullScale + 2 * decibels, 0.0, static_cast<double>(kFullScale));
    values_.push_back(static_cast<std::uint8_t>(level));
    sum_ = 0;
    count_ = 0;
  }
}

std::vector<SpeakerTurn> turns_of_levels(const std::array<ChannelLevels, 2>& channels) {
  const std::array<Levels, 2> levels = {Levels(channels[0]), Levels(channels[1])};
  const Difference difference(levels[0], levels[1]);
  std::vector<SpeakerTurn> turns;
  for (std::size_t c = 0; c < 2; ++c) {
    const Levels& own = levels.at(c);
    const int middle = c == 0 ? difference.middle() : -difference.middle();
    std::vector<bool> active(own.values.size());
    for (std::size_t i = 0; i < active.size(); ++i)
      active[i] = own.sounds(i) && own.at(i) - levels.at(1 - c).at(i) >= middle - difference.both();
    append_turns(active, c, turns);
  }
  std::stable_sort(turns.begin(), turns.end(),
                   [](const SpeakerTurn& a, const SpeakerTurn& b) { return a.start < b.start; });
  return turns;
}

ChannelDiarization::ChannelDiarization(std::unique_ptr<AudioSource> first,
                                       std::unique_ptr<AudioSource> second, std::stop_token stop)
    : channels_{Channel{std::move(first), {}}, Channel{std::move(second), {}}}, stop_(std::move(stop)) {}

Result<bool> ChannelDiarization::read(std::size_t samples) {
  block_.resize(samples);
  bool more = false;
  for (Channel& channel : channels_) {
    if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "The reading was stopped.");
    VAT_ASSIGN(const std::size_t count, read_full(*channel.source, block_));
    channel.levels.add(std::span(block_).first(count));
    more = more || count > 0;
  }
  return more;
}

Result<> ChannelDiarization::add(std::span<const float> mixed) {
  VAT_TRY(read(mixed.size()));
  return {};
}

Result<HeardSpeakers> ChannelDiarization::finish(const SpeakerCount& /*count*/,
                                                 std::span<const KnownSpeaker> /*known*/) {
  for (bool more = true; more;) {
    VAT_ASSIGN(more, read(kRecognitionRate));
  }
  const std::array<ChannelLevels, 2> levels = {std::move(channels_[0].levels),
                                               std::move(channels_[1].levels)};
  std::vector<SpeakerTurn> turns = turns_of_levels(levels);
  if (!turns.empty() && Difference(Levels(levels[0]), Levels(levels[1])).same())
    return fail(ErrorCode::kBadMedia, "Both channels have the same sound.");
  return HeardSpeakers{std::move(turns), {"Channel 1", "Channel 2"}};
}

}  // namespace vat::pipeline
