// Attention that keeps its weights, which have gradients of their own.
#pragma once

#include "scalars.h"

// Sequence b has the queries query_offsets[b]..<query_offsets[b + 1], which see the keys and values
// key_starts[b]..<key_ends[b]; its weights, a row a query, begin at weight_offsets[b].
typedef struct {
  const int64_t *query_offsets, *key_starts, *key_ends, *weight_offsets;
  int64_t sequence_count, score_size, value_size;
  apus_type type;
} apus_observed_attention_shape;

// weights = softmax over keys of vector · tanh(query + key), or of query · key where vector is NULL;
// y = Σ weights · values, 0 where no key is seen. Queries and keys are rows of score_size elements,
// values and y of value_size.
void apus_observed_attention(
    const apus_observed_attention_shape *shape, const void *queries, const void *keys,
    const void *values, const float *vector, float *weights, void *y);

// From dy, and d_weights unless that is NULL, to all gradients; d_vectors has a row of score_size for
// each sequence where there is a vector. The ranges of keys of any two sequences are apart.
void apus_observed_attention_backward(
    const apus_observed_attention_shape *shape, const void *queries, const void *keys,
    const void *values, const float *vector, const float *weights, const void *dy,
    const float *d_weights, void *d_queries, void *d_keys, void *d_values, float *d_vectors);
