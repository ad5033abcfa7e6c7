// Sums of rows of several matrices.
#pragma once

#include "scalars.h"

// y[i] = the sum over terms of tables[term][ids[term][i]], rows of `columns` floats.
void apus_embedding_sum(
    const int32_t *const *ids, const float *const *tables, int64_t term_count, int64_t count,
    int64_t columns, float *y);
