// What the attention of one head of one sequence does in every element type.
#pragma once

#include <math.h>
#include <stdlib.h>

#include "attention.h"
#include "lanes.h"
#include "rows.h"

// The queries whose scores exist at a time; even, so that they come in pairs.
enum { QUERIES = 48 };

typedef struct {
  const apus_attention_shape *shape;
  const void *queries, *keys, *values, *y, *dy;
  float *log_sums;
  void *result, *d_queries, *d_keys, *d_values;
} attention_job;

INLINE int64_t padded(int64_t n) { return (n + LANES - 1) / LANES * LANES; }

// Scratch memory of a thread, kept for the next task.
static inline float *scratch(int64_t count) {
  static _Thread_local float *memory;
  static _Thread_local int64_t capacity;
  if (count > capacity) {
    free(memory);
    capacity = count + count / 4;
    memory = aligned_alloc(64, ((size_t)capacity * sizeof(float) + 63) / 64 * 64);
    if (!memory) abort();
  }
  return memory;
}

// Multiplies the probabilities of one query by 0 or 1 / (1 - rate); row is n · H + head.
INLINE void drop_scores(apus_dropped dropped, int64_t row, int64_t count, float *scores) {
  // Each query has 2^24 blocks of four keys to itself.
  drop_row(dropped, row << 26, count, scores);
}

// Fills what is left of the last vector of a row, so that no element is worked on alone; returns the
// padded length.
INLINE int64_t fill_vector(float *x, int64_t count, float value) {
  for (int64_t k = count; k < padded(count); k++) x[k] = value;
  return padded(count);
}

// The scores of one query become probabilities, 0 from `seen` to the padded `limit`; row is n · H + head.
INLINE void attend(const attention_job *j, int64_t row, int64_t seen, int64_t limit, float *scores) {
  const apus_attention_shape *s = j->shape;
  int64_t whole = fill_vector(scores, seen, -INFINITY);
  float largest = row_max(scores, whole) * s->scale;
  lanes sums = {0};
  for (int64_t k = 0; k < whole; k += LANES) {
    for (int l = 0; l < LANES; l++)
      scores[k + l] = fast_exp(scores[k + l] * s->scale - largest);
    sums += *(const lanes *)(scores + k);
  }
  float total = sum_of_lanes(&sums);
  j->log_sums[row] = largest + logf(total);
  float inverse = 1.0f / total;
  for (int64_t k = 0; k < whole; k++) scores[k] *= inverse;
  for (int64_t k = whole; k < padded(limit); k++) scores[k] = 0;
  if (s->dropped.rate > 0) drop_scores(s->dropped, row, seen, scores);
}

// The scores p of one query become probabilities again, and the gradients dp of these become those
// of the scores; `inner` is the sum of the output times its gradient.
INLINE void attend_backward(
    const attention_job *j, int64_t row, int64_t seen, int64_t limit, float inner, float *p,
    float *dp) {
  const apus_attention_shape *s = j->shape;
  float log_sum = j->log_sums[row];
  int64_t whole = fill_vector(p, seen, -INFINITY);
  for (int64_t k = 0; k < whole; k++) p[k] = fast_exp(p[k] * s->scale - log_sum);
  if (s->dropped.rate > 0) drop_scores(s->dropped, row, seen, dp);
  for (int64_t k = 0; k < whole; k++) dp[k] = p[k] * (dp[k] - inner) * s->scale;
  if (s->dropped.rate > 0) drop_scores(s->dropped, row, seen, p);
  for (int64_t k = seen; k < padded(limit); k++) p[k] = dp[k] = 0;
}

// The same for bf16 with the processor's products of pairs, where it has them.
bool apus_has_paired_attention(void);
void apus_attend_paired_head(const attention_job *j, int64_t sequence, int64_t head);
void apus_attend_paired_head_backward(const attention_job *j, int64_t sequence, int64_t head);
