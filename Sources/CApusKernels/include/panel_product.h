// Products of rows with weights that were rounded to bf16 or to 8-bit integers.
//
// Packed weights stand in panels of 64 outputs, and in a panel input by input (two at a time, since
// instructions take pairs), so that a product reads each panel from its beginning to its end.
#pragma once

#include "scalars.h"

typedef enum {
  APUS_PANEL_BFLOAT16 = 0,
  // Integers of -127 to 127 with a Float32 scale for each output.
  APUS_PANEL_INT8 = 1,
} apus_panel_type;

typedef struct {
  // y[m,n] = x[m,k] · w (+ bias[n])
  int64_t m, n, k;
  apus_panel_type weights;
  // Of the rows and of the results.
  apus_type x_type, y_type;
} apus_panel_shape;

// The bytes that packed weights take.
int64_t apus_panel_size(apus_panel_type weights, int64_t n, int64_t k);

// Rounds and packs w[k,n], whose element (i, j) stands at w[i · row + j · column].
void apus_panel_pack(
    apus_panel_type weights, int64_t n, int64_t k, const float *w, int64_t row, int64_t column,
    void *packed);

// The bytes of scratch memory that a product takes.
int64_t apus_panel_scratch(const apus_panel_shape *shape);

// Rows that meet 8-bit weights are rounded to 16-bit integers, each with a scale of its own; sums of
// integers are exact, so a row's result depends on no other row, nor on threads or instructions.
void apus_panel_product(
    const apus_panel_shape *shape, const void *x, const void *packed, const float *bias, void *y,
    void *scratch);
