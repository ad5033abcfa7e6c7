// Cross-entropy of rows of logits and its gradient, in one pass over rows that stay in the cache.
#pragma once

#include "scalars.h"

typedef struct {
  int64_t rows, columns;
  // Rows with this target count for nothing.
  bool has_ignored;
  int32_t ignored;
  // The share of the target distribution that is spread evenly over all columns.
  float smoothing;
  // The factor of the gradient: 1 / the number of rows that the loss is averaged over.
  float scale;
} apus_loss_shape;

// losses[r] = −Σ target distribution · log softmax(logits[r]).
// With d_logits (of d_type; logits itself if Float32), also scale · ∂loss/∂logits.
// The logits are overwritten.
void apus_cross_entropy(
    const apus_loss_shape *shape, float *logits, const int32_t *targets, float *losses,
    apus_type d_type, void *d_logits);
