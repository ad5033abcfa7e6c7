#include "sequence_pooling.h"

#include "chunks.h"
#include "parallel.h"
#include "row_sums.h"

typedef struct {
  apus_type type;
  const void *x;
  const int64_t *offsets;
  int64_t columns;
  const float *scales;
  void *y;
  int32_t *positions;
} job;

CLONES static void take_greater(
    const float *restrict x, int32_t row, float *restrict best, int32_t *restrict positions,
    int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    int wins = x[i] > best[i] || (x[i] != x[i] && best[i] == best[i]);
    best[i] = wins ? x[i] : best[i];
    positions[i] = wins ? row : positions[i];
  }
}

CLONES static void scale(const float *restrict x, float factor, float *restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = factor * x[i];
}

// Sequences times columns, so that a single long sequence has work for all threads: begin..<end counts
// results.
static void max_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  float best[CHUNK], buffer[CHUNK];
  for (int64_t n; begin < end; begin += n) {
    int64_t sequence = begin / j->columns, column = begin % j->columns;
    n = chunk_length(begin, end);
    n = j->columns - column < n ? j->columns - column : n;
    int64_t first = j->offsets[sequence], last = j->offsets[sequence + 1];
    int32_t *positions = j->positions + begin;
    for (int64_t i = 0; i < n; i++) {
      best[i] = first < last ? -__builtin_inff() : 0;
      positions[i] = first < last ? (int32_t)first : -1;
    }
    for (int64_t row = first; row < last; row++)
      take_greater(
          load_chunk(j->type, j->x, row * j->columns + column, n, buffer), (int32_t)row, best,
          positions, n);
    float *y = result_chunk(j->type, j->y, begin, buffer);
    memcpy(y, best, (size_t)n * sizeof(float));
    store_chunk(j->type, y, j->y, begin, n);
  }
}

static int64_t grain(const job *j, int64_t sequences) {
  int64_t rows = j->offsets[sequences] / (sequences + 1) + 1;
  return 16 + (1 << 14) / rows;
}

void apus_sequence_max(
    apus_type type, const void *x, const int64_t *offsets, int64_t sequences, int64_t columns,
    void *y, int32_t *positions) {
  job j = {type, x, offsets, columns, 0, y, positions};
  apus_parallel(sequences * columns, grain(&j, sequences), max_range, &j);
}

static void place_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    if (j->positions[i] < 0) continue;
    int64_t at = j->positions[i] * j->columns + i % j->columns;
    if (j->type == APUS_BFLOAT16)
      ((bf16 *)j->y)[at] = ((const bf16 *)j->x)[i];
    else
      ((float *)j->y)[at] = ((const float *)j->x)[i];
  }
}

void apus_sequence_max_backward(
    apus_type type, const void *dy, const int32_t *positions, const int64_t *offsets,
    int64_t sequences, int64_t columns, void *dx) {
  int64_t bytes = offsets[sequences] * columns * (type == APUS_BFLOAT16 ? 2 : 4);
  memset(dx, 0, (size_t)bytes);
  job j = {type, dy, offsets, columns, 0, dx, (int32_t *)positions};
  apus_parallel(sequences * columns, 1 << 13, place_range, &j);
}

// Adding up blocks of rows keeps the rounding error from growing with their number.
enum { ROWS = 512 };

static void sum_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  float partial[CHUNK], buffer[CHUNK];
  for (int64_t n; begin < end; begin += n) {
    int64_t sequence = begin / j->columns, column = begin % j->columns;
    n = chunk_length(begin, end);
    n = j->columns - column < n ? j->columns - column : n;
    float *y = (float *)j->y + begin;
    memset(y, 0, (size_t)n * sizeof(float));
    int64_t last = j->offsets[sequence + 1];
    for (int64_t row = j->offsets[sequence]; row < last;) {
      int64_t stop = row + ROWS < last ? row + ROWS : last;
      memset(partial, 0, (size_t)n * sizeof(float));
      for (; row < stop; row++)
        add_floats(load_chunk(j->type, j->x, row * j->columns + column, n, buffer), partial, n);
      add_floats(partial, y, n);
    }
    for (int64_t i = 0; i < n; i++) y[i] *= j->scales[sequence];
  }
}

void apus_sequence_sum(
    apus_type type, const void *x, const int64_t *offsets, int64_t sequences, int64_t columns,
    const float *scales, float *y) {
  job j = {type, x, offsets, columns, scales, y, 0};
  apus_parallel(sequences * columns, grain(&j, sequences), sum_range, &j);
}

// Rows begin..<end.
static void spread_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  float buffer[CHUNK];
  int64_t sequence = 0;
  for (int64_t row = begin; row < end; row++) {
    while (row >= j->offsets[sequence + 1]) sequence++;
    for (int64_t n, c = 0; c < j->columns; c += n) {
      n = chunk_length(c, j->columns);
      float *dx = result_chunk(j->type, j->y, row * j->columns + c, buffer);
      scale((const float *)j->x + sequence * j->columns + c, j->scales[sequence], dx, n);
      store_chunk(j->type, dx, j->y, row * j->columns + c, n);
    }
  }
}

void apus_sequence_sum_backward(
    const float *dy, const int64_t *offsets, int64_t sequences, int64_t columns,
    const float *scales, apus_type type, void *dx) {
  job j = {type, dy, offsets, columns, scales, dx, 0};
  apus_parallel(offsets[sequences], 1 + (1 << 14) / (columns + 1), spread_range, &j);
}
