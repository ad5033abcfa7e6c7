// Rows of either floating-point type as floats in a buffer, and the dropping of their elements.
#pragma once

#include "dropout.h"
#include "philox.h"

// Sixteen partial results break the chain of dependent operations and let the compiler vectorise
// what it must not reorder by itself.
enum { ROW_LANES = 16 };

INLINE float row_sum(const float *x, int64_t n) {
  float lanes[ROW_LANES] = {0}, total = 0;
  int64_t i = 0;
  for (; i + ROW_LANES <= n; i += ROW_LANES)
    for (int l = 0; l < ROW_LANES; l++) lanes[l] += x[i + l];
  for (; i < n; i++) lanes[0] += x[i];
  for (int l = 0; l < ROW_LANES; l++) total += lanes[l];
  return total;
}

INLINE float row_dot(const float *x, const float *y, int64_t n) {
  float lanes[ROW_LANES] = {0}, total = 0;
  int64_t i = 0;
  for (; i + ROW_LANES <= n; i += ROW_LANES)
    for (int l = 0; l < ROW_LANES; l++) lanes[l] += x[i + l] * y[i + l];
  for (; i < n; i++) lanes[0] += x[i] * y[i];
  for (int l = 0; l < ROW_LANES; l++) total += lanes[l];
  return total;
}

// The largest element; a NaN does not count.
INLINE float row_max(const float *x, int64_t n) {
  float lanes[ROW_LANES], top = -__builtin_inff();
  for (int l = 0; l < ROW_LANES; l++) lanes[l] = top;
  int64_t i = 0;
  for (; i + ROW_LANES <= n; i += ROW_LANES)
    for (int l = 0; l < ROW_LANES; l++) lanes[l] = x[i + l] > lanes[l] ? x[i + l] : lanes[l];
  for (; i < n; i++) lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
  for (int l = 0; l < ROW_LANES; l++) top = lanes[l] > top ? lanes[l] : top;
  return top;
}

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
