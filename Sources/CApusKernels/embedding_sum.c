#include "embedding_sum.h"

#include <string.h>

#include "parallel.h"
#include "row_sums.h"

typedef struct {
  const int32_t *const *ids;
  const float *const *tables;
  int64_t term_count, columns;
  float *y;
} job;

static void sum_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    float *y = j->y + i * j->columns;
    memcpy(y, j->tables[0] + j->ids[0][i] * j->columns, (size_t)j->columns * sizeof(float));
    for (int64_t term = 1; term < j->term_count; term++)
      add_floats(j->tables[term] + j->ids[term][i] * j->columns, y, j->columns);
  }
}

void apus_embedding_sum(
    const int32_t *const *ids, const float *const *tables, int64_t term_count, int64_t count,
    int64_t columns, float *y) {
  job j = {ids, tables, term_count, columns, y};
  apus_parallel(count, 1 + (1 << 14) / (columns + 1), sum_range, &j);
}
