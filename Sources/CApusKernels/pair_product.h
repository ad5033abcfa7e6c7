// Products of small bf16 matrices that stay in the cache, with the processor's dot product of pairs.
//
// A word is two elements that follow each other along the axis that is summed over; sums are Float32.
#pragma once

#include "lanes.h"

#if defined(__x86_64__)
#include <immintrin.h>

// For functions that run only where `has_pair_products` says so. Features are named one by one, since
// the name of an architecture would also make the compiler prefer half registers.
#define PAIRS \
  __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512bf16,fma,bmi2")))

INLINE bool has_pair_products(void) { return __builtin_cpu_supports("avx512bf16"); }

typedef uint32_t words __attribute__((vector_size(64), aligned(4)));

PAIRS INLINE lanes add_pair_products(lanes sums, uint32_t left, words right) {
  return (lanes)_mm512_dpbf16_ps(
      (__m512)sums, (__m512bh)_mm512_set1_epi32((int)left), (__m512bh)right);
}

#define WORD uint32_t
#define WORDS words
#define ADD_PRODUCTS add_pair_products
#define TILE_PRODUCT pair_tile
#define PRODUCT pair_product
#define TILE_TARGET PAIRS
#define PRODUCT_TARGET PAIRS __attribute__((noinline))
#include "product_tiles.h"
#endif
