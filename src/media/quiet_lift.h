// Raises very quiet recordings to where recognisers and detectors expect speech. Private to this module.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"

namespace vat::media {

/// Looks a minute back, and ten seconds ahead unless what is there settles it. Where everything there is
/// below -45 dBFS, in tenths of a second, and rises and falls as speech does, it is raised by up to 60 dB.
/// Steady noise is not, nor is anything near sound of a usual level. 16 kHz mono. One thread at a time.
class QuietLift {
 public:
  /// Fills the front of its argument and returns how much; 0 at the end.
  using Pull = std::function<Result<std::size_t>(std::span<float>)>;

  /// As AudioSource::read(), of what `pull` returns.
  [[nodiscard]] Result<std::size_t> read(std::span<float> out, const Pull& pull);
  /// The largest gain used, in dB; 0 if none was.
  [[nodiscard]] double largest_gain() const { return largest_gain_; }

 private:
  [[nodiscard]] Result<> look_ahead(const Pull& pull);
  void release_block();
  [[nodiscard]] bool is_settled() const;
  [[nodiscard]] double loudest_power() const;
  [[nodiscard]] double wanted_gain() const;

  std::deque<std::vector<float>> ahead_;
  std::deque<double> powers_;  ///< Of the last blocks that were released, then of those ahead.
  std::size_t released_ = 0;   ///< How many of them were released.
  std::vector<float> ready_;
  std::size_t taken_ = 0;
  double gain_ = 1;
  double largest_gain_ = 0;
  bool first_ = true;
  bool ended_ = false;
};

}  // namespace vat::media
