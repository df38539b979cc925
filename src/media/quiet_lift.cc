#include "media/quiet_lift.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "domain/audio.h"

namespace vat::media {
namespace {

constexpr std::size_t kLiftBlock = kRecognitionRate / 10;
constexpr std::size_t kBlocksAhead = 100;
constexpr std::size_t kBlocksBack = 600;
/// Mean squares of a block: -45 dBFS, above which recognition loses nothing; -15 dBFS, where the loudest
/// tenths of usual recordings are; -110 dBFS, below 16 bits.
constexpr double kQuiet = 3.2e-5;
constexpr double kUsual = 3.2e-2;
constexpr double kNothing = 1e-11;
/// The power of the loudest tenth of a second over that of the quietest quarter: steady noise has less,
/// speech more.
constexpr double kSpread = 6.0;
constexpr double kMaxLift = 1000.0;
/// A block's rise of the gain, at most.
constexpr double kMaxRise = 1.1;

double block_power(std::span<const float> block) {
  double sum = 0;
  for (const float sample : block) sum += static_cast<double>(sample) * sample;
  return block.empty() ? 0.0 : sum / static_cast<double>(block.size());
}

}  // namespace

Result<std::size_t> QuietLift::read(std::span<float> out, const Pull& pull) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    if (taken_ == ready_.size()) {
      VAT_TRY(look_ahead(pull));
      if (ahead_.empty()) break;
      release_block();
    }
    const std::size_t count = std::min(out.size() - filled, ready_.size() - taken_);
    std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(taken_), count,
                out.begin() + static_cast<std::ptrdiff_t>(filled));
    taken_ += count;
    filled += count;
  }
  return filled;
}

/// Sound of a usual level settles it, so that what comes through a pipe is not waited for.
bool QuietLift::is_settled() const { return !ahead_.empty() && loudest_power() > kQuiet; }

double QuietLift::loudest_power() const { return *std::max_element(powers_.begin(), powers_.end()); }

Result<> QuietLift::look_ahead(const Pull& pull) {
  while (!ended_ && ahead_.size() < kBlocksAhead && !is_settled()) {
    std::vector<float> block(kLiftBlock);
    VAT_ASSIGN(const std::size_t count, pull(block));
    ended_ = count < block.size();
    block.resize(count);
    if (block.empty()) break;
    powers_.push_back(block_power(block));
    ahead_.push_back(std::move(block));
  }
  return {};
}

double QuietLift::wanted_gain() const {
  const double loudest = loudest_power();
  if (loudest > kQuiet || loudest < kNothing) return 1;
  std::vector<double> sorted(powers_.begin(), powers_.end());
  const auto quarter = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 4);
  std::nth_element(sorted.begin(), quarter, sorted.end());
  if (loudest < kSpread * *quarter) return 1;
  return std::min(std::sqrt(kUsual / loudest), kMaxLift);
}

void QuietLift::release_block() {
  const double wanted = wanted_gain();
  // It falls at once, for what is louder comes, and starts as high as it should be.
  const double next = first_ ? wanted : std::min(wanted, std::max(gain_ * kMaxRise, 1.0));
  if (first_) gain_ = next;
  first_ = false;
  ready_ = std::move(ahead_.front());
  ahead_.pop_front();
  taken_ = 0;
  if (next != 1 || gain_ != 1) {
    const double step = (next - gain_) / static_cast<double>(ready_.size());
    for (std::size_t i = 0; i < ready_.size(); ++i) {
      const double raised = ready_[i] * (gain_ + step * static_cast<double>(i));
      ready_[i] = static_cast<float>(std::clamp(raised, -1.0, 1.0));
    }
  }
  gain_ = next;
  largest_gain_ = std::max(largest_gain_, 20 * std::log10(gain_));
  if (++released_ > kBlocksBack) {
    powers_.pop_front();
    --released_;
  }
}

}  // namespace vat::media
