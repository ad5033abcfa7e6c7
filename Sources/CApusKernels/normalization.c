#include "normalization.h"

#include <math.h>
#include <stdlib.h>

#include "parallel.h"
#include "rows.h"

typedef struct {
  const apus_norm_shape *shape;
  const void *x, *delta, *dy, *d_sum;
  const float *weight, *bias;
  void *sum, *y, *dx, *d_delta;
  float *means, *inverse_deviations, *partials;
  int64_t chunk;
} job;

// The longest row that a stack buffer holds; longer ones take the heap.
enum { STACK_ROW = 4096 };

CLONES static void forward_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_norm_shape *s = j->shape;
  int64_t n = s->columns;
  float stack[2 * STACK_ROW];
  float *row = n <= STACK_ROW ? stack : malloc(2 * (size_t)n * sizeof(float));
  float *other = row + n;
  for (int64_t r = begin; r < end; r++) {
    load_row(s->x_type, j->x, r * n, n, row);
    if (j->delta) {
      load_row(s->delta_type, j->delta, r * n, n, other);
      if (s->dropped.rate > 0) drop_row(s->dropped, r * n, n, other);
      for (int64_t i = 0; i < n; i++) row[i] += other[i];
      store_row(s->x_type, row, n, j->sum, r * n);
      // What is normalised is what the backward pass will read.
      if (s->x_type == APUS_BFLOAT16) load_row(s->x_type, j->sum, r * n, n, row);
    }
    float mean = row_sum(row, n) / (float)n;
    for (int64_t i = 0; i < n; i++) row[i] -= mean;
    float inverse = 1.0f / sqrtf(row_dot(row, row, n) / (float)n + s->epsilon);
    for (int64_t i = 0; i < n; i++) row[i] = row[i] * inverse * j->weight[i] + j->bias[i];
    store_row(s->y_type, row, n, j->y, r * n);
    j->means[r] = mean;
    j->inverse_deviations[r] = inverse;
  }
  if (row != stack) free(row);
}

void apus_layer_norm(
    const apus_norm_shape *shape, const void *x, const void *delta, const float *weight,
    const float *bias, void *sum, void *y, float *means, float *inverse_deviations) {
  job j = {
      .shape = shape, .x = x, .delta = delta, .weight = weight, .bias = bias, .sum = sum, .y = y,
      .means = means, .inverse_deviations = inverse_deviations};
  apus_parallel(shape->rows, 1 + (1 << 13) / (shape->columns + 1), forward_rows, &j);
}

int64_t apus_layer_norm_partial_count(int64_t rows) {
  return rows < 64 ? 1 : (rows < 1024 ? 8 : 16);
}

CLONES static void backward_chunks(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_norm_shape *s = j->shape;
  int64_t n = s->columns;
  float stack[3 * STACK_ROW];
  float *dy = n <= STACK_ROW ? stack : malloc(3 * (size_t)n * sizeof(float));
  float *x = dy + n, *extra = x + n;
  for (int64_t c = begin; c < end; c++) {
    float *d_weight = j->partials + 2 * n * c, *d_bias = d_weight + n;
    memset(d_weight, 0, 2 * (size_t)n * sizeof(float));
    int64_t last = (c + 1) * j->chunk < s->rows ? (c + 1) * j->chunk : s->rows;
    for (int64_t r = c * j->chunk; r < last; r++) {
      float mean = j->means[r], inverse = j->inverse_deviations[r];
      load_row(s->y_type, j->dy, r * n, n, dy);
      load_row(s->x_type, j->sum, r * n, n, x);
      for (int64_t i = 0; i < n; i++) {
        x[i] = (x[i] - mean) * inverse;
        d_weight[i] += dy[i] * x[i];
        d_bias[i] += dy[i];
        dy[i] *= j->weight[i];
      }
      float average = row_sum(dy, n) / (float)n, projection = row_dot(dy, x, n) / (float)n;
      for (int64_t i = 0; i < n; i++) dy[i] = (dy[i] - average - x[i] * projection) * inverse;
      if (j->d_sum) {
        load_row(s->x_type, j->d_sum, r * n, n, extra);
        for (int64_t i = 0; i < n; i++) dy[i] += extra[i];
      }
      store_row(s->x_type, dy, n, j->dx, r * n);
      if (j->d_delta) {
        if (s->dropped.rate > 0) drop_row(s->dropped, r * n, n, dy);
        store_row(s->delta_type, dy, n, j->d_delta, r * n);
      }
    }
  }
  if (dy != stack) free(dy);
}

void apus_layer_norm_backward(
    const apus_norm_shape *shape, const void *sum, const float *weight, const float *means,
    const float *inverse_deviations, const void *dy, const void *d_sum, void *dx, void *d_delta,
    float *d_weight, float *d_bias, float *partials) {
  int64_t n = shape->columns, count = apus_layer_norm_partial_count(shape->rows);
  job j = {
      .shape = shape, .sum = (void *)sum, .weight = weight, .means = (float *)means,
      .inverse_deviations = (float *)inverse_deviations, .dy = dy, .d_sum = d_sum, .dx = dx,
      .d_delta = d_delta, .partials = partials, .chunk = (shape->rows + count - 1) / count};
  apus_parallel(count, 1, backward_chunks, &j);
  memset(d_weight, 0, (size_t)n * sizeof(float));
  memset(d_bias, 0, (size_t)n * sizeof(float));
  for (int64_t c = 0; c < count; c++)
    for (int64_t i = 0; i < n; i++) {
      d_weight[i] += partials[2 * n * c + i];
      d_bias[i] += partials[2 * n * c + n + i];
    }
}
