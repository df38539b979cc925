// Included before every C++ source of ggml, for g++ older than 13, whose _tile_loadconfig() tells the optimiser of only
// 8 of the 64 bytes that it reads: the tile configuration is then not stored before ldtilecfg loads it, and quantised
// models crash on CPUs with AMX. This one names all 64.
#pragma once
#if defined(__cplusplus) && defined(__AMX_TILE__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#include <immintrin.h>
static inline void vat_tile_loadconfig(const void* config) {
  __asm__ volatile("ldtilecfg\t%X0" ::"m"(*static_cast<const unsigned char(*)[64]>(config)));
}
#define _tile_loadconfig vat_tile_loadconfig
#endif
