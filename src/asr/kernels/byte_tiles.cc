// Rows of weights lie in the lanes of the vectors, packed so that one instruction multiplies a few numbers of
// each; the few numbers of a column that they are multiplied with come from memory into all lanes. Nothing
// is summed across lanes.
#include "asr/kernels/byte_tiles.h"

#ifdef VAT_KERNEL_VECTORS
#include <algorithm>

#include "asr/kernels/byte_vectors.h"

namespace vat::asr::kernels {
namespace {

constexpr std::int64_t kSlab = 16;  // blocks whose packed weights stay in a near cache

constexpr int kPanels = 2;  // of kLanes rows, multiplied at once
#if VAT_KERNEL_VECTORS == 16
constexpr int kColumns = 6;  // 24 sums, 2 vectors of weights, and a few more in 32 registers
#else
constexpr int kColumns = 3;  // 6 sums of a block, 2 vectors of weights, and a few more in 16 registers
#endif

constexpr int kTogether = 4;  // numbers of a row that one lane multiplies at once
constexpr int kParts = kByteBlock / kTogether;
constexpr int kGroupRows = kLanes * kPanels;
constexpr int kGroups = kTileWeightRows / kGroupRows;  // one after the other, with the same columns
static_assert(kTileWeightRows == static_cast<std::int64_t>(kGroups) * kGroupRows, "as the header says");

/// A block of kLanes rows of weights.
struct alignas(64) PackedBlock {
  std::uint8_t numbers[kParts][kLanes][kTogether];
  float scales[kLanes];
};
using Panels = PackedBlock[kPanels];
using Slab = Panels[kGroups][kSlab];

void pack_block(const ByteBlock& from, int lane, PackedBlock& to) {
  to.scales[lane] = from_half(from.scale);
  for (int part = 0; part < kParts; ++part) {
    for (int i = 0; i < kTogether; ++i)
      to.numbers[part][lane][i] = static_cast<std::uint8_t>(from.numbers[part * kTogether + i] + kByteOffset);
  }
}

void pack(const ByteTiles& tiles, std::int64_t first, std::int64_t blocks, int rows, Slab& to) {
  constexpr ByteBlock kNothing{};
  for (int row = 0; row < kTileWeightRows; ++row) {
    const ByteBlock* const from = tiles.weights + row * tiles.blocks + first;
    for (std::int64_t b = 0; b < blocks; ++b) {
      PackedBlock& block = to[row / kGroupRows][b][row % kGroupRows / kLanes];
      pack_block(row < rows ? from[b] : kNothing, row % kLanes, block);
    }
  }
}

struct Columns {
  const ColumnBlock* first;
  std::int64_t stride;  ///< Blocks from one column to the next one.
};

/// The sums of kCount columns with all panels are added to `sums`.
template <int kCount>
inline void add_blocks(const Panels* panels, const Columns& columns, std::int64_t blocks,
                       Vector (&sums)[kCount][kPanels]) {
  const auto column = [&](int c, std::int64_t b) -> const ColumnBlock& {
    return columns.first[c * columns.stride + b];
  };
  for (std::int64_t b = 0; b < blocks; ++b) {
    Ints products[kCount][kPanels];
    for (int c = 0; c < kCount; ++c) {
      for (Ints& product : products[c]) product = all(column(c, b).correction);
    }
#pragma GCC unroll 8
    for (int part = 0; part < kParts; ++part) {
      Ints weights[kPanels];
      for (int panel = 0; panel < kPanels; ++panel)
        weights[panel] = load_ints(panels[b][panel].numbers[part]);
      for (int c = 0; c < kCount; ++c) {
        const Ints numbers = all_of<std::int32_t>(column(c, b).numbers + part * kTogether);
        for (int panel = 0; panel < kPanels; ++panel)
          products[c][panel] = add_products(products[c][panel], weights[panel], numbers);
      }
    }
    for (int panel = 0; panel < kPanels; ++panel) {
      const Vector scales = load(panels[b][panel].scales);
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
  Vector sums[kCount][kPanels];
  float some[kGroupRows];
  const bool whole = target.rows == kGroupRows;
  for (int c = 0; c < kCount; ++c) {
    float* out = target.out + c * target.stride;
    if (target.add && !whole) {
      std::copy(out, out + target.rows, some);
      out = some;
    }
    for (int panel = 0; panel < kPanels; ++panel)
      sums[c][panel] = target.add ? load(out + panel * kLanes) : zeros();
  }
  add_blocks<kCount>(panels, columns, blocks, sums);
  for (int c = 0; c < kCount; ++c) {
    float* const out = target.out + c * target.stride;
    for (int panel = 0; panel < kPanels; ++panel)
      store((whole ? out : some) + panel * kLanes, sums[c][panel]);
    if (!whole) std::copy(some, some + target.rows, out);
  }
}

/// `from` is the first block of kCount columns.
template <int kCount>
void multiply_columns(const ByteTiles& tiles, const ColumnBlock* from, std::int64_t blocks, Target target,
                      const Slab& weights) {
  for (int group = 0; target.rows > 0; ++group, target.rows -= kGroupRows, target.out += kGroupRows) {
    Target part = target;
    part.rows = std::min(target.rows, kGroupRows);
    multiply_group<kCount>(weights[group], {from, tiles.blocks}, blocks, part);
  }
}

}  // namespace

std::size_t byte_tile_scratch() { return sizeof(Slab); }

void multiply_byte_tiles(const ByteTiles& tiles, int rows, char* memory) {
  auto& weights = *reinterpret_cast<Slab*>(memory);
  for (std::int64_t first = 0; first < tiles.blocks; first += kSlab) {
    const std::int64_t blocks = std::min(kSlab, tiles.blocks - first);
    pack(tiles, first, blocks, rows, weights);
    const ColumnBlock* columns = tiles.columns + first;
    Target target{tiles.out, tiles.out_stride, rows, first > 0};
    std::int64_t c = 0;
    for (; c + kColumns <= tiles.count; c += kColumns, target.out += kColumns * tiles.out_stride)
      multiply_columns<kColumns>(tiles, columns + c * tiles.blocks, blocks, target, weights);
    for (; c < tiles.count; ++c, target.out += tiles.out_stride)
      multiply_columns<1>(tiles, columns + c * tiles.blocks, blocks, target, weights);
  }
}

}  // namespace vat::asr::kernels
#endif
