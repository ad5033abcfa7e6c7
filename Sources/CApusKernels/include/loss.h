// Cross-entropy of rows of logits and its gradient, a block of classes at a time.
//
// Blocks are small enough to stay in the cache between the product that makes them and this, and
// between this and the products that take their gradient.
#pragma once

#include "scalars.h"

typedef struct {
  // All columns, and the block of them at hand.
  int64_t rows, columns, first, width;
  // Rows with this target count for nothing.
  bool has_ignored;
  int32_t ignored;
  // The share of the target distribution that is spread evenly over all columns.
  float smoothing;
  // The factor of the gradient: 1 / the number of rows that the loss is averaged over.
  float scale;
} apus_loss_shape;

// What is known of a row after some blocks: the largest logit, the sum of exp(logit − largest), the
// sum of the logits, and the target's once its block was there.
typedef struct {
  float largest, target;
  double exponentials, sum;
} apus_loss_row;

// Before the first block.
static inline apus_loss_row apus_loss_row_start(void) {
  return (apus_loss_row){-__builtin_inff(), 0, 0, 0};
}

// Adds a block of logits [rows, width] to what is known. They become exp(logit − bases[row]).
void apus_loss_block(
    const apus_loss_shape *shape, float *logits, const int32_t *targets, apus_loss_row *known,
    float *bases);

// After all blocks: losses[r] = −Σ target distribution · log softmax(logits[r]).
void apus_loss_rows(
    const apus_loss_shape *shape, const int32_t *targets, const apus_loss_row *known,
    float *losses);

// After all blocks, from what apus_loss_block left of one: scale · ∂loss/∂logits [rows, width], which
// takes their place if it is Float32.
void apus_loss_block_gradient(
    const apus_loss_shape *shape, float *exponentials, const float *bases, const int32_t *targets,
    const apus_loss_row *known, apus_type d_type, void *d_logits);
