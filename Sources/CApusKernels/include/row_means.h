// Means of rows of two matrices.
#pragma once

#include <stdint.h>

// y[i] = the mean of the rows that rows[starts[i]..<starts[i + 1]] name, at least one, added in that order.
// Numbers below `own_count` are rows of `own`, and those from there on of `parts`; rows have `columns` floats.
void apus_row_means(
    const float *own, int64_t own_count, const float *parts, const int32_t *rows,
    const int64_t *starts, int64_t count, int64_t columns, float *y);
