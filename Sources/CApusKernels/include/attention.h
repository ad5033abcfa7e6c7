// Multi-head attention within sequences.
#pragma once

#include "dropout.h"
#include "scalars.h"

// Queries, keys and values stand side by side in rows of 3 · head_count · head_size elements;
// sequence b is the rows offsets[b]..<offsets[b + 1].
typedef struct {
  const int64_t *offsets;
  int64_t sequence_count, head_count, head_size;
  float scale;
  bool causal;
  apus_type type;
  apus_dropped dropped;
} apus_attention_shape;

// y[n, head] = Σ softmax(q·k · scale) v over the keys of n's sequence (up to n if causal).
// `log_sums` [N, H] keeps the logarithm of each softmax's denominator. Scores exist for a few dozen
// queries at a time only.
void apus_attention(
    const apus_attention_shape *shape, const void *qkv, void *y, float *log_sums);

// From dy to the gradient of qkv, recomputing the scores from what the forward pass kept.
void apus_attention_backward(
    const apus_attention_shape *shape, const void *qkv, const void *y, const float *log_sums,
    const void *dy, void *d_qkv);
