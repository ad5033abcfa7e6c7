#include "embedding.h"

#include <string.h>

#include "parallel.h"
#include "row_sums.h"

typedef struct {
  const int32_t *ids;
  int64_t count, columns;
  apus_type type;
  const void *rows;
  void *out;
} job;

static void gather_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  size_t bytes = (size_t)j->columns * (j->type == APUS_BFLOAT16 ? 2 : 4);
  for (int64_t i = begin; i < end; i++)
    memcpy((char *)j->out + i * bytes, (const char *)j->rows + j->ids[i] * bytes, bytes);
}

void apus_gather_rows(
    const int32_t *ids, int64_t count, apus_type type, const void *weight, int64_t columns,
    void *y) {
  job j = {ids, count, columns, type, weight, y};
  apus_parallel(count, 1 + (1 << 14) / (columns + 1), gather_range, &j);
}

// Each thread owns a range of columns, so that no two write to one row and the order of additions
// to an element is that of the ids.
static void scatter_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  float *sum = j->out;
  for (int64_t i = 0; i < j->count; i++) {
    float *row = sum + j->ids[i] * j->columns + begin;
    if (j->type == APUS_BFLOAT16)
      add_bf16((const bf16 *)j->rows + i * j->columns + begin, row, end - begin);
    else
      add_floats((const float *)j->rows + i * j->columns + begin, row, end - begin);
  }
}

void apus_embedding_backward(
    const int32_t *ids, int64_t count, apus_type type, const void *rows, int64_t columns,
    float *sum) {
  job j = {ids, count, columns, type, rows, sum};
  apus_parallel(columns, count * columns > 1 << 15 ? 16 : columns, scatter_range, &j);
}
