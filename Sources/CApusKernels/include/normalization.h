// Layer normalisation of rows, with the residual sum and the dropout before it in the same pass.
#pragma once

#include "dropout.h"
#include "scalars.h"

typedef struct {
  int64_t rows, columns;
  float epsilon;
  // x and sum (null without delta) have x_type, y has y_type; weight and bias are Float32.
  apus_type x_type, delta_type, y_type;
  apus_dropped dropped;
} apus_norm_shape;

// sum = x + dropped(delta); y = (sum - mean) / deviation · weight + bias.
// Without delta, sum is not written and x takes its place. Mean and 1 / deviation are kept a row.
void apus_layer_norm(
    const apus_norm_shape *shape, const void *x, const void *delta, const float *weight,
    const float *bias, void *sum, void *y, float *means, float *inverse_deviations);

// The rows that one partial sum of the weight's gradient covers; partial sums are added in order,
// so that the result is the same for any number of threads.
int64_t apus_layer_norm_partial_count(int64_t rows);

// From dy (y_type) and d_sum (x_type, or null) to dx (x_type), d_delta (delta_type, or null) and
// the gradients of weight and bias. `partials` holds 2 · columns · partial_count floats.
void apus_layer_norm_backward(
    const apus_norm_shape *shape, const void *sum, const float *weight, const float *means,
    const float *inverse_deviations, const void *dy, const void *d_sum, void *dx, void *d_delta,
    float *d_weight, float *d_bias, float *partials);
