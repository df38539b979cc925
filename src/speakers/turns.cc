#include "speakers/turns.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <tuple>

#include "base/time.h"

namespace vat::speakers {
namespace {

constexpr double kRate = 16'000;
constexpr double kMaxPause = 0.5;
constexpr double kMinTurn = 0.3;

/// Collects one speaker's frames.
class TurnWriter {
 public:
  void active(double from, double to) {
    if (open_ && from - to_ < kMaxPause) {
      to_ = std::max(to_, to);
      return;
    }
    close();
    open_ = true;
    from_ = from;
    to_ = to;
  }
  void close() {
    if (open_ && to_ - from_ > kMinTurn) turns_.push_back({from_seconds(from_), from_seconds(to_), 0});
    open_ = false;
  }
  [[nodiscard]] const std::vector<SpeakerTurn>& turns() const { return turns_; }

 private:
  bool open_ = false;
  double from_ = 0;
  double to_ = 0;
  std::vector<SpeakerTurn> turns_;
};

/// What the windows say of the frames that are not decided yet, which are as many as a window has.
class Tally {
 public:
  explicit Tally(std::size_t speakers) : speakers_(speakers), rows_(kRows) {
    for (Row& row : rows_) row.activity.resize(speakers);
  }

  void add(const Activity& window, const Labels& labels) {
    for (std::size_t f = 0; f < kWindowFrames; ++f) {
      Row& row = rows_[(window.first_frame() + f) % kRows];
      row.windows += 1;
      row.count += static_cast<float>(window.count(f));
      for (std::size_t v = 0; v < kVoices; ++v)
        if (labels[v]) row.activity[*labels[v]] += window.probability(f, v);
    }
  }
  /// Who speaks in the frame, which is forgotten.
  std::vector<std::size_t> take(std::size_t frame) {
    Row& row = rows_[frame % kRows];
    const float mean = row.windows > 0 ? row.count / row.windows : 0;
    const std::size_t count = std::min(static_cast<std::size_t>(mean + 0.5F), speakers_);
    std::vector<std::size_t> order(speakers_);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&row](auto a, auto b) { return row.activity[a] > row.activity[b]; });
    order.resize(count);
    std::erase_if(order, [&row](std::size_t speaker) { return row.activity[speaker] <= 0; });
    row.windows = row.count = 0;
    std::fill(row.activity.begin(), row.activity.end(), 0.0F);
    return order;
  }

 private:
  static constexpr std::size_t kRows = 2 * kWindowFrames;
  struct Row {
    float windows = 0;
    float count = 0;
    std::vector<float> activity;
  };
  const std::size_t speakers_;
  std::vector<Row> rows_;
};

/// The frames as stretches of time.
class Clock {
 public:
  explicit Clock(std::uint64_t samples)
      : end_(static_cast<double>(samples) / kRate),
        frames_(samples < kFrameSamples ? 0 : (samples - kFrameSamples) / kFrameShift + 2) {}
  [[nodiscard]] std::size_t frames() const { return frames_; }
  /// The first frames begin with the recording, and the last ones end with it.
  [[nodiscard]] double start(std::size_t frame) const { return frame <= 1 ? 0 : middle(frame); }
  [[nodiscard]] double end(std::size_t frame) const {
    return frame + 3 >= frames_ ? end_ : std::min(middle(frame + 1), end_);
  }

 private:
  static double middle(std::size_t frame) {
    return (static_cast<double>(frame * kFrameShift) + kFrameSamples / 2.0) / kRate;
  }
  const double end_;
  const std::size_t frames_;
};

NumberedTurns in_order(const std::vector<TurnWriter>& writers) {
  NumberedTurns numbered;
  std::vector<SpeakerTurn>& turns = numbered.turns;
  for (std::size_t s = 0; s < writers.size(); ++s)
    for (SpeakerTurn turn : writers[s].turns()) {
      turn.speaker = s;
      turns.push_back(turn);
    }
  std::sort(turns.begin(), turns.end(), [](const SpeakerTurn& a, const SpeakerTurn& b) {
    return std::tie(a.start, a.end, a.speaker) < std::tie(b.start, b.end, b.speaker);
  });
  std::vector<std::optional<std::size_t>> numbers(writers.size());
  for (SpeakerTurn& turn : turns) {
    auto& number = numbers[turn.speaker];
    if (!number) {
      number = numbered.speakers.size();
      numbered.speakers.push_back(turn.speaker);
    }
    turn.speaker = *number;
  }
  return numbered;
}

}  // namespace

NumberedTurns make_turns(std::span<const Activity> windows, std::span<const Labels> labels,
                         std::size_t speakers, std::uint64_t samples) {
  const Clock clock(samples);
  std::vector<TurnWriter> writers(speakers);
  Tally tally(speakers);
  std::size_t decided = 0;
  const auto decide_until = [&](std::size_t frame) {
    for (; decided < std::min(frame, clock.frames()); ++decided)
      for (const std::size_t speaker : tally.take(decided))
        writers[speaker].active(clock.start(decided), clock.end(decided));
  };
  for (std::size_t w = 0; w < windows.size(); ++w) {
    decide_until(windows[w].first_frame());
    tally.add(windows[w], labels[w]);
  }
  decide_until(clock.frames());
  for (TurnWriter& writer : writers) writer.close();
  return in_order(writers);
}

}  // namespace vat::speakers
