// Operations on pairs of elements, with broadcasting.
#pragma once

#include "scalars.h"

typedef enum {
  APUS_ADD,
  APUS_SUBTRACT,
  APUS_MULTIPLY,
  APUS_DIVIDE,
  APUS_MINIMUM,
  APUS_MAXIMUM,
  // 1 where the comparison holds, else 0.
  APUS_LESS,
  APUS_LESS_OR_EQUAL,
  APUS_EQUAL,
  // a where positive, else a * b; its derivative by a; and with b = x, that by the slope times a.
  APUS_PRELU,
  APUS_PRELU_DERIVATIVE,
  APUS_PRELU_SLOPE_GRADIENT,
} apus_binary;

enum { APUS_MAX_AXES = 8 };

// The axes of a result, outermost first, and how far apart in elements neighbours of each operand
// are: 0 on axes along which it is repeated. Innermost strides are 0 or 1.
typedef struct {
  int axes;
  int64_t size[APUS_MAX_AXES], a_stride[APUS_MAX_AXES], b_stride[APUS_MAX_AXES];
} apus_broadcast;

// y = op(a, b) in Float32, rounded to y's type; y is contiguous.
void apus_binary_operation(
    apus_binary op, const apus_broadcast *shape, apus_type a_type, const void *a, apus_type b_type,
    const void *b, apus_type y_type, void *y);

// 1 where the comparison of int32 elements holds, else 0.
void apus_compare_ints(
    apus_binary op, const apus_broadcast *shape, const int32_t *a, const int32_t *b, float *y);

// y = a + b; y has a's type and may be a.
void apus_add(
    apus_type a_type, const void *a, apus_type b_type, const void *b, void *y, int64_t count);

// y = a where the mask is not 0, else b; all three floating-point types agree.
void apus_select(
    const float *mask, apus_type type, const void *a, const void *b, void *y, int64_t count);
