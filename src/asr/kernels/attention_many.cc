// The rows of q lie in the lanes of the vectors: k and v are then read as they are stored, nothing is packed
// for each tile of k, and the softmax of all rows of a tile advances together.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "asr/kernels/attention_cells.h"
#include "asr/kernels/attention_tiles.h"
#include "asr/kernels/byte_products.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {
namespace {

/// A matrix whose cells lie `row` apart from row to row, and `column` from column to column.
struct Factor {
  const Cell* data;
  std::int64_t row;
  std::int64_t column;
};

/// c[kRows x kVectors vectors] (+)= a * b, where c and b have kTileRows columns, and b has cells in them.
/// Each column of c has a unit.
template <int kRows, int kVectors, bool kAdd>
#ifdef VAT_KERNEL_INTEGERS
__attribute__((noinline))  // or g++ 12 keeps the sums in memory
#endif
void multiply_block(float* __restrict c, const Factor& a, const float* __restrict b, int inner,
                    const float* units) {
  Sums sums[kRows][kVectors];
  for (int i = 0; i < kRows; ++i) {
    for (int r = 0; r < kVectors; ++r) sums[i][r] = first_sums<kAdd>(c + i * kTileRows + r * kLanes);
  }
  for (int k = 0; k < inner; ++k) {
    Vector row[kVectors];
    for (int r = 0; r < kVectors; ++r) row[r] = load(b + k * kTileRows + r * kLanes);
    for (int i = 0; i < kRows; ++i) {
      const Cell cell = a.data[i * a.row + k * a.column];
      for (int r = 0; r < kVectors; ++r) sums[i][r] = add_products(row[r], cell, sums[i][r]);
    }
  }
  for (int i = 0; i < kRows; ++i) {
    for (int r = 0; r < kVectors; ++r)
      store_sums<kAdd>(c + i * kTileRows + r * kLanes, sums[i][r], units + r * kLanes);
  }
}

/// c[rows x kTileRows] (+)= a[rows x inner] * b[inner x kTileRows]
template <bool kAdd>
void multiply_matrix(float* c, const Factor& a, const float* b, int rows, int inner, const float* units) {
  const auto from = [&a](int row) { return Factor{a.data + row * a.row, a.row, a.column}; };
  for (int j = 0; j < kTileRows; j += kBlockVectors * kLanes) {
    int i = 0;
    for (; i + kBlockRows <= rows; i += kBlockRows)
      multiply_block<kBlockRows, kBlockVectors, kAdd>(c + i * kTileRows + j, from(i), b + j, inner,
                                                      units + j);
    for (; i + 4 <= rows; i += 4)
      multiply_block<4, kBlockVectors, kAdd>(c + i * kTileRows + j, from(i), b + j, inner, units + j);
    for (; i < rows; ++i)
      multiply_block<1, kBlockVectors, kAdd>(c + i * kTileRows + j, from(i), b + j, inner, units + j);
  }
}

class ManyRows {
 public:
  ManyRows(const Attention& attention, float* scratch)
      : a_(attention),
        key_cells_(static_cast<int>(a_.key_width) / kCellNumbers),
        q_(scratch),
        out_(q_ + kTiles * key_cells_ * kTileRows),
        weights_(out_ + kTiles * a_.value_width * kTileRows),
        k_(reinterpret_cast<Cell*>(weights_ + kManyPositions * kTileRows)),
        v_(k_ + kManyPositions * key_cells_) {}

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
  /// Rows of q become columns of cells. Behind the last one they are zeros.
  void read_queries(std::int64_t head, std::int64_t first, int rows, int tiles) {
    auto* const cells = reinterpret_cast<Cell*>(q_);
    for (int i = 0; i < tiles * kTileRows; ++i) {
      Cell* const column = cells + i / kTileRows * key_cells_ * kTileRows + i % kTileRows;
      q_units_[i] = i < rows ? unit_of(a_.q, head, first + i, 1, a_.key_width) : 1;
      if (i < rows) to_cells(a_.q.row(head, first + i), k_, a_.scale / q_units_[i]);
      for (int d = 0; d < key_cells_; ++d) column[d * kTileRows] = i < rows ? k_[d] : Cell{0};
    }
  }

  /// Adjacent numbers times `factor`.
  template <class Number>
  void to_cells(const Number* from, Cell* to, float factor) const {
    for (std::int64_t i = 0; i < a_.key_width; i += kLanes)
      store_cells(to + i / kCellNumbers, multiply(load_numbers(from + i), all(factor)));
  }

  void convert(std::int64_t head, std::int64_t position, int count) {
    k_unit_ = unit_of(a_.k, head, position, count, a_.key_width);
    v_unit_ = unit_of(a_.v, head, position, count, a_.value_width);
    const auto ask = [](const std::uint16_t* row, std::int64_t width, std::size_t row_bytes) {
      prefetch(reinterpret_cast<const char*>(row) + kManyPositions * row_bytes,
               static_cast<std::size_t>(width) * sizeof *row);
    };
    for (int t = 0; t < count; ++t) {
      const std::uint16_t* const k_row = a_.k.row(head, position + t);
      const std::uint16_t* const v_row = a_.v.row(head, position + t);
      to_cells(k_row, k_ + t * key_cells_, 1 / k_unit_);
      ask(k_row, a_.key_width, a_.k.row_bytes);
      ask(v_row, a_.value_width, a_.v.row_bytes);
    }
    for (int t = 0; t < count; t += kCellNumbers)
      to_cells_of_rows(a_.v.row(head, position + t),
                       t + 1 < count ? a_.v.row(head, position + t + 1) : nullptr,
                       v_ + t / kCellNumbers * a_.value_width);
  }

  /// Cells of adjacent rows of v: each has a number of `first`, and where it has two, of `second`, which is
  /// null if there is none.
  void to_cells_of_rows(const std::uint16_t* first, const std::uint16_t* second, Cell* to) const {
    const Vector factor = all(1 / v_unit_);
    for (std::int64_t i = 0; i < a_.value_width; i += kLanes) {
      const Vector other = second == nullptr ? zeros() : load_half(second + i);
      store(reinterpret_cast<float*>(to + i),
            cells_of(multiply(load_half(first + i), factor), multiply(other, factor)));
    }
  }

  void add_positions(int tile, int count) {
    float* const out = out_ + tile * a_.value_width * kTileRows;
    float units[kTileRows];
    for (int i = 0; i < kTileRows; ++i) units[i] = k_unit_ * q_units_[tile * kTileRows + i];
    multiply_matrix<false>(weights_, {k_, key_cells_, 1}, q_ + tile * key_cells_ * kTileRows, count,
                           key_cells_, units);
    for (int j = 0; j < kTileRows; j += kLanes)
      softmax(weights_ + j, largest_ + tile * kTileRows + j, sums_ + tile * kTileRows + j, out + j, count);
    std::fill(units, units + kTileRows, v_unit_ * kWeightUnit);
    multiply_matrix<true>(out, {v_, 1, a_.value_width}, weights_, static_cast<int>(a_.value_width),
                          (count + kCellNumbers - 1) / kCellNumbers, units);
  }

  /// Of the rows in the lanes of one vector: weights become cells of exponentials, and what was added up
  /// before is scaled to the new largest one.
  void softmax(float* weights, float* largest, float* sums, float* out, int count) const {
    const Vector before = load(largest);
    Vector now = before;
    for (int t = 0; t < count; ++t) now = larger(now, load(weights + t * kTileRows));
    store(largest, now);
    const Vector factor = exponential(subtract(before, now));
    Vector sum = zeros();
    const auto next = [&](int t) {
      const Vector weight = weights_of(subtract(load(weights + t * kTileRows), now));
      sum = add(sum, weight);
      return weight;
    };
    for (int t = 0; t < count; t += kCellNumbers) {
      const Vector first = next(t);
      const Vector second = kCellNumbers == 2 && t + 1 < count ? next(t + 1) : zeros();
      store(weights + t / kCellNumbers * kTileRows, weight_cells_of(first, second));
    }
    store(sums, multiply_add(load(sums), factor, sum));
    if (!any_larger(now, before)) return;
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
  const int key_cells_;  // of a row of q or k
  float* const q_;       // cells [kTiles][key_cells_][kTileRows], with the scale
  float* const out_;     // [kTiles][value_width][kTileRows]
  float* const
      weights_;       // [kManyPositions][kTileRows], then cells [kManyPositions / kCellNumbers][kTileRows]
  Cell* const k_;     // [kManyPositions][key_cells_]
  Cell* const v_;     // [kManyPositions / kCellNumbers][value_width]
  float k_unit_ = 1;  // of the positions that are converted
  float v_unit_ = 1;
  float q_units_[kTiles * kTileRows];
  float largest_[kTiles * kTileRows];
  float sums_[kTiles * kTileRows];
};

}  // namespace

std::int64_t attention_scratch(std::int64_t key_width, std::int64_t value_width) {
  const std::int64_t many = kTiles * kTileRows * (key_width + value_width) + kManyPositions * kTileRows +
                            kManyPositions * (key_width + value_width);
  const std::int64_t columns =
      key_width / kByteBlock * static_cast<std::int64_t>(sizeof(ColumnBlock) / sizeof(float));
  const std::int64_t few = kFewHeads * kFewRows * (key_width + value_width + kPositions + columns);
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
