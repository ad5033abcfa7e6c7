// Products of sparse rows with a matrix.
#pragma once

#include "scalars.h"

// Sparse rows, end to end: row i has the weights of the ids from offsets[i] to offsets[i + 1].
typedef struct {
  const int32_t *ids;
  const float *weights;
  const int64_t *offsets;
  int64_t count;
} apus_sparse_rows;

// y[i] = the sum of weight * table[id] over row i; rows of `columns` floats.
void apus_weighted_rows(apus_sparse_rows rows, const float *table, int64_t columns, float *y);

// Adds weight * gradient[i] to sum[id] for each id of row i.
void apus_weighted_rows_backward(
    apus_sparse_rows rows, const float *gradient, int64_t columns, float *sum);

// The gradient of each weight: table[id] . gradient[i].
void apus_weighted_rows_weights_backward(
    apus_sparse_rows rows, const float *table, const float *gradient, int64_t columns, float *sums);
