// One task is one head of one sequence: its keys and values are read once, a block of positions at
// a time, with the softmax kept relative to the largest score so far (Milakov & Gimelshein 2018).

#include "cached_attention.h"

#include "parallel.h"
#include "rows.h"

enum { POSITIONS = 64, SUMS = 16 };

typedef struct {
  const apus_cached_attention_shape *shape;
  const void *queries, *keys, *values;
  int64_t query_stride;
  void *y;
  float *workspace;
} job;

// x · y in sixteen sums, which vectorise without reordering a single one.
#define DOT(NAME, TYPE, LOAD)                                                        \
  INLINE float NAME(const float *restrict x, const TYPE *restrict y, int64_t n) {    \
    float sums[SUMS] = {0};                                                          \
    int64_t i = 0;                                                                   \
    for (; i + SUMS <= n; i += SUMS)                                                 \
      for (int64_t j = 0; j < SUMS; j++) sums[j] += x[i + j] * LOAD(y, i + j);       \
    for (; i < n; i++) sums[i % SUMS] += x[i] * LOAD(y, i);                          \
    for (int64_t width = SUMS / 2; width > 0; width /= 2)                            \
      for (int64_t j = 0; j < width; j++) sums[j] += sums[j + width];                \
    return sums[0];                                                                  \
  }

DOT(dot_float, float, load_float)
DOT(dot_bf16, bf16, load_bf16)

// Weighs the values of up to POSITIONS positions by their scores' exponentials.
#define ATTEND(NAME, TYPE, LOAD, DOT_ROWS)                                                     \
  CLONES static void NAME(                                                                     \
      const float *query, const TYPE *keys, const TYPE *values, int64_t count, int64_t size,   \
      float *restrict sums) {                                                                  \
    float largest = -__builtin_inff(), total = 0, scores[POSITIONS];                           \
    for (int64_t i = 0; i < size; i++) sums[i] = 0;                                            \
    for (int64_t first = 0; first < count; first += POSITIONS) {                               \
      int64_t block = count - first < POSITIONS ? count - first : POSITIONS;                   \
      float peak = largest;                                                                    \
      for (int64_t t = 0; t < block; t++) {                                                    \
        scores[t] = DOT_ROWS(query, keys + (first + t) * size, size);                          \
        peak = scores[t] > peak ? scores[t] : peak;                                            \
      }                                                                                        \
      float shrink = fast_exp(largest - peak);                                                 \
      largest = peak;                                                                          \
      for (int64_t t = 0; t < block; t++) scores[t] = fast_exp(scores[t] - peak);              \
      total *= shrink;                                                                         \
      for (int64_t t = 0; t < block; t++) total += scores[t];                                  \
      for (int64_t i = 0; i < size; i++) sums[i] *= shrink;                                    \
      for (int64_t t = 0; t < block; t++) {                                                    \
        const TYPE *row = values + (first + t) * size;                                         \
        for (int64_t i = 0; i < size; i++) sums[i] += scores[t] * LOAD(row, i);                \
      }                                                                                        \
    }                                                                                          \
    for (int64_t i = 0; i < size; i++) sums[i] /= total;                                       \
  }

ATTEND(attend_float, float, load_float, dot_float)
ATTEND(attend_bf16, bf16, load_bf16, dot_bf16)

static void attend_heads(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_cached_attention_shape *s = j->shape;
  int64_t size = s->head_size;
  for (int64_t task = begin; task < end; task++) {
    int64_t sequence = task / s->head_count, head = task % s->head_count;
    int64_t start = task * s->capacity * size, count = s->counts[sequence];
    float *query = j->workspace + 2 * task * size, *sums = query + size;
    load_row(s->type, j->queries, sequence * j->query_stride + head * size, size, query);
    for (int64_t i = 0; i < size; i++) query[i] *= s->scale;
    if (s->type == APUS_BFLOAT16)
      attend_bf16(
          query, (const bf16 *)j->keys + start, (const bf16 *)j->values + start, count, size,
          sums);
    else
      attend_float(
          query, (const float *)j->keys + start, (const float *)j->values + start, count, size,
          sums);
    store_row(s->type, sums, size, j->y, task * size);
  }
}

void apus_cached_attention(
    const apus_cached_attention_shape *shape, const void *queries, int64_t query_stride,
    const void *keys, const void *values, void *y, float *workspace) {
  job j = {shape, queries, keys, values, query_stride, y, workspace};
  int64_t longest = 1;
  for (int64_t i = 0; i < shape->sequence_count; i++)
    longest = shape->counts[i] > longest ? shape->counts[i] : longest;
  apus_parallel(
      shape->sequence_count * shape->head_count, 1 + (1 << 14) / (longest * shape->head_size),
      attend_heads, &j);
}
