#include "row_means.h"

#include "parallel.h"
#include "vector.h"

typedef struct {
  const float *own, *parts;
  int64_t own_count;
  const int32_t *rows;
  const int64_t *starts;
  int64_t columns;
  float *y;
} job;

CLONES static void means_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    float *restrict y = j->y + i * j->columns;
    memset(y, 0, (size_t)j->columns * sizeof(float));
    for (int64_t r = j->starts[i]; r < j->starts[i + 1]; r++) {
      int64_t number = j->rows[r];
      const float *restrict row =
          number < j->own_count ? j->own + number * j->columns
                                : j->parts + (number - j->own_count) * j->columns;
      for (int64_t c = 0; c < j->columns; c++) y[c] += row[c];
    }
    float scale = 1.0f / (float)(j->starts[i + 1] - j->starts[i]);
    for (int64_t c = 0; c < j->columns; c++) y[c] *= scale;
  }
}

void apus_row_means(
    const float *own, int64_t own_count, const float *parts, const int32_t *rows,
    const int64_t *starts, int64_t count, int64_t columns, float *y) {
  job j = {own, parts, own_count, rows, starts, columns, y};
  apus_parallel(count, 1 + (1 << 12) / (columns + 1), means_range, &j);
}
