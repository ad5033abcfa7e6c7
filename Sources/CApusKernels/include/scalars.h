// The element types of tensors.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum { APUS_FLOAT32 = 0, APUS_BFLOAT16 = 1, APUS_INT32 = 2 } apus_type;

// Changes the type of floating-point elements; bf16 rounds to nearest, ties to even.
void apus_convert(apus_type from, const void *x, apus_type to, void *y, int64_t count);
