// Softmax over rows and the cross-entropy of its result.
#pragma once

#include "scalars.h"

// y = softmax of each row of x, or its logarithm.
void apus_softmax(
    bool logarithm, apus_type x_type, const void *x, int64_t rows, int64_t columns,
    apus_type y_type, void *y);

// dx from dy and the result y of apus_softmax.
void apus_softmax_backward(
    bool logarithm, apus_type y_type, const void *y, apus_type dy_type, const void *dy,
    int64_t rows, int64_t columns, apus_type dx_type, void *dx);

// What a cross-entropy is taken with. Rows whose target is `ignored` have loss and gradient 0.
typedef struct {
  const int32_t *targets;
  // One weight a column, or null for 1.
  const float *class_weights;
  // The probability that is spread evenly over all columns.
  float smoothing;
  // The power of (1 - p) that a loss is multiplied with, p the probability of the target.
  float focusing;
  int32_t ignored;
  bool ignores;
} apus_targets;

// losses[row] = -ln softmax(x)[target], weighted, smoothed and focused; log_sums[row] = ln of the
// sum of e^x, for the way back.
void apus_row_cross_entropy(
    const apus_targets *targets, apus_type type, const void *x, int64_t rows, int64_t columns,
    float *losses, float *log_sums);

void apus_row_cross_entropy_backward(
    const apus_targets *targets, apus_type type, const void *x, const float *log_sums,
    apus_type dy_type, const void *dy, int64_t rows, int64_t columns, apus_type dx_type, void *dx);
