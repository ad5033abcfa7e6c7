// Sums and greatest elements over axes. Operands are seen as [outer, axis, inner].
//
// The order of additions to an element depends on the sizes alone, not on the number of threads.
#pragma once

#include "scalars.h"

// y[c] = the sum over all rows of x[row, c], in Float32.
void apus_sum_rows(apus_type type, const void *x, int64_t rows, int64_t columns, float *y);

// y[outer, inner] = scale times the sum over the axis, in Float32.
void apus_sum(
    apus_type type, const void *x, int64_t outer, int64_t axis, int64_t inner, float scale,
    float *y);

// The greatest element along the axis, which is not empty, and where it first stands. A NaN counts
// as greater than any number.
void apus_max(
    apus_type type, const void *x, int64_t outer, int64_t axis, int64_t inner, void *y,
    int32_t *positions);

// x[outer, positions[outer, inner], inner] = y[outer, inner], and 0 elsewhere along the axis.
void apus_place(
    apus_type y_type, const void *y, const int32_t *positions, int64_t outer, int64_t axis,
    int64_t inner, apus_type x_type, void *x);
