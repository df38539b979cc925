// The rows of q lie in the lanes of the vectors: k and v are then read as they are stored, nothing is packed
// for each tile of k, and the softmax of all rows of a tile advances together.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "asr/kernels/attention_tiles.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {
namespace {

/// A matrix whose numbers lie `row` apart from row to row, and `column` from column to column.
struct Factor {
  const float* data;
  std::int64_t row;
  std::int64_t column;
};

/// c[kRows x kVectors vectors] (+)= a * b, where c and b have kTileRows columns.
template <int kRows, int kVectors, bool kAdd>
inline void multiply_block(float* __restrict c, const Factor& a, const float* __restrict b, int inner) {
  Vector sums[kRows][kVectors];
  for (int i = 0; i < kRows; ++i) {
    for (int r = 0; r < kVectors; ++r) sums[i][r] = kAdd ? load(c + i * kTileRows + r * kLanes) : zeros();
  }
  for (int k = 0; k < inner; ++k) {
    Vector row[kVectors];
    for (int r = 0; r < kVectors; ++r) row[r] = load(b + k * kTileRows + r * kLanes);
    for (int i = 0; i < kRows; ++i) {
      const Vector number = all(a.data[i * a.row + k * a.column]);
      for (int r = 0; r < kVectors; ++r) sums[i][r] = multiply_add(row[r], number, sums[i][r]);
    }
  }
  for (int i = 0; i < kRows; ++i) {
    for (int r = 0; r < kVectors; ++r) store(c + i * kTileRows + r * kLanes, sums[i][r]);
  }
}

/// c[rows x kTileRows] (+)= a[rows x inner] * b[inner x kTileRows]
template <bool kAdd>
void multiply_matrix(float* c, const Factor& a, const float* b, int rows, int inner) {
  const auto from = [&a](int row) { return Factor{a.data + row * a.row, a.row, a.column}; };
  for (int j = 0; j < kTileRows; j += kBlockVectors * kLanes) {
    int i = 0;
    for (; i + kBlockRows <= rows; i += kBlockRows)
      multiply_block<kBlockRows, kBlockVectors, kAdd>(c + i * kTileRows + j, from(i), b + j, inner);
    for (; i + 4 <= rows; i += 4)
      multiply_block<4, kBlockVectors, kAdd>(c + i * kTileRows + j, from(i), b + j, inner);
    for (; i < rows; ++i)
      multiply_block<1, kBlockVectors, kAdd>(c + i * kTileRows + j, from(i), b + j, inner);
  }
}

class ManyRows {
 public:
  ManyRows(const Attention& attention, float* scratch)
      : a_(attention),
        q_(scratch),
        out_(q_ + kTiles * a_.key_width * kTileRows),
        weights_(out_ + kTiles * a_.value_width * kTileRows),
        k_(weights_ + kManyPositions * kTileRows),
        v_(k_ + kManyPositions * a_.key_width) {}

  /// At most kTiles * kTileRows rows of one head.
  void attend(std::int64_t head, std::int64_t first, int rows) {
    const int tiles = (rows + kTileRows - 1) / kTileRows;
    read_queries(head, first, rows, tiles);
    std::fill(out_, out_ + tiles * a_.value_width * kTileRows, 0.0F);
    std::fill(largest_, largest_ + tiles * kTileRows, -std::numeric_limits<float>::infinity());
    std::fill(sums_, sums_ + tiles * kTileRows, 0.0F);
    for (std::int64_t position = 0; position < a_.positions; position += kManyPositions) {
      const int count = static_cast<int>(std::min<std::int64_t>(kManyPositions, a_.positions - position));
      convert(head, position, count);
      for (int tile = 0; tile < tiles; ++tile) add_positions(tile, count);
    }
    write(head, first, rows);
  }

 private:
  void read_queries(std::int64_t head, std::int64_t first, int rows, int tiles) {
    for (int i = 0; i < tiles * kTileRows; ++i) {
      float* const column = q_ + i / kTileRows * a_.key_width * kTileRows + i % kTileRows;
      const float* const row = i < rows ? a_.q.row(head, first + i) : nullptr;
      for (std::int64_t d = 0; d < a_.key_width; ++d)
        column[d * kTileRows] = row == nullptr ? 0.0F : row[d] * a_.scale;
    }
  }

  void convert(std::int64_t head, std::int64_t position, int count) {
    for (int t = 0; t < count; ++t) {
      const std::uint16_t* const k_row = a_.k.row(head, position + t);
      const std::uint16_t* const v_row = a_.v.row(head, position + t);
      convert_halves(k_row, k_ + t * a_.key_width, a_.key_width);
      convert_halves(v_row, v_ + t * a_.value_width, a_.value_width);
      prefetch(reinterpret_cast<const char*>(k_row) + kManyPositions * a_.k.row_bytes,
               static_cast<std::size_t>(a_.key_width) * sizeof *k_row);
      prefetch(reinterpret_cast<const char*>(v_row) + kManyPositions * a_.v.row_bytes,
               static_cast<std::size_t>(a_.value_width) * sizeof *v_row);
    }
  }

  void add_positions(int tile, int count) {
    float* const out = out_ + tile * a_.value_width * kTileRows;
    multiply_matrix<false>(weights_, {k_, a_.key_width, 1}, q_ + tile * a_.key_width * kTileRows, count,
                           static_cast<int>(a_.key_width));
    for (int j = 0; j < kTileRows; j += kLanes)
      softmax(weights_ + j, largest_ + tile * kTileRows + j, sums_ + tile * kTileRows + j, out + j, count);
    multiply_matrix<true>(out, {v_, 1, a_.value_width}, weights_, static_cast<int>(a_.value_width), count);
  }

  /// Of the rows in the lanes of one vector: weights become exponentials, and what was added up before is
  /// scaled to the new largest one.
  void softmax(float* weights, float* largest, float* sums, float* out, int count) const {
    const Vector before = load(largest);
    Vector now = before;
    for (int t = 0; t < count; ++t) now = larger(now, load(weights + t * kTileRows));
    store(largest, now);
    const Vector factor = exponential(subtract(before, now));
    Vector sum = zeros();
    for (int t = 0; t < count; ++t) {
      const Vector weight = exponential(subtract(load(weights + t * kTileRows), now));
      store(weights + t * kTileRows, weight);
      sum = add(sum, weight);
    }
    store(sums, multiply_add(load(sums), factor, sum));
    for (std::int64_t d = 0; d < a_.value_width; ++d)
      store(out + d * kTileRows, multiply(load(out + d * kTileRows), factor));
  }

  void write(std::int64_t head, std::int64_t first, int rows) const {
    for (int i = 0; i < rows; ++i) {
      const float inverse = 1.0F / sums_[i];
      const float* const column = out_ + i / kTileRows * a_.value_width * kTileRows + i % kTileRows;
      float* const row = a_.out.row(head, first + i);
      for (std::int64_t d = 0; d < a_.value_width; ++d) row[d] = column[d * kTileRows] * inverse;
    }
  }

  const Attention& a_;
  float* const q_;        // [kTiles][key_width][kTileRows], with the scale
  float* const out_;      // [kTiles][value_width][kTileRows]
  float* const weights_;  // [kManyPositions][kTileRows]
  float* const k_;        // [kManyPositions][key_width]
  float* const v_;        // [kManyPositions][value_width]
  float largest_[kTiles * kTileRows];
  float sums_[kTiles * kTileRows];
};

}  // namespace

std::int64_t attention_scratch(std::int64_t key_width, std::int64_t value_width) {
  const std::int64_t many = kTiles * kTileRows * (key_width + value_width) + kManyPositions * kTileRows +
                            kManyPositions * (key_width + value_width);
  const std::int64_t few = kFewHeads * kFewRows * (key_width + value_width + kPositions) +
                           kFewPositions * kFewHeads * std::max(key_width, value_width);
  return std::max(many, few);
}

void attend_many(const Attention& attention, std::int64_t begin, std::int64_t end, float* scratch) {
  ManyRows many(attention, scratch);
  while (begin < end) {
    const std::int64_t first = begin % attention.rows;
    const std::int64_t rows =
        std::min<std::int64_t>(kTiles * kTileRows, std::min(end - begin, attention.rows - first));
    many.attend(begin / attention.rows, first, static_cast<int>(rows));
    begin += rows;
  }
}

}  // namespace vat::asr::kernels
#endif
