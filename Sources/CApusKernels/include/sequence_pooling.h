// One row for each sequence, of rows that lie end to end: sequence s has the rows
// offsets[s]..<offsets[s + 1].
#pragma once

#include "scalars.h"

// The greatest value of each column and its row; 0 and -1 for a sequence without rows. A NaN counts
// as greater than any number.
void apus_sequence_max(
    apus_type type, const void *x, const int64_t *offsets, int64_t sequences, int64_t columns,
    void *y, int32_t *positions);

// dx = dy at each position, 0 elsewhere.
void apus_sequence_max_backward(
    apus_type type, const void *dy, const int32_t *positions, const int64_t *offsets,
    int64_t sequences, int64_t columns, void *dx);

// y[s] = scales[s] times the sum of the rows, in Float32.
void apus_sequence_sum(
    apus_type type, const void *x, const int64_t *offsets, int64_t sequences, int64_t columns,
    const float *scales, float *y);

// dx = scales[s] · dy[s] for each row.
void apus_sequence_sum_backward(
    const float *dy, const int64_t *offsets, int64_t sequences, int64_t columns,
    const float *scales, apus_type type, void *dx);
