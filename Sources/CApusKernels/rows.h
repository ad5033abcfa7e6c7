// Rows of either floating-point type as floats in a buffer, and the dropping of their elements.
#pragma once

#include "normalization.h"
#include "philox.h"

INLINE void load_row(apus_type type, const void *x, int64_t offset, int64_t n, float *row) {
  if (type == APUS_BFLOAT16) {
    const bf16 *source = (const bf16 *)x + offset;
    for (int64_t i = 0; i < n; i++) row[i] = bf16_to_float(source[i]);
  } else {
    memcpy(row, (const float *)x + offset, (size_t)n * sizeof(float));
  }
}

INLINE void store_row(apus_type type, const float *row, int64_t n, void *y, int64_t offset) {
  if (type == APUS_BFLOAT16) {
    bf16 *target = (bf16 *)y + offset;
    for (int64_t i = 0; i < n; i++) target[i] = float_to_bf16(row[i]);
  } else {
    memcpy((float *)y + offset, row, (size_t)n * sizeof(float));
  }
}

// Multiplies row elements, numbered from `first` in their tensor, by 0 or 1 / (1 - rate).
INLINE void drop_row(apus_dropped dropped, int64_t first, int64_t n, float *row) {
  uint32_t threshold = drop_threshold(dropped.rate), words[64];
  float scale = 1.0f / (1.0f - dropped.rate);
  int64_t i = 0;
  while (i < n) {
    int64_t block = (first + i) / 4, skip = (first + i) % 4, fill = 16;
    for (int64_t b = 0; b < fill; b++) {
      philox_block p = philox(dropped.key, dropped.step, (uint64_t)(block + b));
      words[4 * b] = p.x, words[4 * b + 1] = p.y, words[4 * b + 2] = p.z, words[4 * b + 3] = p.w;
    }
    int64_t take = 64 - skip < n - i ? 64 - skip : n - i;
    for (int64_t j = 0; j < take; j++)
      row[i + j] = words[skip + j] < threshold ? 0.0f : row[i + j] * scale;
    i += take;
  }
}
