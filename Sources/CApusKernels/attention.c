// Goals, in this order: nothing of size N × N, no dependence on batch mates or threads, speed.
//
// One task is one head of one sequence. Its keys and values are copied once into aligned Float32
// blocks (keys transposed, so that scores are products of rows), then a block of queries at a time
// gets its scores, softmax and sums while they are in the cache.

#include "attention.h"

#include "attention_head.h"
#include "block_product.h"
#include "parallel.h"

// Copies rows of one head into [count, width], zero-filled from size to width.
INLINE void load_head(
    apus_type type, const void *x, int64_t row, int64_t stride, int64_t column, int64_t count,
    int64_t size, int64_t width, float *block) {
  for (int64_t i = 0; i < count; i++) {
    load_row(type, x, (row + i) * stride + column, size, block + i * width);
    for (int64_t j = size; j < width; j++) block[i * width + j] = 0;
  }
}

// block[count, width] → out[width, height], zero-filled from count to height.
INLINE void transpose(
    const float *block, int64_t count, int64_t width, int64_t height, float *out) {
  for (int64_t i = 0; i < height; i += LANES)
    for (int64_t j = 0; j < width; j += LANES) {
      lanes tile[LANES];
      for (int64_t r = 0; r < LANES; r++)
        tile[r] = i + r < count ? *(const lanes *)(block + (i + r) * width + j) : (lanes){0};
      transpose_tile(tile);
      for (int64_t r = 0; r < LANES; r++) *(lanes *)(out + (j + r) * height + i) = tile[r];
    }
}

CLONES static void forward_head(const attention_job *j, int64_t sequence, int64_t head) {
  const apus_attention_shape *s = j->shape;
  int64_t first = s->query_offsets[sequence], total = s->query_offsets[sequence + 1] - first;
  int64_t seen_first = s->key_starts[sequence], length = s->key_ends[sequence] - seen_first;
  int64_t size = s->head_size, width = padded(size), height = padded(length);
  int64_t model = s->head_count * size, column = head * size;
  float *keys = scratch(length * width + width * height + height * width +
                        QUERIES * (width + height + width));
  float *keys_t = keys + length * width, *values = keys_t + width * height;
  float *queries = values + height * width, *scores = queries + QUERIES * width;
  float *sums = scores + QUERIES * height;
  load_head(s->type, j->keys, seen_first, s->key_stride, column, length, size, width, keys);
  transpose(keys, length, width, height, keys_t);
  load_head(s->type, j->values, seen_first, s->key_stride, column, length, size, width, values);

  for (int64_t q = 0; q < total; q += QUERIES) {
    int64_t count = total - q < QUERIES ? total - q : QUERIES;
    int64_t limit = s->causal ? q + count : length;
    load_head(
        s->type, j->queries, first + q, s->query_stride, column, count, size, width, queries);
    block_product(
        count, padded(limit), width, queries, width, 1, keys_t, height, scores, height, false);
    for (int64_t i = 0; i < count; i++) {
      int64_t seen = s->causal ? q + i + 1 : length;
      attend(j, (first + q + i) * s->head_count + head, seen, limit, scores + i * height);
    }
    block_product(count, width, limit, scores, height, 1, values, width, sums, width, false);
    for (int64_t i = 0; i < count; i++)
      store_row(s->type, sums + i * width, size, j->result, (first + q + i) * model + column);
  }
}

CLONES static void backward_head(const attention_job *j, int64_t sequence, int64_t head) {
  const apus_attention_shape *s = j->shape;
  int64_t first = s->query_offsets[sequence], total = s->query_offsets[sequence + 1] - first;
  int64_t seen_first = s->key_starts[sequence], length = s->key_ends[sequence] - seen_first;
  int64_t size = s->head_size, width = padded(size), height = padded(length);
  int64_t model = s->head_count * size, column = head * size;
  int64_t panel = height * width;
  float *keys = scratch(5 * panel + QUERIES * (4 * width + 2 * height));
  float *keys_t = keys + panel, *values_t = keys_t + panel;
  float *d_keys = values_t + panel, *d_values = d_keys + panel;
  float *queries = d_values + panel, *outputs = queries + QUERIES * width;
  float *d_outputs = outputs + QUERIES * width, *d_queries = d_outputs + QUERIES * width;
  float *scores = d_queries + QUERIES * width, *d_scores = scores + QUERIES * height;
  load_head(s->type, j->values, seen_first, s->key_stride, column, length, size, width, keys);
  transpose(keys, length, width, height, values_t);
  load_head(s->type, j->keys, seen_first, s->key_stride, column, length, size, width, keys);
  transpose(keys, length, width, height, keys_t);
  memset(d_keys, 0, 2 * (size_t)panel * sizeof(float));

  for (int64_t q = 0; q < total; q += QUERIES) {
    int64_t count = total - q < QUERIES ? total - q : QUERIES;
    int64_t limit = s->causal ? q + count : length;
    load_head(
        s->type, j->queries, first + q, s->query_stride, column, count, size, width, queries);
    load_head(s->type, j->y, first + q, model, column, count, size, width, outputs);
    load_head(s->type, j->dy, first + q, model, column, count, size, width, d_outputs);
    block_product(
        count, padded(limit), width, queries, width, 1, keys_t, height, scores, height, false);
    block_product(
        count, padded(limit), width, d_outputs, width, 1, values_t, height, d_scores, height,
        false);
    for (int64_t i = 0; i < count; i++) {
      int64_t seen = s->causal ? q + i + 1 : length;
      float inner = row_dot(outputs + i * width, d_outputs + i * width, width);
      attend_backward(
          j, (first + q + i) * s->head_count + head, seen, limit, inner, scores + i * height,
          d_scores + i * height);
    }
    block_product(
        limit, width, count, scores, 1, height, d_outputs, width, d_values, width, true);
    block_product(limit, width, count, d_scores, 1, height, queries, width, d_keys, width, true);
    block_product(
        count, width, limit, d_scores, height, 1, keys, width, d_queries, width, false);
    for (int64_t i = 0; i < count; i++)
      store_row(
          s->type, d_queries + i * width, size, j->d_queries,
          (first + q + i) * s->query_stride + column);
  }
  for (int64_t i = 0; i < length; i++) {
    int64_t start = (seen_first + i) * s->key_stride + column;
    store_row(s->type, d_keys + i * width, size, j->d_keys, start);
    store_row(s->type, d_values + i * width, size, j->d_values, start);
  }
}

static void run_forward(void *context, int64_t task) {
  const attention_job *j = context;
  int64_t sequence = task / j->shape->head_count, head = task % j->shape->head_count;
  if (j->shape->type == APUS_BFLOAT16 && apus_has_paired_attention())
    apus_attend_paired_head(j, sequence, head);
  else
    forward_head(j, sequence, head);
}

static void run_backward(void *context, int64_t task) {
  const attention_job *j = context;
  int64_t sequence = task / j->shape->head_count, head = task % j->shape->head_count;
  if (j->shape->type == APUS_BFLOAT16 && apus_has_paired_attention())
    apus_attend_paired_head_backward(j, sequence, head);
  else
    backward_head(j, sequence, head);
}

void apus_attention(
    const apus_attention_shape *shape, const void *queries, const void *keys, const void *values,
    void *y, float *log_sums) {
  attention_job j = {.shape = shape, .queries = queries, .keys = keys, .values = values,
                     .result = y, .log_sums = log_sums};
  apus_parallel_each(shape->sequence_count * shape->head_count, run_forward, &j);
}

void apus_attention_backward(
    const apus_attention_shape *shape, const void *queries, const void *keys, const void *values,
    const void *y, const float *log_sums, const void *dy, void *d_queries, void *d_keys,
    void *d_values) {
  attention_job j = {.shape = shape, .queries = queries, .keys = keys, .values = values, .y = y,
                     .dy = dy, .log_sums = (float *)log_sums, .d_queries = d_queries,
                     .d_keys = d_keys, .d_values = d_values};
  apus_parallel_each(shape->sequence_count * shape->head_count, run_backward, &j);
}
