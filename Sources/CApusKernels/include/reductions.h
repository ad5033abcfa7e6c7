// Sums over axes.
#pragma once

#include "scalars.h"

// y[c] = the sum over all rows of x[row, c], in Float32.
void apus_sum_rows(apus_type type, const void *x, int64_t rows, int64_t columns, float *y);
