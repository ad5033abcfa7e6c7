#include "reductions.h"

#include <string.h>

#include "parallel.h"
#include "vector.h"

typedef struct {
  apus_type type;
  const void *x;
  int64_t rows, columns;
  float *y;
} row_sum;

// Columns are summed a strip at a time, so that the partial sums stay in registers or L1.
CLONES static void sum_strip_float(const float *x, int64_t rows, int64_t stride, int64_t n, float *y) {
  for (int64_t r = 0; r < rows; r++)
    for (int64_t i = 0; i < n; i++) y[i] += x[r * stride + i];
}

CLONES static void sum_strip_bf16(const bf16 *x, int64_t rows, int64_t stride, int64_t n, float *y) {
  for (int64_t r = 0; r < rows; r++)
    for (int64_t i = 0; i < n; i++) y[i] += bf16_to_float(x[r * stride + i]);
}

static void sum_columns(void *context, int64_t begin, int64_t end) {
  const row_sum *s = context;
  memset(s->y + begin, 0, (size_t)(end - begin) * sizeof(float));
  if (s->type == APUS_BFLOAT16)
    sum_strip_bf16((const bf16 *)s->x + begin, s->rows, s->columns, end - begin, s->y + begin);
  else
    sum_strip_float((const float *)s->x + begin, s->rows, s->columns, end - begin, s->y + begin);
}

void apus_sum_rows(apus_type type, const void *x, int64_t rows, int64_t columns, float *y) {
  row_sum s = {type, x, rows, columns, y};
  apus_parallel(columns, rows * columns > 1 << 15 ? 16 : columns, sum_columns, &s);
}
