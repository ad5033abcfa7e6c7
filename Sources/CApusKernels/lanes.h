// Sixteen words at a time, and their transposition.
#pragma once

#include "vector.h"

// Sixteen floats: one AVX-512 register, two of AVX2, four of SSE.
typedef float lanes __attribute__((vector_size(64), aligned(4)));
enum { LANES = 16 };

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
