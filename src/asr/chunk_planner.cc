#include "asr/chunk_planner.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "asr/kept_sound.h"
#include "asr/speech_gate.h"

namespace vat::asr {
namespace {

PlanOptions sensible(PlanOptions options) {
  options.longest = std::max(options.longest, Millis(2'000));
  options.fill = std::clamp(options.fill, 0.4, 0.7);
  options.offset = std::min(options.offset, options.onset);
  options.minimum_silence = std::max(options.minimum_silence, Millis(50));
  options.padding = std::max(options.padding, Millis(0));
  options.shortest_pause = std::max(options.shortest_pause, Millis(0));
  options.overlap = std::clamp(options.overlap, Millis(0), options.longest / 5);
  // A pause that is cut out must be long enough to cut in, and longer than what is kept of it.
  options.longest_silence = std::max({options.longest_silence, options.shortest_pause, 2 * options.padding});
  return options;
}

/// Rounds up, to one frame at least.
std::int64_t to_frames(Millis length, std::size_t frame) {
  const auto size = static_cast<std::int64_t>(frame);
  return std::max<std::int64_t>(1, (time_to_samples(length) + size - 1) / size);
}

SpeechGateOptions gate_options(const PlanOptions& options, std::size_t frame) {
  return {.onset = options.onset,
          .offset = options.offset,
          .minimum_speech = to_frames(options.minimum_speech, frame),
          .minimum_silence = to_frames(options.minimum_silence, frame),
          .padding = to_frames(options.padding, frame),
          .longest_silence = to_frames(options.longest_silence, frame)};
}

CutOptions cut_options(const PlanOptions& options, std::size_t frame) {
  return {.longest = time_to_samples(options.longest) / static_cast<std::int64_t>(frame),
          .fill = options.fill,
          .shortest_pause = to_frames(options.shortest_pause, frame),
          .clear_pause = to_frames(options.minimum_silence, frame),
          .overlap = to_frames(options.overlap, frame),
          .offset = options.offset,
          .frames_per_second = static_cast<double>(kRecognitionRate) / static_cast<double>(frame)};
}

}  // namespace

class ChunkPlanner::Impl {
 public:
  Impl(AudioSource& source, SpeechDetector& detector, const PlanOptions& options)
      : source_(source),
        detector_(detector),
        frame_(detector.frame_samples()),
        gate_(gate_options(sensible(options), frame_)),
        cutting_(cut_options(sensible(options), frame_)),
        kept_(frame_) {
    const std::size_t frames = std::max<std::size_t>(1, kRecognitionRate / 2 / frame_);
    block_.resize(frames * frame_);
  }

  Result<std::optional<Chunk>> next() {
    // One and a half chunks, because the end of the recording affects where to cut.
    while (!ended_ && kept_.frames() <= cutting_.longest * 3 / 2) VAT_TRY(detect_block());
    if (kept_.frames() == 0) return std::optional<Chunk>();
    Cut cut{kept_.frames(), kept_.frames(), kept_.frames()};
    if (kept_.frames() > cutting_.longest) cut = choose_cut(kept_, cutting_, ended_);
    return std::optional<Chunk>(take(cut));
  }

  [[nodiscard]] Millis speech() const { return samples_to_time(kept_samples_); }
  [[nodiscard]] Millis position() const { return samples_to_time(read_samples_); }
  [[nodiscard]] std::size_t held_samples() const {
    return kept_.samples().size() + undecided_.size() + block_.size();
  }

 private:
  Chunk take(const Cut& cut) {
    const auto frame = static_cast<std::int64_t>(frame_);
    Chunk chunk = kept_.take(cut);
    chunk.index = index_++;
    chunk.overlap_before = overlap_;
    overlap_ = chunk.overlap_after;
    if (chunk.overlap_before > 0) chunk.cut_before = cut_;
    cut_ = chunk.end() - (cut.end - cut.place) * frame;
    return chunk;
  }

  Result<> detect_block() {
    VAT_ASSIGN(const std::size_t count, read_block());
    ended_ = count < block_.size();
    undecided_.insert(undecided_.end(), block_.begin(), block_.begin() + static_cast<std::ptrdiff_t>(count));
    read_samples_ += static_cast<std::int64_t>(count);
    // The detector needs whole frames.
    const std::size_t whole = (count + frame_ - 1) / frame_ * frame_;
    std::fill(block_.begin() + static_cast<std::ptrdiff_t>(count), block_.end(), 0.0F);
    const std::size_t first = undecided_speech_.size();
    if (whole > 0) VAT_TRY(detector_.detect(std::span<const float>(block_).first(whole), undecided_speech_));
    if (undecided_speech_.size() != first + whole / frame_) {
      return fail(ErrorCode::kInternal, "The speech detector did not answer for every frame.",
                  detector_.name());
    }
    for (std::size_t i = first; i < undecided_speech_.size(); ++i) {
      if (std::isnan(undecided_speech_[i])) undecided_speech_[i] = 0;
      gate_.push(undecided_speech_[i]);
    }
    if (ended_) gate_.finish();
    sort_out();
    return {};
  }

  /// Fills the block, with as many reads as needed; less than a whole block is the end.
  Result<std::size_t> read_block() {
    std::size_t count = 0;
    while (count < block_.size()) {
      VAT_ASSIGN(const std::size_t got, source_.read(std::span<float>(block_).subspan(count)));
      if (got == 0) break;
      count += got;
    }
    return count;
  }

  /// Moves what the gate keeps to the kept audio, and discards what it has decided.
  void sort_out() {
    for (const SpeechGate::Range range : gate_.take()) {
      const auto begin = static_cast<std::size_t>(range.begin - undecided_begin_);
      const auto count = static_cast<std::size_t>(range.end - range.begin);
      const std::size_t first = begin * frame_;
      const std::size_t length = std::min(count * frame_, undecided_.size() - first);
      kept_.append(range.begin * static_cast<std::int64_t>(frame_),
                   std::span<const float>(undecided_).subspan(first, length),
                   std::span<const float>(undecided_speech_).subspan(begin, count));
      kept_samples_ += static_cast<std::int64_t>(length);
    }
    const std::int64_t done = gate_.decided() - undecided_begin_;
    const std::int64_t samples =
        std::min(done * static_cast<std::int64_t>(frame_), static_cast<std::int64_t>(undecided_.size()));
    undecided_.erase(undecided_.begin(), undecided_.begin() + samples);
    undecided_speech_.erase(undecided_speech_.begin(), undecided_speech_.begin() + done);
    undecided_begin_ = gate_.decided();
  }

  AudioSource& source_;
  SpeechDetector& detector_;
  std::size_t frame_;
  SpeechGate gate_;
  CutOptions cutting_;
  KeptSound kept_;
  std::vector<float> block_;
  std::vector<float> undecided_;         // read, and neither kept nor dropped yet
  std::vector<float> undecided_speech_;  // the probability of each of its frames
  std::int64_t undecided_begin_ = 0;     // its first frame in the recording
  bool ended_ = false;
  std::size_t index_ = 0;
  std::int64_t overlap_ = 0;  // of the last chunk with the next
  std::int64_t cut_ = 0;      // between them, in samples of the recording
  std::int64_t read_samples_ = 0;
  std::int64_t kept_samples_ = 0;
};

ChunkPlanner::ChunkPlanner(AudioSource& source, SpeechDetector& detector, const PlanOptions& options)
    : impl_(std::make_unique<Impl>(source, detector, options)) {}
ChunkPlanner::~ChunkPlanner() = default;
ChunkPlanner::ChunkPlanner(ChunkPlanner&&) noexcept = default;

Result<std::optional<Chunk>> ChunkPlanner::next() { return impl_->next(); }
Millis ChunkPlanner::speech() const { return impl_->speech(); }
Millis ChunkPlanner::position() const { return impl_->position(); }
std::size_t ChunkPlanner::held_samples() const { return impl_->held_samples(); }

}  // namespace vat::asr
