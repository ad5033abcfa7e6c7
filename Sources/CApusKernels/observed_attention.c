// One task is one sequence: its keys and values are widened once, then a query at a time. What is kept
// for the way back are the weights; the tanh of each pair is computed again.

#include "observed_attention.h"

#include <stdlib.h>

#include "parallel.h"
#include "rows.h"

typedef struct {
  const apus_observed_attention_shape *shape;
  const void *queries, *keys, *values, *dy;
  const float *vector, *d_weights;
  float *weights;
  void *y, *d_queries, *d_keys, *d_values;
  float *d_vectors;
} job;

// Scratch memory of a thread, kept for the next task.
static float *scratch(int64_t count) {
  static _Thread_local float *memory;
  static _Thread_local int64_t capacity;
  if (count > capacity) {
    free(memory);
    capacity = count + count / 4;
    memory = malloc((size_t)capacity * sizeof(float));
    if (!memory) abort();
  }
  return memory;
}

INLINE void load_rows(
    apus_type type, const void *x, int64_t first, int64_t count, int64_t size, float *rows) {
  load_row(type, x, first * size, count * size, rows);
}

INLINE void tanh_of_sum(const float *x, const float *y, int64_t n, float *restrict result) {
  for (int64_t i = 0; i < n; i++) result[i] = fast_tanh(x[i] + y[i]);
}

INLINE void add_scaled(const float *x, float factor, int64_t n, float *restrict sum) {
  for (int64_t i = 0; i < n; i++) sum[i] += factor * x[i];
}

INLINE void softmax_of(float *scores, int64_t count) {
  float largest = row_max(scores, count);
  for (int64_t i = 0; i < count; i++) scores[i] = fast_exp(scores[i] - largest);
  float inverse = 1.0f / row_sum(scores, count);
  for (int64_t i = 0; i < count; i++) scores[i] *= inverse;
}

CLONES static void forward_sequence(const job *j, int64_t sequence) {
  const apus_observed_attention_shape *s = j->shape;
  int64_t first = s->query_offsets[sequence], total = s->query_offsets[sequence + 1] - first;
  int64_t start = s->key_starts[sequence], length = s->key_ends[sequence] - start;
  int64_t size = s->score_size, width = s->value_size;
  float *keys = scratch(length * (size + width) + 2 * size + width);
  float *values = keys + length * size, *query = values + length * width;
  float *curve = query + size, *sum = curve + size;
  load_rows(s->type, j->keys, start, length, size, keys);
  load_rows(s->type, j->values, start, length, width, values);
  for (int64_t q = 0; q < total; q++) {
    float *weights = j->weights + s->weight_offsets[sequence] + q * length;
    load_rows(s->type, j->queries, first + q, 1, size, query);
    for (int64_t k = 0; k < length; k++) {
      const float *key = keys + k * size;
      if (j->vector) tanh_of_sum(query, key, size, curve);
      weights[k] = j->vector ? row_dot(curve, j->vector, size) : row_dot(query, key, size);
    }
    if (length > 0) softmax_of(weights, length);
    memset(sum, 0, (size_t)width * sizeof(float));
    for (int64_t k = 0; k < length; k++) add_scaled(values + k * width, weights[k], width, sum);
    store_row(s->type, sum, width, j->y, (first + q) * width);
  }
}

CLONES static void backward_sequence(const job *j, int64_t sequence) {
  const apus_observed_attention_shape *s = j->shape;
  int64_t first = s->query_offsets[sequence], total = s->query_offsets[sequence + 1] - first;
  int64_t start = s->key_starts[sequence], length = s->key_ends[sequence] - start;
  int64_t size = s->score_size, width = s->value_size, panel = length * (size + width);
  float *keys = scratch(2 * panel + 3 * size + width + length);
  float *values = keys + length * size, *d_keys = keys + panel, *d_values = d_keys + length * size;
  float *query = d_keys + panel, *curve = query + size, *d_query = curve + size;
  float *d_result = d_query + size, *d_scores = d_result + width;
  float *d_vector = j->vector ? j->d_vectors + sequence * size : NULL;
  load_rows(s->type, j->keys, start, length, size, keys);
  load_rows(s->type, j->values, start, length, width, values);
  memset(d_keys, 0, (size_t)panel * sizeof(float));
  if (d_vector) memset(d_vector, 0, (size_t)size * sizeof(float));
  for (int64_t q = 0; q < total; q++) {
    int64_t place = s->weight_offsets[sequence] + q * length;
    const float *weights = j->weights + place;
    load_rows(s->type, j->queries, first + q, 1, size, query);
    load_rows(s->type, j->dy, first + q, 1, width, d_result);
    for (int64_t k = 0; k < length; k++) {
      d_scores[k] = row_dot(d_result, values + k * width, width);
      if (j->d_weights) d_scores[k] += j->d_weights[place + k];
      add_scaled(d_result, weights[k], width, d_values + k * width);
    }
    float mean = row_dot(weights, d_scores, length);
    memset(d_query, 0, (size_t)size * sizeof(float));
    for (int64_t k = 0; k < length; k++) {
      float slope = weights[k] * (d_scores[k] - mean);
      const float *key = keys + k * size;
      float *restrict d_key = d_keys + k * size;
      if (!d_vector) {
        add_scaled(key, slope, size, d_query);
        add_scaled(query, slope, size, d_key);
        continue;
      }
      tanh_of_sum(query, key, size, curve);
      for (int64_t i = 0; i < size; i++) {
        float step = slope * j->vector[i] * (1.0f - curve[i] * curve[i]);
        d_vector[i] += slope * curve[i];
        d_query[i] += step;
        d_key[i] += step;
      }
    }
    store_row(s->type, d_query, size, j->d_queries, (first + q) * size);
  }
  store_row(s->type, d_keys, length * size, j->d_keys, start * size);
  store_row(s->type, d_values, length * width, j->d_values, start * width);
}

static void run_forward(void *context, int64_t sequence) { forward_sequence(context, sequence); }
static void run_backward(void *context, int64_t sequence) { backward_sequence(context, sequence); }

void apus_observed_attention(
    const apus_observed_attention_shape *shape, const void *queries, const void *keys,
    const void *values, const float *vector, float *weights, void *y) {
  job j = {.shape = shape, .queries = queries, .keys = keys, .values = values, .vector = vector,
           .weights = weights, .y = y};
  apus_parallel_each(shape->sequence_count, run_forward, &j);
}

void apus_observed_attention_backward(
    const apus_observed_attention_shape *shape, const void *queries, const void *keys,
    const void *values, const float *vector, const float *weights, const void *dy,
    const float *d_weights, void *d_queries, void *d_keys, void *d_values, float *d_vectors) {
  job j = {.shape = shape, .queries = queries, .keys = keys, .values = values, .dy = dy,
           .vector = vector, .weights = (float *)weights, .d_weights = d_weights,
           .d_queries = d_queries, .d_keys = d_keys, .d_values = d_values,
           .d_vectors = d_vectors};
  apus_parallel_each(shape->sequence_count, run_backward, &j);
}
