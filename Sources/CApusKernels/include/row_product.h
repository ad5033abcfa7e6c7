// Products of a few rows with a matrix where it lies: as fast as memory gives it.
#pragma once

#include "scalars.h"

typedef struct {
  // y[m,n] = x[m,k] · w (+ bias[n]) in Float32.
  int64_t m, n, k;
  // w is stored as [n,k] if true and as [k,n] otherwise.
  bool transposed;
} apus_row_product_shape;

void apus_row_product(
    const apus_row_product_shape *shape, const float *x, const float *w, const float *bias,
    float *y);
