#include "asr/token_alignment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace vat::asr {
namespace {

constexpr std::size_t kSmoothed = 7;

/// Each frame's values have the mean 0 and the deviation 1 over the tokens, so that frames to which every
/// token attends (the end of the window, a loud one) do not count; less where fewer attend than elsewhere, so
/// that sound of which nothing is written does not count either.
void normalise(std::vector<float>& matrix, std::size_t frames) {
  const std::size_t tokens = matrix.size() / frames;
  const double usual =
      std::accumulate(matrix.begin(), matrix.end(), 0.0) / static_cast<double>(matrix.size());
  for (std::size_t frame = 0; frame < frames; ++frame) {
    double sum = 0;
    double squares = 0;
    for (std::size_t i = frame; i < matrix.size(); i += frames) {
      sum += matrix[i];
      squares += static_cast<double>(matrix[i]) * matrix[i];
    }
    const double mean = sum / static_cast<double>(tokens);
    const double deviation = std::sqrt(std::max(squares / static_cast<double>(tokens) - mean * mean, 1e-20));
    const double weight = mean < usual ? mean / usual : 1;
    for (std::size_t i = frame; i < matrix.size(); i += frames)
      matrix[i] = static_cast<float>((matrix[i] - mean) / deviation * weight);
  }
}

/// The median of each value and its neighbours, with the row reflected at its ends.
void smooth(std::span<float> row) {
  constexpr std::ptrdiff_t kReach = kSmoothed / 2;
  const auto size = static_cast<std::ptrdiff_t>(row.size());
  if (size <= kReach) return;
  const std::vector<float> values(row.begin(), row.end());
  for (std::ptrdiff_t at = 0; at < size; ++at) {
    std::array<float, kSmoothed> around{};
    for (std::ptrdiff_t i = -kReach; i <= kReach; ++i) {
      std::ptrdiff_t place = std::abs(at + i);
      if (place >= size) place = 2 * (size - 1) - place;
      around[static_cast<std::size_t>(i + kReach)] = values[static_cast<std::size_t>(place)];
    }
    std::nth_element(around.begin(), around.begin() + kReach, around.end());
    row[static_cast<std::size_t>(at)] = around[kReach];
  }
}

}  // namespace

std::vector<std::size_t> align_tokens(std::span<const float> attention, std::size_t frames) {
  const std::size_t tokens = frames == 0 ? 0 : attention.size() / frames;
  std::vector<std::size_t> begins(tokens, 0);
  if (tokens == 0) return begins;
  if (tokens > frames) {
    for (std::size_t i = 0; i < tokens; ++i) begins[i] = i * frames / tokens;
    return begins;
  }
  // Weights that are broken may make anything of it.
  std::vector<float> matrix(tokens * frames);
  std::transform(attention.begin(), attention.begin() + static_cast<std::ptrdiff_t>(matrix.size()),
                 matrix.begin(), [](float value) { return std::isfinite(value) ? value : 0; });
  normalise(matrix, frames);
  for (std::size_t i = 0; i < tokens; ++i) smooth(std::span(matrix).subspan(i * frames, frames));

  // The most attention that a path can collect from the first token and frame to each pair, row by row, and
  // whether the best one comes from the token before.
  constexpr float kNone = -std::numeric_limits<float>::infinity();
  std::vector<std::uint8_t> is_first(tokens * frames, 0);
  std::vector<float> above(frames, kNone);
  std::vector<float> row(frames);
  for (std::size_t i = 0; i < tokens; ++i) {
    float before = i == 0 ? 0 : kNone;  // of the frame before
    for (std::size_t j = 0; j < frames; ++j) {
      const float from_token = i > 0 && j > 0 ? above[j - 1] : kNone;
      is_first[i * frames + j] = from_token > before ? 1 : 0;
      before = std::max(from_token, before) + matrix[i * frames + j];
      row[j] = before;
    }
    std::swap(above, row);
  }
  std::size_t frame = frames - 1;
  for (std::size_t i = tokens; i-- > 1;) {
    while (is_first[i * frames + frame] == 0) --frame;
    begins[i] = frame--;
  }
  return begins;
}

}  // namespace vat::asr
