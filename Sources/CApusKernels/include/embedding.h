// Rows of a matrix by their numbers.
#pragma once

#include "scalars.h"

// y[i] = weight[ids[i]] for rows of `columns` elements; weight and y have one type.
void apus_gather_rows(
    const int32_t *ids, int64_t count, apus_type type, const void *weight, int64_t columns,
    void *y);

// sum[ids[i]] += rows[i] in the order of i, whatever the number of threads.
void apus_embedding_backward(
    const int32_t *ids, int64_t count, apus_type type, const void *rows, int64_t columns,
    float *sum);
