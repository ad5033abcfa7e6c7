// Weight matrices in the layout that the matrix engine reads fastest.
#pragma once

#include "scalars.h"

// Panels of 64 columns one after the other; in a panel, lines of 64 words. A word is an element of
// a row or, in bf16, the elements of two rows. Rows are filled up with zeros to a multiple of 16
// words, columns to one of 64.
typedef struct {
  apus_type type;
  // The sizes and strides of the source; one of the strides is 1.
  int64_t rows, columns, row_stride, column_stride;
} apus_panels;

// Rewrites a Float32 matrix as panels, rounded to bf16 where that is the type.
void apus_pack_panels(const apus_panels *panels, const float *source, void *packed);
