// Rows of weights lie in the lanes of the vectors, packed so that one instruction multiplies four numbers of
// each; the four numbers of a column that they are multiplied with come from memory into all lanes. Nothing
// is summed across lanes.
#include "asr/kernels/byte_tiles.h"

#ifdef VAT_KERNEL_BYTE_PRODUCTS
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vat::asr::kernels {
namespace {

constexpr int kQuads = kByteBlock / 4;  // four numbers that are multiplied at once
constexpr std::int64_t kSlab = 16;      // blocks whose packed weights stay in the first cache

#ifdef __AVX512VNNI__
constexpr int kRowLanes = 16;
constexpr int kPanels = 2;
constexpr int kColumns = 6;  // 24 sums, 2 vectors of weights, and a few more in 32 registers
using Floats = __m512;
using Ints = __m512i;
inline Ints all(std::int32_t x) { return _mm512_set1_epi32(x); }
inline Floats all(float x) { return _mm512_set1_ps(x); }
inline Ints load(const std::int8_t* from) { return _mm512_load_si512(from); }
inline Floats load(const float* from) { return _mm512_loadu_ps(from); }
inline void store(float* to, Floats x) { _mm512_storeu_ps(to, x); }
inline Floats add_scaled(Ints sums, Floats a, Floats b, Floats to) {
  return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), _mm512_mul_ps(a, b), to);
}
#else
constexpr int kRowLanes = 8;
constexpr int kPanels = 1;
constexpr int kColumns = 4;
using Floats = __m256;
using Ints = __m256i;
inline Ints all(std::int32_t x) { return _mm256_set1_epi32(x); }
inline Floats all(float x) { return _mm256_set1_ps(x); }
inline Ints load(const std::int8_t* from) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(from));
}
inline Floats load(const float* from) { return _mm256_loadu_ps(from); }
inline void store(float* to, Floats x) { _mm256_storeu_ps(to, x); }
inline Floats add_scaled(Ints sums, Floats a, Floats b, Floats to) {
  return _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums), _mm256_mul_ps(a, b), to);
}
#endif

// The instructions multiply unsigned numbers with signed ones.
#if defined(__AVX512VNNI__) || defined(__AVXVNNI__)
struct Weights {
  explicit Weights(Ints packed) : numbers(packed) {}
  [[nodiscard]] Ints add_products(Ints sums, Ints column) const {
#ifdef __AVX512VNNI__
    return _mm512_dpbusd_epi32(sums, numbers, column);
#else
    return _mm256_dpbusd_avx_epi32(sums, numbers, column);
#endif
  }
  Ints numbers;
};
#else
/// Magnitudes, and numbers that take over the signs: the sums of two products then fit into 16 bits.
struct Weights {
  explicit Weights(Ints packed) : numbers(packed), magnitudes(_mm256_abs_epi8(packed)) {}
  [[nodiscard]] Ints add_products(Ints sums, Ints column) const {
    const Ints pairs = _mm256_maddubs_epi16(magnitudes, _mm256_sign_epi8(column, numbers));
    return _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_set1_epi16(1), pairs));
  }
  Ints numbers;
  Ints magnitudes;
};
#endif

static_assert(kTileWeightRows == static_cast<std::int64_t>(kRowLanes) * kPanels, "as the header says");

/// A block of kRowLanes rows of weights.
struct alignas(64) PackedBlock {
  std::int8_t numbers[kQuads][kRowLanes][4];
  float scales[kRowLanes];
};
using Panels = PackedBlock[kPanels];

void pack(const ByteTiles& tiles, std::int64_t first, std::int64_t blocks, int rows, Panels* to) {
  for (int row = 0; row < kTileWeightRows; ++row) {
    const ByteBlock* const from = tiles.weights + row * tiles.blocks + first;
    for (std::int64_t b = 0; b < blocks; ++b) {
      PackedBlock& block = to[b][row / kRowLanes];
      const int lane = row % kRowLanes;
      block.scales[lane] = row < rows ? _cvtsh_ss(from[b].scale) : 0.0F;
      for (int quad = 0; quad < kQuads; ++quad) {
        std::uint32_t numbers = 0;
        if (row < rows) std::memcpy(&numbers, from[b].numbers + quad * 4, sizeof numbers);
        if (kByteOffset != 0) numbers ^= 0x80808080U;
        std::memcpy(block.numbers[quad][lane], &numbers, sizeof numbers);
      }
    }
  }
}

inline Ints quad_of(const ColumnBlock& block, int quad) {
  std::int32_t numbers = 0;
  std::memcpy(&numbers, block.numbers + quad * 4, sizeof numbers);
  return all(numbers);
}

/// The sums of kCount columns with all panels are added to `sums`.
template <int kCount>
inline void add_blocks(const Panels* panels, const ColumnBlock* columns, std::int64_t stride,
                       std::int64_t blocks, Floats (&sums)[kCount][kPanels]) {
  for (std::int64_t b = 0; b < blocks; ++b) {
    Ints products[kCount][kPanels];
    for (int c = 0; c < kCount; ++c) {
      for (Ints& product : products[c]) product = all(columns[c * stride + b].correction);
    }
    for (int quad = 0; quad < kQuads; ++quad) {
      const auto weights = [&](int panel) { return Weights(load(panels[b][panel].numbers[quad][0])); };
      const Weights first = weights(0);
      const Weights last = weights(kPanels - 1);
      for (int c = 0; c < kCount; ++c) {
        const Ints numbers = quad_of(columns[c * stride + b], quad);
        products[c][0] = first.add_products(products[c][0], numbers);
        if constexpr (kPanels == 2) products[c][1] = last.add_products(products[c][1], numbers);
      }
    }
    for (int panel = 0; panel < kPanels; ++panel) {
      const Floats scales = load(panels[b][panel].scales);
      for (int c = 0; c < kCount; ++c)
        sums[c][panel] =
            add_scaled(products[c][panel], scales, all(columns[c * stride + b].scale), sums[c][panel]);
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
void multiply_columns(const Panels* panels, const ColumnBlock* columns, std::int64_t stride,
                      std::int64_t blocks, const Target& target) {
  Floats sums[kCount][kPanels];
  float some[kTileWeightRows];
  const bool whole = target.rows == kTileWeightRows;
  for (int c = 0; c < kCount; ++c) {
    float* out = target.out + c * target.stride;
    if (target.add && !whole) {
      std::copy(out, out + target.rows, some);
      out = some;
    }
    for (int panel = 0; panel < kPanels; ++panel)
      sums[c][panel] = target.add ? load(out + panel * kRowLanes) : all(0.0F);
  }
  add_blocks<kCount>(panels, columns, stride, blocks, sums);
  for (int c = 0; c < kCount; ++c) {
    float* const out = target.out + c * target.stride;
    for (int panel = 0; panel < kPanels; ++panel)
      store((whole ? out : some) + panel * kRowLanes, sums[c][panel]);
    if (!whole) std::copy(some, some + target.rows, out);
  }
}

}  // namespace

std::size_t byte_tile_scratch() { return sizeof(Panels) * kSlab; }

void multiply_byte_tiles(const ByteTiles& tiles, int rows, char* scratch) {
  auto* const panels = reinterpret_cast<Panels*>(scratch);
  for (std::int64_t first = 0; first < tiles.blocks; first += kSlab) {
    const std::int64_t blocks = std::min(kSlab, tiles.blocks - first);
    pack(tiles, first, blocks, rows, panels);
    const ColumnBlock* const columns = tiles.columns + first;
    Target target{tiles.out, tiles.out_stride, rows, first > 0};
    std::int64_t c = 0;
    for (; c + kColumns <= tiles.count; c += kColumns, target.out += kColumns * tiles.out_stride)
      multiply_columns<kColumns>(panels, columns + c * tiles.blocks, tiles.blocks, blocks, target);
    for (; c < tiles.count; ++c, target.out += tiles.out_stride)
      multiply_columns<1>(panels, columns + c * tiles.blocks, tiles.blocks, blocks, target);
  }
}

}  // namespace vat::asr::kernels
#endif
