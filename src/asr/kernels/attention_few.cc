// Decoding: k and v come from memory once, for all heads and rows.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "asr/kernels/attention_tiles.h"
#include "asr/kernels/byte_panels.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {
namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();

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

/// The bytes of a row of this many numbers.
std::size_t row_bytes(const std::uint16_t* /*of*/, std::int64_t width) {
  return static_cast<std::size_t>(width) * sizeof(std::uint16_t);
}
std::size_t row_bytes(const ByteBlock* /*of*/, std::int64_t width) {
  return static_cast<std::size_t>(width / kByteBlock) * sizeof(ByteBlock);
}

/// The numbers of a row from `number` on.
inline Vector numbers_of(const std::uint16_t* row, std::int64_t number) { return load_half(row + number); }
inline Vector numbers_of(const ByteBlock* row, std::int64_t number) {
  const ByteBlock& block = row[number / kByteBlock];
  return multiply(load_bytes(block.numbers + number % kByteBlock), all(from_half(block.scale)));
}

/// Reads the rows of adjacent heads from memory shortly before they are used. It does so in the order of
/// their addresses, the only one that the hardware foresees; the heads of four positions are used in another,
/// and were at half this pace. (Keys in bytes are not read so.) Loads, because prefetching instructions do
/// not set the hardware on.
template <class Cell>
class ReadAhead {
 public:
  ReadAhead(const Heads<const Cell>& from, std::int64_t first_head, std::int64_t heads, std::size_t bytes,
            std::int64_t position, std::int64_t end)
      : from_(from),
        first_head_(first_head),
        bytes_(heads * static_cast<std::int64_t>(bytes)),
        position_(position),
        // a single head's rows are used in that order anyway
        end_(heads == 1 ? position : end) {}

  void read(std::int64_t bytes) {
    while (bytes > 0 && position_ < end_) {
      const char* const row = reinterpret_cast<const char*>(from_.row(first_head_, position_));
      for (; bytes > 0 && offset_ < bytes_; offset_ += kCacheLine, bytes -= kCacheLine) {
        const unsigned char byte = *reinterpret_cast<const volatile unsigned char*>(row + offset_);
        static_cast<void>(byte);
      }
      if (offset_ < bytes_) return;
      offset_ = 0;
      ++position_;
    }
  }

 private:
  static constexpr std::int64_t kCacheLine = 64;
  const Heads<const Cell>& from_;
  const std::int64_t first_head_;
  const std::int64_t bytes_;  // of the heads of a position
  std::int64_t position_;
  const std::int64_t end_;
  std::int64_t offset_ = 0;
};

template <class Cell>
class FewRows {
 public:
  /// At most kFewHeads heads and kFewRows rows, from the first ones on.
  FewRows(const AttentionTo<Cell>& attention, std::int64_t first_head, std::int64_t heads,
          std::int64_t first_row, std::int64_t rows, float* scratch)
      : a_(attention),
        first_head_(first_head),
        heads_(heads),
        first_row_(first_row),
        rows_(rows),
        q_(scratch),
        out_(q_ + heads * rows * a_.key_width),
        weights_(out_ + heads * rows * a_.value_width),
        columns_(reinterpret_cast<ColumnBlock*>(weights_ + heads * rows * kPositions)) {}

  void attend() {
    start();
    for (std::int64_t position = 0; position < a_.positions; position += kPositions) {
      const int count = static_cast<int>(std::min<std::int64_t>(kPositions, a_.positions - position));
      if constexpr (kBytes) {
        multiply_byte_keys(position, count);
      } else {
        multiply_keys(position, count);
      }
      for (std::int64_t i = 0; i < heads_ * rows_; ++i) softmax(i, position, count);
      add_values(position, count);
    }
    write();
  }

 private:
  static constexpr bool kBytes = std::is_same_v<Cell, ByteBlock>;

  void start() {
    for (std::int64_t i = 0; i < heads_ * rows_; ++i) {
      const float* const row = a_.q.row(first_head_ + i / rows_, first_row_ + i % rows_);
      float* const q = q_ + i * a_.key_width;
      for (std::int64_t d = 0; d < a_.key_width; ++d) q[d] = row[d] * a_.scale;
      if constexpr (kBytes) to_column_blocks(q, key_blocks_, columns_ + i * key_blocks_);
    }
    std::fill(out_, out_ + heads_ * rows_ * a_.value_width, 0.0F);
    std::fill(largest_, largest_ + heads_ * rows_, kMasked);
    std::fill(sums_, sums_ + heads_ * rows_, 0.0F);
  }

  /// The rows of kFewPositions positions. Behind the last one it is that one again: its weight is zero.
  struct Rows {
    Rows(const AttentionTo<Cell>& attention, const Heads<const Cell>& from, std::int64_t head,
         std::int64_t position) {
      for (int j = 0; j < kFewPositions; ++j)
        row[j] = from.row(head, std::min(position + j, attention.positions - 1));
    }
    const Cell* row[kFewPositions];
  };

  /// Calls use(std::integral_constant<int, count>, first) for groups of rows whose sums fit into registers.
  template <class Use>
  void for_row_groups(Use use) const {
    std::int64_t row = 0;
    for (; row + kRowGroup <= rows_; row += kRowGroup) use(std::integral_constant<int, kRowGroup>{}, row);
    for (; row < rows_; ++row) use(std::integral_constant<int, 1>{}, row);
  }

  /// Keys in bytes are multiplied as weights are.
  void multiply_byte_keys(std::int64_t position, int count) {
    for (std::int64_t h = 0; h < heads_; ++h) {
      for (std::int64_t row = 0; row < rows_; row += kMaxByteColumns)
        multiply_byte_keys(h, row, position, count);
    }
  }

  /// The weights of `count` positions for at most kMaxByteColumns rows of a head.
  void multiply_byte_keys(std::int64_t head, std::int64_t row, std::int64_t position, int count) {
    const int rows = static_cast<int>(std::min<std::int64_t>(kMaxByteColumns, rows_ - row));
    const std::int64_t stride = static_cast<std::int64_t>(a_.k.row_bytes / sizeof(ByteBlock));
    const ColumnBlock* const q = columns_ + (head * rows_ + row) * key_blocks_;
    float* const weights = weights_ + (head * rows_ + row) * kPositions;
    int t = 0;
    for (; t + kPanelRows <= count; t += static_cast<int>(kPanelRows))
      multiply_byte_panel({a_.k.row(first_head_ + head, position + t), stride, key_blocks_}, q, rows,
                          weights + t, kPositions);
    for (; t < count; ++t) {
      float sums[kMaxByteColumns];
      multiply_bytes(key_blocks_, rows, a_.k.row(first_head_ + head, position + t), q, sums);
      for (int r = 0; r < rows; ++r) weights[r * kPositions + t] = sums[r];
    }
  }

  void multiply_keys(std::int64_t position, int count) {
    const std::size_t bytes = row_bytes(a_.k.data, a_.key_width);
    ReadAhead ahead(a_.k, first_head_, heads_, bytes, position + kFewPositions, a_.positions);
    for (int t = 0; t < count; t += kFewPositions) {
      for (std::int64_t h = 0; h < heads_; ++h) {
        ahead.read(kFewPositions * static_cast<std::int64_t>(bytes));
        const Rows k(a_, a_.k, first_head_ + h, position + t);
        for_row_groups([&](auto group, std::int64_t row) { multiply_keys<group()>(k, h * rows_ + row, t); });
      }
    }
  }

  /// The weights of kFewPositions positions, from t on, for kRows rows from i on, counted through all heads.
  template <int kRows>
  void multiply_keys(const Rows& k, std::int64_t i, int t) {
    Vector sums[kRows][kFewPositions];
    for (auto& row : sums) std::fill(std::begin(row), std::end(row), zeros());
    for (std::int64_t d = 0; d < a_.key_width; d += kLanes) {
      Vector key[kFewPositions];
      for (int j = 0; j < kFewPositions; ++j) key[j] = numbers_of(k.row[j], d);
      for (int r = 0; r < kRows; ++r) {
        const Vector q = load(q_ + (i + r) * a_.key_width + d);
        for (int j = 0; j < kFewPositions; ++j) sums[r][j] = multiply_add(q, key[j], sums[r][j]);
      }
    }
    static_assert(kFewPositions == 4, "as many as sums_of() takes");
    for (int r = 0; r < kRows; ++r)
      _mm_storeu_ps(weights_ + (i + r) * kPositions + t,
                    sums_of(sums[r][0], sums[r][1], sums[r][2], sums[r][3]));
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
    const std::size_t bytes = row_bytes(a_.v.data, a_.value_width);
    ReadAhead ahead(a_.v, first_head_, heads_, bytes, position + kValuePositions, a_.positions);
    for (int t = 0; t < count; t += kValuePositions) {
      for (std::int64_t h = 0; h < heads_; ++h) {
        ahead.read(kValuePositions * static_cast<std::int64_t>(bytes));
        const int now = std::min(kValuePositions, count - t);
        for_row_groups([&](auto group, std::int64_t row) {
          constexpr std::int64_t kWide = std::int64_t{kValueVectors} * kLanes;
          std::int64_t d = 0;
          for (; d + kWide <= a_.value_width; d += kWide)
            add_values<group(), kValueVectors>({h, row, position, t, now, d});
          for (; d < a_.value_width; d += kLanes) add_values<group(), 1>({h, row, position, t, now, d});
        });
      }
    }
  }

  /// What add_values() adds at once: the numbers from `number` on of the values of `count` positions, from
  /// `t` on.
  struct Values {
    std::int64_t head, row, position;
    int t, count;
    std::int64_t number;
  };
  /// The sums of kRows rows and kVectors vectors stay in registers.
  template <int kRows, int kVectors>
  void add_values(const Values& at) {
    const std::int64_t i = at.head * rows_ + at.row;
    float* const out = out_ + i * a_.value_width + at.number;
    Vector sums[kRows][kVectors];
    for (int r = 0; r < kRows; ++r)
      for (int n = 0; n < kVectors; ++n) sums[r][n] = load(out + r * a_.value_width + n * kLanes);
    for (int t = at.t; t < at.t + at.count; ++t) {
      const Cell* const from = a_.v.row(first_head_ + at.head, at.position + t);
      Vector value[kVectors];
      for (int n = 0; n < kVectors; ++n) value[n] = numbers_of(from, at.number + n * kLanes);
      for (int r = 0; r < kRows; ++r) {
        const Vector weight = all(weights_[(i + r) * kPositions + t]);
        for (int n = 0; n < kVectors; ++n) sums[r][n] = multiply_add(value[n], weight, sums[r][n]);
      }
    }
    for (int r = 0; r < kRows; ++r)
      for (int n = 0; n < kVectors; ++n) store(out + r * a_.value_width + n * kLanes, sums[r][n]);
  }

  void write() const {
    for (std::int64_t i = 0; i < heads_ * rows_; ++i) {
      const float inverse = sums_[i] == 0.0F ? 0.0F : 1.0F / sums_[i];
      float* const row = a_.out.row(first_head_ + i / rows_, first_row_ + i % rows_);
      for (std::int64_t d = 0; d < a_.value_width; ++d) row[d] = out_[i * a_.value_width + d] * inverse;
    }
  }

  const AttentionTo<Cell>& a_;
  const std::int64_t first_head_;
  const std::int64_t heads_;
  const std::int64_t first_row_;
  const std::int64_t rows_;
  float* const q_;        // [heads][rows][key_width], with the scale
  float* const out_;      // [heads][rows][value_width]
  float* const weights_;  // [heads][rows][kPositions]
  const std::int64_t key_blocks_ = a_.key_width / kByteBlock;
  ColumnBlock* const columns_;  // [heads][rows][key_blocks_], q as keys in bytes are multiplied with it
  float largest_[kFewHeads * kFewRows];
  float sums_[kFewHeads * kFewRows];
};

template <class Cell>
void attend(const AttentionTo<Cell>& attention, std::int64_t begin, std::int64_t end, float* scratch) {
  // Heads whose rows lie one after the other are read one after the other, those that lie side by side
  // together.
  const bool side_by_side = attention.k.row_bytes != row_bytes(attention.k.data, attention.key_width);
  const std::int64_t at_once = side_by_side ? kFewHeads : 1;
  for (std::int64_t head = begin; head < end; head += at_once) {
    const std::int64_t heads = std::min(at_once, end - head);
    for (std::int64_t row = 0; row < attention.rows; row += kFewRows)
      FewRows(attention, head, heads, row, std::min(kFewRows, attention.rows - row), scratch).attend();
  }
}

}  // namespace

void attend_few(const Attention& attention, std::int64_t begin, std::int64_t end, float* scratch) {
  attend(attention, begin, end, scratch);
}

void attend_few(const ByteAttention& attention, std::int64_t begin, std::int64_t end, float* scratch) {
  attend(attention, begin, end, scratch);
}

}  // namespace vat::asr::kernels
#endif
