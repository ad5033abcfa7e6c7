// Rotary positions (Su et al. 2021): pairs of channels turned by angles that grow with position.
#pragma once

#include "scalars.h"

typedef struct {
  int64_t rows, head_count, head_size;
  apus_type type;
  // Of each row, which row of the table turns it.
  const int32_t *positions;
  // [positions, head_size]: cosines of the head_size / 2 angles, then their sines.
  const float *table;
  // Turns backwards, which is what the gradient needs.
  bool inverse;
} apus_rotary_shape;

// Turns the queries and keys of rows [3 · head_count · head_size] and copies the values. Channel i
// of a head is paired with channel i + head_size / 2.
void apus_rotary(const apus_rotary_shape *shape, const void *x, void *y);
