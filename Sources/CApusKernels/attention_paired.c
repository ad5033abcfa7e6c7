// Attention in bf16 whose products are dot products of pairs: of two channels, of two keys, or of
// two queries, whatever is summed over. Probabilities and their gradients are rounded to bf16.

#include "attention_head.h"
#include "pair_product.h"

#if defined(__x86_64__)

bool apus_has_paired_attention(void) { return has_pair_products(); }

INLINE int64_t pairs_of(int64_t n) { return (n + 1) / 2; }

// Rows of one head as pairs of channels [count, width], zero-filled.
INLINE void load_channel_pairs(
    const void *x, int64_t row, int64_t stride, int64_t column, int64_t count, int64_t size,
    int64_t width, uint32_t *out) {
  for (int64_t i = 0; i < count; i++) {
    memset(out + i * width, 0, (size_t)width * sizeof *out);
    memcpy(out + i * width, (const bf16 *)x + (row + i) * stride + column, (size_t)size * 2);
  }
}

// The same transposed: [width, height], zero-filled from count to height.
PAIRS INLINE void transpose_pairs(
    const uint32_t *pairs, int64_t count, int64_t width, int64_t height, uint32_t *out) {
  for (int64_t i = 0; i < height; i += LANES)
    for (int64_t j = 0; j < width; j += LANES) {
      lanes tile[LANES];
      for (int64_t r = 0; r < LANES; r++)
        tile[r] = i + r < count ? *(const lanes *)(pairs + (i + r) * width + j) : (lanes){0};
      transpose_tile(tile);
      for (int64_t r = 0; r < LANES; r++) *(lanes *)(out + (j + r) * height + i) = tile[r];
    }
}

// Rows of one head as pairs of rows [pairs_of(count), width], zero-filled.
INLINE void load_row_pairs(
    const void *x, int64_t row, int64_t stride, int64_t column, int64_t count, int64_t size,
    int64_t width, uint32_t *out) {
  for (int64_t i = 0; i < count; i += 2) {
    const bf16 *first = (const bf16 *)x + (row + i) * stride + column;
    uint32_t *line = out + i / 2 * width;
    if (i + 1 < count) {
      const bf16 *second = first + stride;
      for (int64_t c = 0; c < size; c++) line[c] = first[c] | (uint32_t)second[c] << 16;
    } else {
      for (int64_t c = 0; c < size; c++) line[c] = first[c];
    }
    for (int64_t c = size; c < width; c++) line[c] = 0;
  }
}

// Floats as pairs of rows; an odd last row goes with zeros.
INLINE void narrow_row_pairs(
    const float *x, int64_t count, int64_t columns, int64_t stride, uint32_t *out) {
  for (int64_t i = 0; i < count; i += 2) {
    const float *first = x + i * stride, *second = first + stride;
    uint32_t *line = out + i / 2 * stride;
    if (i + 1 < count) {
      for (int64_t c = 0; c < columns; c++)
        line[c] = float_to_bf16(first[c]) | (uint32_t)float_to_bf16(second[c]) << 16;
    } else {
      for (int64_t c = 0; c < columns; c++) line[c] = float_to_bf16(first[c]);
    }
  }
}

// A row of floats as pairs of neighbours; the count is even.
INLINE void narrow_row(const float *x, int64_t count, uint32_t *out) {
  bf16 *elements = (bf16 *)out;
  for (int64_t i = 0; i < count; i++) elements[i] = float_to_bf16(x[i]);
}

PAIRS void apus_attend_paired_head(const attention_job *j, int64_t sequence, int64_t head) {
  const apus_attention_shape *s = j->shape;
  int64_t first = s->query_offsets[sequence], total = s->query_offsets[sequence + 1] - first;
  int64_t seen_first = s->key_starts[sequence], length = s->key_ends[sequence] - seen_first;
  int64_t size = s->head_size, width = padded(size), height = padded(length);
  int64_t channels = padded(pairs_of(size)), model = s->head_count * size;
  int64_t column = head * size, half = height / 2;
  float *scores = scratch(height * channels * 2 + pairs_of(length) * width +
                          QUERIES * (channels + height + half + width));
  float *sums = scores + QUERIES * height;
  uint32_t *keys = (uint32_t *)(sums + QUERIES * width), *keys_t = keys + height * channels;
  uint32_t *values = keys_t + height * channels, *queries = values + pairs_of(length) * width;
  uint32_t *weights = queries + QUERIES * channels;
  load_channel_pairs(j->keys, seen_first, s->key_stride, column, length, size, channels, keys);
  transpose_pairs(keys, length, channels, height, keys_t);
  load_row_pairs(j->values, seen_first, s->key_stride, column, length, size, width, values);

  for (int64_t q = 0; q < total; q += QUERIES) {
    int64_t count = total - q < QUERIES ? total - q : QUERIES;
    int64_t limit = s->causal ? q + count : length;
    load_channel_pairs(
        j->queries, first + q, s->query_stride, column, count, size, channels, queries);
    pair_product(
        count, padded(limit), pairs_of(size), queries, channels, 1, keys_t, height, scores, height,
        false);
    for (int64_t i = 0; i < count; i++) {
      int64_t seen = s->causal ? q + i + 1 : length;
      attend(j, (first + q + i) * s->head_count + head, seen, limit, scores + i * height);
      narrow_row(scores + i * height, padded(limit), weights + i * half);
    }
    pair_product(
        count, width, pairs_of(limit), weights, half, 1, values, width, sums, width, false);
    for (int64_t i = 0; i < count; i++)
      store_row(s->type, sums + i * width, size, j->result, (first + q + i) * model + column);
  }
}

PAIRS void apus_attend_paired_head_backward(const attention_job *j, int64_t sequence, int64_t head) {
  const apus_attention_shape *s = j->shape;
  int64_t first = s->query_offsets[sequence], total = s->query_offsets[sequence + 1] - first;
  int64_t seen_first = s->key_starts[sequence], length = s->key_ends[sequence] - seen_first;
  int64_t size = s->head_size, width = padded(size), height = padded(length);
  int64_t channels = padded(pairs_of(size)), model = s->head_count * size;
  int64_t column = head * size, half = height / 2, panel = height * width;
  float *d_keys = scratch(2 * panel + QUERIES * (2 * height + width) + 2 * width +
                          3 * height * channels + half * width +
                          QUERIES * (2 * channels + width + height + half));
  float *d_values = d_keys + panel, *scores = d_values + panel;
  float *d_scores = scores + QUERIES * height, *outputs = d_scores + QUERIES * height;
  float *d_outputs = outputs + width, *d_queries = d_outputs + width;
  uint32_t *rows = (uint32_t *)(d_queries + QUERIES * width), *keys_t = rows + height * channels;
  uint32_t *values_t = keys_t + height * channels, *keys = values_t + height * channels;
  uint32_t *queries = keys + half * width, *gradients = queries + QUERIES * channels;
  uint32_t *query_pairs = gradients + QUERIES * channels;
  uint32_t *gradient_pairs = query_pairs + QUERIES / 2 * width;
  uint32_t *weight_pairs = gradient_pairs + QUERIES / 2 * width;
  uint32_t *d_score_pairs = weight_pairs + QUERIES / 2 * height;
  uint32_t *d_score_rows = d_score_pairs + QUERIES / 2 * height;
  load_channel_pairs(j->values, seen_first, s->key_stride, column, length, size, channels, rows);
  transpose_pairs(rows, length, channels, height, values_t);
  load_channel_pairs(j->keys, seen_first, s->key_stride, column, length, size, channels, rows);
  transpose_pairs(rows, length, channels, height, keys_t);
  load_row_pairs(j->keys, seen_first, s->key_stride, column, length, size, width, keys);
  memset(d_keys, 0, 2 * (size_t)panel * sizeof(float));

  for (int64_t q = 0; q < total; q += QUERIES) {
    int64_t count = total - q < QUERIES ? total - q : QUERIES, row = first + q;
    int64_t limit = s->causal ? q + count : length;
    load_channel_pairs(j->queries, row, s->query_stride, column, count, size, channels, queries);
    load_channel_pairs(j->dy, row, model, column, count, size, channels, gradients);
    load_row_pairs(j->queries, row, s->query_stride, column, count, size, width, query_pairs);
    load_row_pairs(j->dy, row, model, column, count, size, width, gradient_pairs);
    pair_product(
        count, padded(limit), pairs_of(size), queries, channels, 1, keys_t, height, scores, height,
        false);
    pair_product(
        count, padded(limit), pairs_of(size), gradients, channels, 1, values_t, height, d_scores,
        height, false);
    for (int64_t i = 0; i < count; i++) {
      load_row(s->type, j->y, (row + i) * model + column, size, outputs);
      load_row(s->type, j->dy, (row + i) * model + column, size, d_outputs);
      int64_t seen = s->causal ? q + i + 1 : length;
      attend_backward(
          j, (row + i) * s->head_count + head, seen, limit, row_dot(outputs, d_outputs, size),
          scores + i * height, d_scores + i * height);
      narrow_row(d_scores + i * height, padded(limit), d_score_rows + i * half);
    }
    narrow_row_pairs(scores, count, padded(limit), height, weight_pairs);
    narrow_row_pairs(d_scores, count, padded(limit), height, d_score_pairs);
    pair_product(
        limit, width, pairs_of(count), weight_pairs, 1, height, gradient_pairs, width, d_values,
        width, true);
    pair_product(
        limit, width, pairs_of(count), d_score_pairs, 1, height, query_pairs, width, d_keys, width,
        true);
    pair_product(
        count, width, pairs_of(limit), d_score_rows, half, 1, keys, width, d_queries, width, false);
    for (int64_t i = 0; i < count; i++)
      store_row(
          s->type, d_queries + i * width, size, j->d_queries, (row + i) * s->query_stride + column);
  }
  for (int64_t i = 0; i < length; i++) {
    int64_t start = (seen_first + i) * s->key_stride + column;
    store_row(s->type, d_keys + i * width, size, j->d_keys, start);
    store_row(s->type, d_values + i * width, size, j->d_values, start);
  }
}

#else

bool apus_has_paired_attention(void) { return false; }
void apus_attend_paired_head(const attention_job *j, int64_t sequence, int64_t head) {
  (void)j, (void)sequence, (void)head;
  abort();
}
void apus_attend_paired_head_backward(const attention_job *j, int64_t sequence, int64_t head) {
  (void)j, (void)sequence, (void)head;
  abort();
}

#endif
