// Attention for what Whisper does with it: the many rows of an encoder's window, and the few of a decoder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "asr/kernels/byte_block.h"
#include "asr/kernels/instructions.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {

/// A matrix for each head, wherever it lies. The numbers of a row are adjacent.
template <class Number>
struct Heads {
  Number* data = nullptr;
  std::size_t row_bytes = 0;   ///< From one row of a head to its next.
  std::size_t head_bytes = 0;  ///< From one head to the next.

  [[nodiscard]] Number* row(std::int64_t head, std::int64_t row) const {
    using Byte = std::conditional_t<std::is_const_v<Number>, const char, char>;
    return reinterpret_cast<Number*>(reinterpret_cast<Byte*>(data) +
                                     static_cast<std::size_t>(head) * head_bytes +
                                     static_cast<std::size_t>(row) * row_bytes);
  }
};

/// out = softmax(scale * q k^T + mask) v for each head. Owns nothing.
/// Cell is what k and v consist of: a number in binary16, or 32 numbers in bytes; q is then rounded to bytes,
/// too, as a column of weights is.
template <class Cell>
struct AttentionTo {
  Heads<const float> q;
  Heads<const Cell> k;  ///< `positions` rows.
  Heads<const Cell> v;
  const std::uint16_t* mask =
      nullptr;  ///< binary16, a row of `positions` numbers for each row of q; may be null.
  std::size_t mask_row_bytes = 0;
  Heads<float> out;
  std::int64_t heads = 0;
  std::int64_t rows = 0;
  std::int64_t positions = 0;
  std::int64_t key_width = 0;    ///< Numbers of a row of q and k, in whole cells and vectors.
  std::int64_t value_width = 0;  ///< Numbers of a row of v and out, likewise.
  float scale = 1;

  [[nodiscard]] const std::uint16_t* mask_row(std::int64_t row) const {
    return reinterpret_cast<const std::uint16_t*>(reinterpret_cast<const char*>(mask) +
                                                  static_cast<std::size_t>(row) * mask_row_bytes);
  }
};
using Attention = AttentionTo<std::uint16_t>;
using ByteAttention = AttentionTo<ByteBlock>;

/// Rows of q from which attend_many() is worth it.
constexpr std::int64_t kManyRows = 64;

/// The widest rows of q and k that attend_many() takes.
constexpr std::int64_t kMaxKeyWidth = 128;

/// The numbers that each thread needs to attend.
[[nodiscard]] std::int64_t attention_scratch(std::int64_t key_width, std::int64_t value_width);

/// The rows from `begin` to `end`, counted through all heads: row r of head h is h * rows + r. Without a
/// mask. Several threads may do different rows, each with its own scratch.
void attend_many(const Attention& attention, std::int64_t begin, std::int64_t end, float* scratch);

/// All rows of the heads from `begin` to `end`. Several threads may do different heads, each with its own
/// scratch.
void attend_few(const Attention& attention, std::int64_t begin, std::int64_t end, float* scratch);
void attend_few(const ByteAttention& attention, std::int64_t begin, std::int64_t end, float* scratch);

}  // namespace vat::asr::kernels
#endif
