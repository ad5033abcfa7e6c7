// Rows that are added to sums in Float32.
#pragma once

#include "vector.h"

CLONES static inline void add_floats(const float *restrict x, float *restrict sum, int64_t count) {
  for (int64_t i = 0; i < count; i++) sum[i] += x[i];
}

CLONES static inline void add_bf16(const bf16 *restrict x, float *restrict sum, int64_t count) {
  for (int64_t i = 0; i < count; i++) sum[i] += bf16_to_float(x[i]);
}
