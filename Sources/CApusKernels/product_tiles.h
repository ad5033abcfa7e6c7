// A product of small matrices, for block_product.h and pair_product.h: they say what words its
// operands are made of (`WORD`), how sixteen of them lie in a register (`WORDS`), how one of the
// left and sixteen of the right operand add to sixteen sums (`ADD_PRODUCTS`), and the names of two
// functions with the instructions they are compiled for: that of a tile (`TILE_PRODUCT`, `TILE_TARGET`),
// which is compiled for each size, and that of all tiles (`PRODUCT`, `PRODUCT_TARGET`), once.

// c[rows, 16 · vectors] (+)= a[rows, k] · b[k, 16 · vectors], in registers.
TILE_TARGET INLINE void TILE_PRODUCT(
    const int rows, const int vectors, int64_t k, const WORD *a, int64_t a_row, int64_t a_column,
    const WORD *b, int64_t b_row, float *c, int64_t c_row, bool accumulates) {
  lanes sums[6][4];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++)
      sums[i][j] = accumulates ? *(const lanes *)(c + i * c_row + LANES * j) : (lanes){0};
  for (int64_t p = 0; p < k; p++) {
    WORDS right[4];
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) right[j] = *(const WORDS *)(b + p * b_row + LANES * j);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      WORD left = a[i * a_row + p * a_column];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) sums[i][j] = ADD_PRODUCTS(sums[i][j], left, right[j]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) *(lanes *)(c + i * c_row + LANES * j) = sums[i][j];
}

// c[m, n] (+)= a[m, k] · b[k, n]; n is a multiple of 16, a may be read transposed by its strides.
PRODUCT_TARGET static void PRODUCT(
    int64_t m, int64_t n, int64_t k, const WORD *a, int64_t a_row, int64_t a_column,
    const WORD *b, int64_t b_row, float *c, int64_t c_row, bool accumulates) {
  for (int64_t j = 0; j < n; j += 64) {
    int64_t vectors = (n - j) / LANES;
    for (int64_t i = 0; i < m; i += 6) {
      const WORD *left = a + i * a_row, *right = b + j;
      float *out = c + i * c_row + j;
#define TILE(R, V) \
  TILE_PRODUCT(R, V, k, left, a_row, a_column, right, b_row, out, c_row, accumulates)
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

#undef WORD
#undef WORDS
#undef ADD_PRODUCTS
#undef TILE_PRODUCT
#undef PRODUCT
#undef TILE_TARGET
#undef PRODUCT_TARGET
