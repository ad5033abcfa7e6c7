#include "weighted_rows.h"

#include <string.h>

#include "parallel.h"
#include "rows.h"

typedef struct {
  apus_sparse_rows rows;
  const float *table, *gradient;
  int64_t columns;
  float *out;
} job;

CLONES static void add_scaled(float *restrict y, const float *restrict x, float scale, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] += scale * x[i];
}

CLONES static float dot(const float *x, const float *y, int64_t n) { return row_dot(x, y, n); }

static void sum_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    float *y = j->out + i * j->columns;
    memset(y, 0, (size_t)j->columns * sizeof(float));
    for (int64_t k = j->rows.offsets[i]; k < j->rows.offsets[i + 1]; k++)
      add_scaled(y, j->table + j->rows.ids[k] * j->columns, j->rows.weights[k], j->columns);
  }
}

// Each thread owns a range of columns, so that no two write to one row and the order of additions
// to an element is that of the ids.
static void scatter_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = 0; i < j->rows.count; i++)
    for (int64_t k = j->rows.offsets[i]; k < j->rows.offsets[i + 1]; k++)
      add_scaled(
          j->out + j->rows.ids[k] * j->columns + begin, j->gradient + i * j->columns + begin,
          j->rows.weights[k], end - begin);
}

static void weight_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++)
    for (int64_t k = j->rows.offsets[i]; k < j->rows.offsets[i + 1]; k++)
      j->out[k] = dot(
          j->table + j->rows.ids[k] * j->columns, j->gradient + i * j->columns, j->columns);
}

void apus_weighted_rows(apus_sparse_rows rows, const float *table, int64_t columns, float *y) {
  job j = {.rows = rows, .table = table, .columns = columns, .out = y};
  apus_parallel(rows.count, 1, sum_range, &j);
}

void apus_weighted_rows_backward(
    apus_sparse_rows rows, const float *gradient, int64_t columns, float *sum) {
  job j = {.rows = rows, .gradient = gradient, .columns = columns, .out = sum};
  int64_t work = rows.offsets[rows.count] * columns;
  apus_parallel(columns, work > 1 << 15 ? 16 : columns, scatter_range, &j);
}

void apus_weighted_rows_weights_backward(
    apus_sparse_rows rows, const float *table, const float *gradient, int64_t columns, float *sums) {
  job j = {.rows = rows, .table = table, .gradient = gradient, .columns = columns, .out = sums};
  apus_parallel(rows.count, 1, weight_range, &j);
}
