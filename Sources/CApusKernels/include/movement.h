// Moving elements without computing: parts of axes and transposition.
#pragma once

#include "scalars.h"

// Copies `count` runs of `bytes` bytes; neighbouring runs are the strides apart, in bytes.
void apus_copy_runs(
    const void *x, int64_t x_stride, void *y, int64_t y_stride, int64_t bytes, int64_t count);

// y = x with its axes in another order: y has `size`, and stepping along an axis of y means moving
// x_stride elements in x. There are at most APUS_MAX_AXES axes.
void apus_permute(
    apus_type type, const void *x, int axes, const int64_t *size, const int64_t *x_stride, void *y);
