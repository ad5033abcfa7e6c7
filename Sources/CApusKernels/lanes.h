// Sixteen words at a time, and their transposition.
#pragma once

#include "vector.h"

// Sixteen floats: one AVX-512 register, two of AVX2, four of SSE.
typedef float lanes __attribute__((vector_size(64), aligned(4)));
enum { LANES = 16 };

// The sum of all sixteen, halves first.
INLINE float sum_of_lanes(const lanes *sums) {
  lanes x = *sums;
  x += __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  x += __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  x += __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  return x[0] + x[1];
}

// Rows become columns: four rounds of shuffling rows i and i + 8 together like two halves of a deck.
INLINE void transpose_tile(lanes tile[LANES]) {
#pragma clang loop unroll(full)
  for (int round = 0; round < 4; round++) {
    lanes shuffled[LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES / 2; i++) {
      lanes a = tile[i], b = tile[i + LANES / 2];
      shuffled[2 * i] = __builtin_shufflevector(
          a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      shuffled[2 * i + 1] = __builtin_shufflevector(
          a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    memcpy(tile, shuffled, sizeof shuffled);
  }
}
