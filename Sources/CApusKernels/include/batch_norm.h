// Normalisation of columns by the moments of all rows.
#pragma once

#include "scalars.h"

// Rows that one partial sum covers; partial sums are added in their order.
enum { APUS_BATCH_ROWS = 512 };

typedef struct {
  apus_type type;
  int64_t rows, columns;
} apus_batch_shape;

// The mean of each column, and the mean squared deviation from it. There is room for columns times
// rows / APUS_BATCH_ROWS, rounded up, in `partials`.
void apus_batch_moments(
    apus_batch_shape shape, const void *x, float *means, float *variances, float *partials);

// y = (x - mean) · inverse deviation · weight + bias, in x's type.
void apus_batch_norm(
    apus_batch_shape shape, const void *x, const float *means, const float *inverse_deviations,
    const float *weight, const float *bias, void *y);

// The gradients of weight and bias; twice as many partials.
void apus_batch_norm_sums(
    apus_batch_shape shape, const void *x, const void *dy, const float *means,
    const float *inverse_deviations, float *d_weight, float *d_bias, float *partials);

// The gradient of x, where its moments depend on it or (`fixed`) do not.
void apus_batch_norm_backward(
    apus_batch_shape shape, bool fixed, const void *x, const void *dy, const float *means,
    const float *inverse_deviations, const float *weight, const float *d_weight,
    const float *d_bias, void *dx);
