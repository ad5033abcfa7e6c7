// Multi-head attention of the elements of sequences to those of the same or of other sequences.
#pragma once

#include "dropout.h"
#include "scalars.h"

// Sequence b has the queries query_offsets[b]..<query_offsets[b + 1], which see the keys and values
// key_starts[b]..<key_ends[b]. A row of queries begins query_stride elements after the one before it,
// rows of keys and of values key_stride; its head_count · head_size elements are those of the heads.
typedef struct {
  const int64_t *query_offsets, *key_starts, *key_ends;
  int64_t sequence_count, head_count, head_size;
  int64_t query_stride, key_stride;
  float scale;
  // Where queries and keys are those of the same elements.
  bool causal;
  apus_type type;
  apus_dropped dropped;
} apus_attention_shape;

// y[n, head] = Σ softmax(q·k · scale) v over the keys that n sees (up to n if causal); 0 if it sees
// none. `log_sums` [N, H] keeps the logarithm of each softmax's denominator. Scores exist for a few
// dozen queries at a time only.
void apus_attention(
    const apus_attention_shape *shape, const void *queries, const void *keys, const void *values,
    void *y, float *log_sums);

// From dy to the gradients, which lie as what they belong to, recomputing the scores from what the
// forward pass kept. The ranges of keys of any two sequences are apart.
void apus_attention_backward(
    const apus_attention_shape *shape, const void *queries, const void *keys, const void *values,
    const void *y, const float *log_sums, const void *dy, void *d_queries, void *d_keys,
    void *d_values);
