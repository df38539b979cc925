// Decoding: k and v come from memory once, in their order, for all heads and rows.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "asr/kernels/attention_tiles.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {
namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();
constexpr int kAhead = 8;  // positions that are asked for before they are needed

/// Adds a row of a mask to the weights.
void add_mask(float* weights, const std::uint16_t* mask, int count) {
  int t = 0;
  for (; t + kLanes <= count; t += kLanes) store(weights + t, add(load(weights + t), load_half(mask + t)));
  for (; t < count; ++t) weights[t] += from_half(mask[t]);
}

float largest_of(const float* weights) {
  Vector largest = load(weights);
  for (int t = kLanes; t < kPositions; t += kLanes) largest = larger(largest, load(weights + t));
  float numbers[kLanes];
  store(numbers, largest);
  return *std::max_element(numbers, numbers + kLanes);
}

/// The weights become exp(weight - largest); returns their sum.
double exponentials(float* weights, float largest) {
  double sum = 0;
  for (int t = 0; t < kPositions; t += kLanes) {
    const Vector now = exponential(subtract(load(weights + t), all(largest)));
    store(weights + t, now);
    sum += static_cast<double>(sum_of(now));
  }
  return sum;
}

class FewRows {
 public:
  /// At most kFewHeads heads and kFewRows rows, from the first ones on.
  FewRows(const Attention& attention, std::int64_t first_head, std::int64_t heads, std::int64_t first_row,
          std::int64_t rows, float* scratch)
      : a_(attention),
        first_head_(first_head),
        heads_(heads),
        first_row_(first_row),
        rows_(rows),
        q_(scratch),
        out_(q_ + heads * rows * a_.key_width),
        weights_(out_ + heads * rows * a_.value_width),
        converted_(weights_ + heads * rows * kPositions) {}

  void attend() {
    start();
    for (std::int64_t position = 0; position < a_.positions; position += kPositions) {
      const int count = static_cast<int>(std::min<std::int64_t>(kPositions, a_.positions - position));
      multiply_keys(position, count);
      for (std::int64_t i = 0; i < heads_ * rows_; ++i) softmax(i, position, count);
      add_values(position, count);
    }
    write();
  }

 private:
  void start() {
    for (std::int64_t i = 0; i < heads_ * rows_; ++i) {
      const float* const row = a_.q.row(first_head_ + i / rows_, first_row_ + i % rows_);
      for (std::int64_t d = 0; d < a_.key_width; ++d) q_[i * a_.key_width + d] = row[d] * a_.scale;
    }
    std::fill(out_, out_ + heads_ * rows_ * a_.value_width, 0.0F);
    std::fill(largest_, largest_ + heads_ * rows_, kMasked);
    std::fill(sums_, sums_ + heads_ * rows_, 0.0F);
  }

  /// kFewPositions positions of all heads; zeros behind the last one.
  void convert(const Heads<const std::uint16_t>& from, std::int64_t width, std::int64_t position) {
    const bool adjacent = from.head_bytes == static_cast<std::size_t>(width) * sizeof *from.data;
    for (int t = 0; t < kFewPositions; ++t) {
      float* const to = converted_ + t * heads_ * width;
      if (position + t >= a_.positions) {
        std::fill(to, to + heads_ * width, 0.0F);
      } else if (adjacent) {
        const std::uint16_t* const row = from.row(first_head_, position + t);
        prefetch(reinterpret_cast<const char*>(row) + kAhead * from.row_bytes,
                 static_cast<std::size_t>(heads_ * width) * sizeof *row);
        convert_halves(row, to, heads_ * width);
      } else {
        for (std::int64_t h = 0; h < heads_; ++h)
          convert_halves(from.row(first_head_ + h, position + t), to + h * width, width);
      }
    }
  }

  void multiply_keys(std::int64_t position, int count) {
    for (int t = 0; t < count; t += kFewPositions) {
      convert(a_.k, a_.key_width, position + t);
      for (std::int64_t i = 0; i < heads_ * rows_; ++i) {
        const float* const k = converted_ + i / rows_ * a_.key_width;
        Vector sums[kFewPositions];
        for (Vector& sum : sums) sum = zeros();
        for (std::int64_t d = 0; d < a_.key_width; d += kLanes) {
          const Vector q = load(q_ + i * a_.key_width + d);
          for (int j = 0; j < kFewPositions; ++j)
            sums[j] = multiply_add(q, load(k + j * heads_ * a_.key_width + d), sums[j]);
        }
        static_assert(kFewPositions == 4, "as many as sums_of() takes");
        _mm_storeu_ps(weights_ + i * kPositions + t, sums_of(sums[0], sums[1], sums[2], sums[3]));
      }
    }
  }

  void softmax(std::int64_t i, std::int64_t position, int count) {
    float* const weights = weights_ + i * kPositions;
    if (a_.mask != nullptr) add_mask(weights, a_.mask_row(first_row_ + i % rows_) + position, count);
    std::fill(weights + count, weights + kPositions, kMasked);
    const float largest = std::max(largest_[i], largest_of(weights));
    if (largest == kMasked) {  // all of them masked
      std::fill(weights, weights + kPositions, 0.0F);
      return;
    }
    const float factor = std::exp(largest_[i] - largest);
    largest_[i] = largest;
    sums_[i] = std::fma(sums_[i], factor, static_cast<float>(exponentials(weights, largest)));
    if (factor == 1.0F) return;
    float* const out = out_ + i * a_.value_width;
    for (std::int64_t d = 0; d < a_.value_width; d += kLanes)
      store(out + d, multiply(load(out + d), all(factor)));
  }

  void add_values(std::int64_t position, int count) {
    for (int t = 0; t < count; t += kFewPositions) {
      convert(a_.v, a_.value_width, position + t);
      for (std::int64_t i = 0; i < heads_ * rows_; ++i) {
        const float* const v = converted_ + i / rows_ * a_.value_width;
        const float* const weights = weights_ + i * kPositions + t;
        for (std::int64_t d = 0; d < a_.value_width; d += kLanes) {
          Vector out = load(out_ + i * a_.value_width + d);
          for (int j = 0; j < kFewPositions; ++j)
            out = multiply_add(load(v + j * heads_ * a_.value_width + d), all(weights[j]), out);
          store(out_ + i * a_.value_width + d, out);
        }
      }
    }
  }

  void write() const {
    for (std::int64_t i = 0; i < heads_ * rows_; ++i) {
      const float inverse = sums_[i] == 0.0F ? 0.0F : 1.0F / sums_[i];
      float* const row = a_.out.row(first_head_ + i / rows_, first_row_ + i % rows_);
      for (std::int64_t d = 0; d < a_.value_width; ++d) row[d] = out_[i * a_.value_width + d] * inverse;
    }
  }

  const Attention& a_;
  const std::int64_t first_head_;
  const std::int64_t heads_;
  const std::int64_t first_row_;
  const std::int64_t rows_;
  float* const q_;          // [heads][rows][key_width], with the scale
  float* const out_;        // [heads][rows][value_width]
  float* const weights_;    // [heads][rows][kPositions]
  float* const converted_;  // [kFewPositions][heads][key_width or value_width]
  float largest_[kFewHeads * kFewRows];
  float sums_[kFewHeads * kFewRows];
};

}  // namespace

void attend_few(const Attention& attention, std::int64_t begin, std::int64_t end, float* scratch) {
  for (std::int64_t head = begin; head < end; head += kFewHeads) {
    const std::int64_t heads = std::min(kFewHeads, end - head);
    for (std::int64_t row = 0; row < attention.rows; row += kFewRows)
      FewRows(attention, head, heads, row, std::min(kFewRows, attention.rows - row), scratch).attend();
  }
}

}  // namespace vat::asr::kernels
#endif
