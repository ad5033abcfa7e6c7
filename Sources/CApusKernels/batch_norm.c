#include "batch_norm.h"

#include "chunks.h"
#include "parallel.h"
#include "reductions.h"
#include "row_sums.h"

typedef struct {
  apus_batch_shape shape;
  bool fixed;
  const void *x, *dy;
  const float *means, *inverses, *weight, *bias, *d_weight, *d_bias;
  void *y;
  float *partials;
} job;

CLONES static void add_squares(
    const float *restrict x, const float *restrict mean, float *restrict sum, int64_t n) {
  for (int64_t i = 0; i < n; i++) sum[i] += (x[i] - mean[i]) * (x[i] - mean[i]);
}

CLONES static void normalize(
    const float *restrict x, const float *restrict mean, const float *restrict inverse,
    const float *restrict weight, const float *restrict bias, float *restrict y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean[i]) * inverse[i] * weight[i] + bias[i];
}

CLONES static void add_gradients(
    const float *restrict x, const float *restrict dy, const float *restrict mean,
    const float *restrict inverse, float *restrict d_weight, float *restrict d_bias, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    d_weight[i] += dy[i] * (x[i] - mean[i]) * inverse[i];
    d_bias[i] += dy[i];
  }
}

// `share` is what each row has of the moments: 1 / rows, or 0 if they are fixed.
CLONES static void differentiate(
    const float *restrict x, const float *restrict dy, const float *restrict mean,
    const float *restrict inverse, const float *restrict weight, const float *restrict d_weight,
    const float *restrict d_bias, float share, float *restrict dx, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    float normalized = (x[i] - mean[i]) * inverse[i];
    float centred = dy[i] - share * (d_bias[i] + normalized * d_weight[i]);
    dx[i] = centred * weight[i] * inverse[i];
  }
}

static int64_t block_count(apus_batch_shape shape) {
  return (shape.rows + APUS_BATCH_ROWS - 1) / APUS_BATCH_ROWS;
}

static int64_t block_end(apus_batch_shape shape, int64_t block) {
  int64_t end = (block + 1) * APUS_BATCH_ROWS;
  return end < shape.rows ? end : shape.rows;
}

// Blocks begin..<end, each to partials of its own: sums of squares, or gradients if there is a dy.
static void sum_blocks(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  int64_t columns = j->shape.columns, width = j->dy ? 2 * columns : columns;
  float x_buffer[CHUNK], dy_buffer[CHUNK];
  for (int64_t block = begin; block < end; block++) {
    float *sums = j->partials + block * width;
    memset(sums, 0, (size_t)width * sizeof(float));
    for (int64_t row = block * APUS_BATCH_ROWS; row < block_end(j->shape, block); row++)
      for (int64_t n, c = 0; c < columns; c += n) {
        n = chunk_length(c, columns);
        const float *x = load_chunk(j->shape.type, j->x, row * columns + c, n, x_buffer);
        if (!j->dy) {
          add_squares(x, j->means + c, sums + c, n);
          continue;
        }
        const float *dy = load_chunk(j->shape.type, j->dy, row * columns + c, n, dy_buffer);
        add_gradients(x, dy, j->means + c, j->inverses + c, sums + c, sums + columns + c, n);
      }
  }
}

void apus_batch_moments(
    apus_batch_shape shape, const void *x, float *means, float *variances, float *partials) {
  apus_sum(shape.type, x, 1, shape.rows, shape.columns, 1.0f / (float)shape.rows, means);
  job j = {.shape = shape, .x = x, .means = means, .partials = partials};
  apus_parallel(block_count(shape), 1, sum_blocks, &j);
  memset(variances, 0, (size_t)shape.columns * sizeof(float));
  for (int64_t block = 0; block < block_count(shape); block++)
    add_floats(partials + block * shape.columns, variances, shape.columns);
  for (int64_t i = 0; i < shape.columns; i++) variances[i] /= (float)shape.rows;
}

static void normalize_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  int64_t columns = j->shape.columns;
  float x_buffer[CHUNK], y_buffer[CHUNK];
  for (int64_t row = begin; row < end; row++)
    for (int64_t n, c = 0; c < columns; c += n) {
      n = chunk_length(c, columns);
      int64_t at = row * columns + c;
      const float *x = load_chunk(j->shape.type, j->x, at, n, x_buffer);
      float *y = result_chunk(j->shape.type, j->y, at, y_buffer);
      normalize(x, j->means + c, j->inverses + c, j->weight + c, j->bias + c, y, n);
      store_chunk(j->shape.type, y, j->y, at, n);
    }
}

static int64_t row_grain(apus_batch_shape shape) { return 1 + (1 << 14) / (shape.columns + 1); }

void apus_batch_norm(
    apus_batch_shape shape, const void *x, const float *means, const float *inverse_deviations,
    const float *weight, const float *bias, void *y) {
  job j = {
      .shape = shape, .x = x, .means = means, .inverses = inverse_deviations, .weight = weight,
      .bias = bias, .y = y};
  apus_parallel(shape.rows, row_grain(shape), normalize_rows, &j);
}

void apus_batch_norm_sums(
    apus_batch_shape shape, const void *x, const void *dy, const float *means,
    const float *inverse_deviations, float *d_weight, float *d_bias, float *partials) {
  job j = {
      .shape = shape, .x = x, .dy = dy, .means = means, .inverses = inverse_deviations,
      .partials = partials};
  apus_parallel(block_count(shape), 1, sum_blocks, &j);
  memset(d_weight, 0, (size_t)shape.columns * sizeof(float));
  memset(d_bias, 0, (size_t)shape.columns * sizeof(float));
  for (int64_t block = 0; block < block_count(shape); block++) {
    add_floats(partials + 2 * block * shape.columns, d_weight, shape.columns);
    add_floats(partials + (2 * block + 1) * shape.columns, d_bias, shape.columns);
  }
}

static void differentiate_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  int64_t columns = j->shape.columns;
  float share = j->fixed ? 0 : 1.0f / (float)j->shape.rows;
  float x_buffer[CHUNK], dy_buffer[CHUNK], dx_buffer[CHUNK];
  for (int64_t row = begin; row < end; row++)
    for (int64_t n, c = 0; c < columns; c += n) {
      n = chunk_length(c, columns);
      int64_t at = row * columns + c;
      const float *x = load_chunk(j->shape.type, j->x, at, n, x_buffer);
      const float *dy = load_chunk(j->shape.type, j->dy, at, n, dy_buffer);
      float *dx = result_chunk(j->shape.type, j->y, at, dx_buffer);
      differentiate(
          x, dy, j->means + c, j->inverses + c, j->weight + c, j->d_weight + c, j->d_bias + c,
          share, dx, n);
      store_chunk(j->shape.type, dx, j->y, at, n);
    }
}

void apus_batch_norm_backward(
    apus_batch_shape shape, bool fixed, const void *x, const void *dy, const float *means,
    const float *inverse_deviations, const float *weight, const float *d_weight,
    const float *d_bias, void *dx) {
  job j = {
      .shape = shape, .fixed = fixed, .x = x, .dy = dy, .means = means,
      .inverses = inverse_deviations, .weight = weight, .d_weight = d_weight, .d_bias = d_bias,
      .y = dx};
  apus_parallel(shape.rows, row_grain(shape), differentiate_rows, &j);
}
