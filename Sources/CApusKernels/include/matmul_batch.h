// Products of many matrices of one size.
#pragma once

#include "matmul.h"

// apus_matmul for Float32, without a primitive a shape: the matrices of a batch are shared among
// the threads, a single one is multiplied by all of them. Returns 0, or oneDNN's status.
int apus_sgemm_batch(
    const apus_matmul_shape *shape, const float *a, const float *b, float *c);
