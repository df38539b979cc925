// Rows of weights lie in the lanes of the vectors, packed so that one instruction multiplies a few numbers of
// each; the few numbers of a column that they are multiplied with come from memory into all lanes. Nothing
// is summed across lanes.
#include "asr/kernels/byte_tiles.h"

#ifdef VAT_KERNEL_BYTE_PRODUCTS
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vat::asr::kernels {
namespace {

constexpr std::int64_t kSlab = 16;  // blocks whose packed weights stay in a near cache

#ifdef __AVX512VNNI__
constexpr int kRowLanes = 16;
constexpr int kPanels = 2;   // of kRowLanes rows, multiplied at once
constexpr int kColumns = 6;  // 24 sums, 2 vectors of weights, and a few more in 32 registers
using Floats = __m512;
using Ints = __m512i;
inline Ints all(std::int32_t x) { return _mm512_set1_epi32(x); }
inline Floats all(float x) { return _mm512_set1_ps(x); }
inline Ints load_numbers(const void* from) { return _mm512_load_si512(from); }
inline Floats load(const float* from) { return _mm512_loadu_ps(from); }
inline void store(float* to, Floats x) { _mm512_storeu_ps(to, x); }
inline Floats add_scaled(Ints sums, Floats a, Floats b, Floats to) {
  return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), _mm512_mul_ps(a, b), to);
}
#else
constexpr int kRowLanes = 8;
constexpr int kPanels = 1;
using Floats = __m256;
using Ints = __m256i;
inline Ints all(std::int32_t x) { return _mm256_set1_epi32(x); }
inline Floats all(float x) { return _mm256_set1_ps(x); }
inline Ints load_numbers(const void* from) { return _mm256_load_si256(static_cast<const __m256i*>(from)); }
inline Floats load(const float* from) { return _mm256_loadu_ps(from); }
inline void store(float* to, Floats x) { _mm256_storeu_ps(to, x); }
inline Floats add_scaled(Ints sums, Floats a, Floats b, Floats to) {
  return _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums), _mm256_mul_ps(a, b), to);
}
#endif

#if defined(__AVX512VNNI__) || defined(__AVXVNNI__)
/// Four numbers of a row are multiplied at once, the unsigned ones of the weights with signed ones.
using Number = std::int8_t;
using Column = ColumnBlock;
#ifdef __AVX512VNNI__
inline Ints add_products(Ints sums, Ints weights, Ints column) {
  return _mm512_dpbusd_epi32(sums, weights, column);
}
#else
constexpr int kColumns = 4;
inline Ints add_products(Ints sums, Ints weights, Ints column) {
  return _mm256_dpbusd_avx_epi32(sums, weights, column);
}
#endif
#else
/// Two numbers of a row are multiplied at once, in 16 bits, which they get when they are packed. As bytes, of
/// which one must take over the other's sign, they took as many instructions, but a quarter longer.
using Number = std::int16_t;
constexpr int kColumns = 5;  // 10 sums, a vector of weights, and a few more in 16 registers
struct Column {
  float scale;
  std::int32_t correction;
  Number numbers[kByteBlock];
};
inline Ints add_products(Ints sums, Ints weights, Ints column) {
  return _mm256_add_epi32(sums, _mm256_madd_epi16(weights, column));
}
#endif

constexpr int kTogether = static_cast<int>(sizeof(std::int32_t) / sizeof(Number));
constexpr int kParts = kByteBlock / kTogether;
constexpr int kGroupRows = kRowLanes * kPanels;
constexpr int kGroups = kTileWeightRows / kGroupRows;  // one after the other, with the same columns
static_assert(kTileWeightRows == static_cast<std::int64_t>(kGroups) * kGroupRows, "as the header says");

/// A block of kRowLanes rows of weights.
struct alignas(64) PackedBlock {
  Number numbers[kParts][kRowLanes][kTogether];
  float scales[kRowLanes];
};
using Panels = PackedBlock[kPanels];

struct Scratch {
  Panels weights[kGroups][kSlab];
  Column columns[kColumns][kSlab];  ///< Only where they are made wide.
};

void pack_block(const ByteBlock& from, int lane, PackedBlock& to) {
  to.scales[lane] = _cvtsh_ss(from.scale);
  for (int part = 0; part < kParts; ++part) {
    for (int i = 0; i < kTogether; ++i)
      to.numbers[part][lane][i] = static_cast<Number>(from.numbers[part * kTogether + i] ^ -kByteOffset);
  }
}

void pack(const ByteTiles& tiles, std::int64_t first, std::int64_t blocks, int rows,
          Panels (&to)[kGroups][kSlab]) {
  constexpr ByteBlock kNothing{};
  for (int row = 0; row < kTileWeightRows; ++row) {
    const ByteBlock* const from = tiles.weights + row * tiles.blocks + first;
    for (std::int64_t b = 0; b < blocks; ++b) {
      PackedBlock& block = to[row / kGroupRows][b][row % kGroupRows / kRowLanes];
      pack_block(row < rows ? from[b] : kNothing, row % kRowLanes, block);
    }
  }
}

/// Columns of a slab, as they are multiplied.
struct Columns {
  const Column* first;
  std::int64_t stride;  ///< Blocks from one column to the next one.
};

#if defined(__AVX512VNNI__) || defined(__AVXVNNI__)
Columns prepare(const ColumnBlock* from, std::int64_t stride, std::int64_t /*blocks*/, int /*count*/,
                Column (&/*to*/)[kColumns][kSlab]) {
  return {from, stride};
}
#else
Columns prepare(const ColumnBlock* from, std::int64_t stride, std::int64_t blocks, int count,
                Column (&to)[kColumns][kSlab]) {
  for (int c = 0; c < count; ++c) {
    for (std::int64_t b = 0; b < blocks; ++b) {
      const ColumnBlock& block = from[c * stride + b];
      to[c][b].scale = block.scale;
      to[c][b].correction = block.correction;
      std::copy(block.numbers, block.numbers + kByteBlock, to[c][b].numbers);
    }
  }
  return {to[0], kSlab};
}
#endif

inline Ints part_of(const Column& block, int part) {
  std::int32_t numbers = 0;
  std::memcpy(&numbers, block.numbers + part * kTogether, sizeof numbers);
  return all(numbers);
}

/// The sums of kCount columns with all panels are added to `sums`.
template <int kCount>
inline void add_blocks(const Panels* panels, const Columns& columns, std::int64_t blocks,
                       Floats (&sums)[kCount][kPanels]) {
  const auto column = [&](int c, std::int64_t b) -> const Column& {
    return columns.first[c * columns.stride + b];
  };
  for (std::int64_t b = 0; b < blocks; ++b) {
    Ints products[kCount][kPanels];
    for (int c = 0; c < kCount; ++c) {
      for (Ints& product : products[c]) product = all(column(c, b).correction);
    }
#pragma GCC unroll 8  // more needs more registers than there are
    for (int part = 0; part < kParts; ++part) {
      const Ints first = load_numbers(panels[b][0].numbers[part]);
      const Ints last = load_numbers(panels[b][kPanels - 1].numbers[part]);
      for (int c = 0; c < kCount; ++c) {
        const Ints numbers = part_of(column(c, b), part);
        products[c][0] = add_products(products[c][0], first, numbers);
        if constexpr (kPanels == 2) products[c][1] = add_products(products[c][1], last, numbers);
      }
    }
    for (int panel = 0; panel < kPanels; ++panel) {
      const Floats scales = load(panels[b][panel].scales);
      for (int c = 0; c < kCount; ++c)
        sums[c][panel] = add_scaled(products[c][panel], scales, all(column(c, b).scale), sums[c][panel]);
    }
  }
}

struct Target {
  float* out;
  std::int64_t stride;
  int rows;
  bool add;  // to what an earlier slab has left there
};

template <int kCount>
void multiply_group(const Panels* panels, const Columns& columns, std::int64_t blocks, const Target& target) {
  Floats sums[kCount][kPanels];
  float some[kGroupRows];
  const bool whole = target.rows == kGroupRows;
  for (int c = 0; c < kCount; ++c) {
    float* out = target.out + c * target.stride;
    if (target.add && !whole) {
      std::copy(out, out + target.rows, some);
      out = some;
    }
    for (int panel = 0; panel < kPanels; ++panel)
      sums[c][panel] = target.add ? load(out + panel * kRowLanes) : all(0.0F);
  }
  add_blocks<kCount>(panels, columns, blocks, sums);
  for (int c = 0; c < kCount; ++c) {
    float* const out = target.out + c * target.stride;
    for (int panel = 0; panel < kPanels; ++panel)
      store((whole ? out : some) + panel * kRowLanes, sums[c][panel]);
    if (!whole) std::copy(some, some + target.rows, out);
  }
}

/// `from` is the first block of kCount columns.
template <int kCount>
void multiply_columns(const ByteTiles& tiles, const ColumnBlock* from, std::int64_t blocks, Target target,
                      Scratch& scratch) {
  const Columns columns = prepare(from, tiles.blocks, blocks, kCount, scratch.columns);
  for (int group = 0; target.rows > 0; ++group, target.rows -= kGroupRows, target.out += kGroupRows) {
    Target part = target;
    part.rows = std::min(target.rows, kGroupRows);
    multiply_group<kCount>(scratch.weights[group], columns, blocks, part);
  }
}

}  // namespace

std::size_t byte_tile_scratch() { return sizeof(Scratch); }

void multiply_byte_tiles(const ByteTiles& tiles, int rows, char* memory) {
  auto& scratch = *reinterpret_cast<Scratch*>(memory);
  for (std::int64_t first = 0; first < tiles.blocks; first += kSlab) {
    const std::int64_t blocks = std::min(kSlab, tiles.blocks - first);
    pack(tiles, first, blocks, rows, scratch.weights);
    const ColumnBlock* columns = tiles.columns + first;
    Target target{tiles.out, tiles.out_stride, rows, first > 0};
    std::int64_t c = 0;
    for (; c + kColumns <= tiles.count; c += kColumns, target.out += kColumns * tiles.out_stride)
      multiply_columns<kColumns>(tiles, columns + c * tiles.blocks, blocks, target, scratch);
    for (; c < tiles.count; ++c, target.out += tiles.out_stride)
      multiply_columns<1>(tiles, columns + c * tiles.blocks, blocks, target, scratch);
  }
}

}  // namespace vat::asr::kernels
#endif
