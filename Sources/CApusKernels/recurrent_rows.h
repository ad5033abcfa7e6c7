// What the kernels of recurrent layers do with the rows of running sequences: norms, and what stays.
#pragma once

#include <math.h>

#include "chunks.h"
#include "recurrent.h"
#include "row_sums.h"
#include "rows.h"

// Units are worked on a chunk at a time, as Float32.
enum { UNITS = 256 };

INLINE int64_t unit_count(int64_t first, int64_t size) {
  return size - first < UNITS ? size - first : UNITS;
}

// Rows of at least so many units are worth a thread of their own.
INLINE int64_t row_grain(int64_t size) { return 1 + 2048 / size; }

INLINE void *element(apus_type type, const void *x, int64_t i) {
  return (char *)x + i * (type == APUS_BFLOAT16 ? 2 : 4);
}

// --- Zoneout ---

INLINE bool keeps(const apus_keep *kept) { return kept->mask || kept->share > 0; }

INLINE float kept_share(const apus_keep *kept, int64_t i) {
  return kept->mask ? (kept->mask[i] == 0 ? 1.0f : 0.0f) : kept->share;
}

// The result may be where the fresh values are.
INLINE void keep(
    const apus_keep *kept, int64_t first, int64_t n, const float *before, const float *fresh,
    float *result) {
  for (int64_t i = 0; i < n; i++) {
    float share = kept_share(kept, first + i);
    result[i] = share * before[i] + (1 - share) * fresh[i];
  }
}

// Leaves the gradients of the fresh values, and takes out those of what stayed.
INLINE void split(const apus_keep *kept, int64_t first, int64_t n, float *gradients, float *stayed) {
  for (int64_t i = 0; i < n; i++) {
    float share = kept_share(kept, first + i);
    stayed[i] = share * gradients[i];
    gradients[i] *= 1 - share;
  }
}

// --- Layer norm ---

// Added to variances, as in PyTorch.
static const float NORM_EPSILON = 1e-5f;

// Keeps a row with mean 0 and variance 1.
INLINE void norm_row(const apus_row_norm *norm, int64_t at, int64_t width, const float *x) {
  float *normed = norm->normed + at * width, mean = row_sum(x, width) / (float)width;
  for (int64_t i = 0; i < width; i++) normed[i] = x[i] - mean;
  float scale = 1 / sqrtf(row_dot(normed, normed, width) / (float)width + NORM_EPSILON);
  for (int64_t i = 0; i < width; i++) normed[i] *= scale;
  norm->scales[at] = scale;
}

// Sums over a row: of the gradients before gain and bias, and of their products with the normed row.
typedef struct {
  float gradients, products;
} norm_sums;

INLINE void add_norm_sums(
    const apus_row_norm *norm, const float *gradients, const float *normed, int64_t first,
    int64_t n, norm_sums *sums) {
  float scaled[UNITS];
  for (int64_t i = 0; i < n; i++) scaled[i] = gradients[i] * norm->gain[first + i];
  sums->gradients += row_sum(scaled, n);
  sums->products += row_dot(scaled, normed, n);
}

// From the gradients of a part of a row after the norm to those before it.
INLINE void norm_gradient(
    const apus_row_norm *norm, int64_t at, int64_t width, int64_t first, int64_t n,
    const norm_sums *sums, const float *gradients, float *result) {
  const float *normed = norm->normed + at * width + first;
  float mean = sums->gradients / (float)width, slope = sums->products / (float)width;
  for (int64_t i = 0; i < n; i++)
    result[i] =
        norm->scales[at] * (gradients[i] * norm->gain[first + i] - mean - normed[i] * slope);
}
