// Products of small matrices that stay in the cache: what attention does between its softmaxes.
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

// c[rows, 16 · vectors] (+)= a[rows, k] · b[k, 16 · vectors], in registers.
INLINE void block_tile(
    const int rows, const int vectors, int64_t k, const float *a, int64_t a_row, int64_t a_column,
    const float *b, int64_t b_row, float *c, int64_t c_row, bool accumulates) {
  lanes sums[6][4];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++)
      sums[i][j] = accumulates ? *(const lanes *)(c + i * c_row + LANES * j) : (lanes){0};
  for (int64_t p = 0; p < k; p++) {
    lanes right[4];
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) right[j] = *(const lanes *)(b + p * b_row + LANES * j);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      float left = a[i * a_row + p * a_column];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) sums[i][j] += left * right[j];
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) *(lanes *)(c + i * c_row + LANES * j) = sums[i][j];
}

// c[m, n] (+)= a[m, k] · b[k, n]; n is a multiple of 16, a may be read transposed by its strides.
INLINE void block_product(
    int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_column,
    const float *b, int64_t b_row, float *c, int64_t c_row, bool accumulates) {
  for (int64_t j = 0; j < n; j += 64) {
    int64_t vectors = (n - j) / LANES;
    for (int64_t i = 0; i < m; i += 6) {
      const float *left = a + i * a_row, *right = b + j;
      float *out = c + i * c_row + j;
#define TILE(R, V) block_tile(R, V, k, left, a_row, a_column, right, b_row, out, c_row, accumulates)
#define ROWS(V)                \
  switch (m - i) {             \
    case 1: TILE(1, V); break; \
    case 2: TILE(2, V); break; \
    case 3: TILE(3, V); break; \
    case 4: TILE(4, V); break; \
    case 5: TILE(5, V); break; \
    default: TILE(6, V);       \
  }
      switch (vectors) {
        case 1: ROWS(1) break;
        case 2: ROWS(2) break;
        case 3: ROWS(3) break;
        default: ROWS(4)
      }
#undef ROWS
#undef TILE
    }
  }
}
