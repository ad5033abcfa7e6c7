#include "matmul_batch.h"

#include "parallel.h"

typedef struct {
  const apus_matmul_shape *shape;
  const float *a, *b;
  float *c;
  _Atomic int status;
} batch;

static void multiply_range(void *context, int64_t begin, int64_t end) {
  batch *w = context;
  const apus_matmul_shape *s = w->shape;
  for (int64_t i = begin; i < end; i++) {
    int status = apus_sgemm(
        s->m, s->n, s->k, w->a + i * s->a_batch, s->a_row, s->a_column, w->b + i * s->b_batch,
        s->b_row, s->b_column, w->c + i * s->c_batch, s->c_row, s->accumulates);
    if (status) w->status = status;
  }
}

int apus_sgemm_batch(
    const apus_matmul_shape *shape, const float *a, const float *b, float *c) {
  batch w = {shape, a, b, c, 0};
  if (shape->batch == 1)
    multiply_range(&w, 0, 1);
  else
    apus_parallel(shape->batch, 1, multiply_range, &w);
  return w.status;
}
