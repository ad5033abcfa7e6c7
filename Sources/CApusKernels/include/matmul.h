// Matrix products by oneDNN. This is the one file pair that knows oneDNN's interface.
#pragma once

#include "scalars.h"

// c[m,n] = a[m,k] · b[k,n] (+ bias[n]) (+ c), once for each matrix of a batch.
//
// Strides are in elements; one of each operand's row and column strides is 1, and c's column
// stride is. The operands have one type, c has that type or Float32, the bias is Float32.
typedef struct {
  int64_t batch, m, n, k;
  int64_t a_batch, a_row, a_column;
  int64_t b_batch, b_row, b_column;
  int64_t c_batch, c_row;
  apus_type type, result;
  bool has_bias, accumulates;
  // b is in the layout that apus_matmul_pack wrote; its strides then say what that was made from.
  bool packed;
} apus_matmul_shape;

// Returns 0, or oneDNN's status.
int apus_matmul(
    const apus_matmul_shape *shape, const void *a, const void *b, const float *bias, void *c);

// The bytes that the packed form of b takes, or -1 if oneDNN refuses the shape.
int64_t apus_matmul_packed_size(const apus_matmul_shape *shape);

// Rewrites a Float32 b[k,n] with the strides of `shape` as the layout that its products read
// fastest, converted to the operands' type on the way. The layout does not depend on m.
int apus_matmul_pack(const apus_matmul_shape *shape, const float *b, void *packed);

// c[m,n] = a·b + accumulates · c in Float32 for any sizes, without a primitive a shape.
int apus_sgemm(
    int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_column,
    const float *b, int64_t b_row, int64_t b_column, float *c, int64_t c_row, bool accumulates);

// The number of primitives created so far: a count that must not grow once shapes have been seen.
int64_t apus_matmul_primitives_created(void);
