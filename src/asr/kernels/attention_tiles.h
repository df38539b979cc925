// Sizes that both kernels of attention share. Private to them.
#pragma once

#include "asr/kernels/attention.h"
#include "asr/kernels/simd.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {

// attend_many()
constexpr int kTileRows = 32;  // rows of q in the lanes of vectors
constexpr int kTiles = 8;      // which share what is converted of k and v
#if VAT_KERNEL_VECTORS == 16
// 24 sums, 2 vectors and 1 number in 32 registers.
constexpr int kBlockRows = 12;
constexpr int kBlockVectors = 2;
#else
// 12 sums, 2 vectors and 1 number in 16 registers.
constexpr int kBlockRows = 6;
constexpr int kBlockVectors = 2;
#endif
static_assert(kTileRows % (kBlockVectors * kLanes) == 0, "whole vectors");

// attend_few()
constexpr std::int64_t kFewRows = 16;   // at once
constexpr std::int64_t kFewHeads = 16;  // at once
constexpr int kFewPositions = 4;        // at once, of k
constexpr int kValuePositions = 16;     // at once, of v
constexpr int kValueVectors =
    4;  // of v at once: with a group of rows, 20 sums and 5 others in 32 registers, or 8 in 16
#if VAT_KERNEL_VECTORS == 16
constexpr int kRowGroup = 5;  // 20 sums, 4 vectors of k and 1 of q in 32 registers
#else
constexpr int kRowGroup = 2;
#endif

constexpr int kPositions = 64;  // whose weights are computed before the values are added up
constexpr int kManyPositions = kPositions / kBlockRows * kBlockRows;

}  // namespace vat::asr::kernels
#endif
