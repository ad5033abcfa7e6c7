// Attention of one query a sequence to keys and values that are kept from step to step.
#pragma once

#include "scalars.h"

typedef struct {
  int64_t sequence_count, head_count, head_size;
  // Elements of each sequence that are seen, at least one.
  const int64_t *counts;
  // Elements that the cache has room for.
  int64_t capacity;
  float scale;
  // Of queries, cache and result.
  apus_type type;
} apus_cached_attention_shape;

// Query b starts at queries[b · query_stride]; keys and values are
// [sequence_count, head_count, capacity, head_size]; y is [sequence_count, head_count · head_size].
// The workspace holds 2 · sequence_count · head_count · head_size floats.
void apus_cached_attention(
    const apus_cached_attention_shape *shape, const void *queries, int64_t query_stride,
    const void *keys, const void *values, void *y, float *workspace);
