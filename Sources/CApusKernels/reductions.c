#include "reductions.h"

#include <stdlib.h>
#include <string.h>

#include "chunks.h"
#include "parallel.h"
#include "row_sums.h"

typedef struct {
  apus_type type;
  const void *x;
  int64_t outer, axis, inner;
  float scale;
  float *y;
} reduction;

CLONES static void scale_floats(float *restrict x, float scale, int64_t count) {
  for (int64_t i = 0; i < count; i++) x[i] *= scale;
}

// Adding up blocks of rows keeps the rounding error from growing with their number.
enum { STRIP = 512, ROWS = 512 };

// Sums n columns from the offset `start` on over the rows first..<last.
static void sum_block(
    const reduction *r, int64_t start, int64_t first, int64_t last, int64_t n, float *y) {
  memset(y, 0, (size_t)n * sizeof(float));
  for (int64_t row = first; row < last; row++) {
    int64_t at = start + row * r->inner;
    if (r->type == APUS_BFLOAT16)
      add_bf16((const bf16 *)r->x + at, y, n);
    else
      add_floats((const float *)r->x + at, y, n);
  }
}

static void sum_strip(const reduction *r, int64_t outer, int64_t column, int64_t n, float *y) {
  float partial[STRIP];
  int64_t start = outer * r->axis * r->inner + column;
  memset(y, 0, (size_t)n * sizeof(float));
  for (int64_t first = 0; first < r->axis; first += ROWS) {
    int64_t end = first + ROWS < r->axis ? first + ROWS : r->axis;
    sum_block(r, start, first, end, n, partial);
    add_floats(partial, y, n);
  }
  if (r->scale != 1) scale_floats(y, r->scale, n);
}

// Blocks begin..<end of ROWS rows, each to a row of partial sums.
static void sum_blocks(void *context, int64_t begin, int64_t end) {
  const reduction *r = context;
  for (int64_t block = begin; block < end; block++) {
    int64_t first = block * ROWS, last = first + ROWS < r->axis ? first + ROWS : r->axis;
    sum_block(r, 0, first, last, r->inner, r->y + block * r->inner);
  }
}

// The results begin..<end, seen as [outer * inner].
static void sum_columns(void *context, int64_t begin, int64_t end) {
  const reduction *r = context;
  for (int64_t n; begin < end; begin += n) {
    int64_t outer = begin / r->inner, column = begin % r->inner;
    n = r->inner - column < end - begin ? r->inner - column : end - begin;
    n = n < STRIP ? n : STRIP;
    sum_strip(r, outer, column, n, r->y + begin);
  }
}

// Many partial sums at once, so that the order is the same on every instruction set.
enum { LANES = 64 };

CLONES static float sum_chunk(const float *x, int64_t count) {
  float lanes[LANES] = {0};
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) lanes[lane] += x[i + lane];
  for (int lane = 0; i + lane < count; lane++) lanes[lane] += x[i + lane];
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  return lanes[0];
}

static void sum_runs(void *context, int64_t begin, int64_t end) {
  const reduction *r = context;
  float buffer[CHUNK];
  for (int64_t row = begin; row < end; row++) {
    double sum = 0;
    int64_t stop = (row + 1) * r->axis;
    for (int64_t n, i = row * r->axis; i < stop; i += n) {
      n = chunk_length(i, stop);
      sum += sum_chunk(load_chunk(r->type, r->x, i, n, buffer), n);
    }
    r->y[row] = (float)(sum * r->scale);
  }
}

void apus_sum(
    apus_type type, const void *x, int64_t outer, int64_t axis, int64_t inner, float scale,
    float *y) {
  reduction r = {type, x, outer, axis, inner, scale, y};
  int64_t grain = 1 + (1 << 15) / (axis + 1);
  if (inner == 1)
    apus_parallel(outer, grain, sum_runs, &r);
  else
    apus_parallel(outer * inner, grain > 16 ? grain : 16, sum_columns, &r);
}

void apus_sum_rows(apus_type type, const void *x, int64_t rows, int64_t columns, float *y) {
  int64_t blocks = (rows + ROWS - 1) / ROWS;
  // Threads that share the rows read them whole, those that share the columns in pieces; the order
  // of additions is the same.
  bool share_rows = blocks >= 2 * apus_thread_count();
  float *partials = share_rows ? malloc((size_t)(blocks * columns) * sizeof(float)) : NULL;
  if (!partials) {
    apus_sum(type, x, 1, rows, columns, 1, y);
    return;
  }
  reduction r = {type, x, 1, rows, columns, 1, partials};
  apus_parallel(blocks, 1, sum_blocks, &r);
  memset(y, 0, (size_t)columns * sizeof(float));
  for (int64_t block = 0; block < blocks; block++) add_floats(partials + block * columns, y, columns);
  free(partials);
}

typedef struct {
  apus_type x_type, y_type;
  const void *x;
  void *y;
  int32_t *positions;
  int64_t axis, inner;
} maximum;

static float element(apus_type type, const void *x, int64_t i) {
  return type == APUS_FLOAT32 ? ((const float *)x)[i] : bf16_to_float(((const bf16 *)x)[i]);
}

static void find_max(void *context, int64_t begin, int64_t end) {
  const maximum *m = context;
  for (int64_t i = begin; i < end; i++) {
    int64_t start = i / m->inner * m->axis * m->inner + i % m->inner;
    int64_t best = 0;
    float greatest = element(m->x_type, m->x, start);
    for (int64_t j = 1; j < m->axis; j++) {
      float x = element(m->x_type, m->x, start + j * m->inner);
      if (x > greatest || (x != x && greatest == greatest)) {
        greatest = x;
        best = j;
      }
    }
    m->positions[i] = (int32_t)best;
    if (m->x_type == APUS_FLOAT32)
      ((float *)m->y)[i] = greatest;
    else
      ((bf16 *)m->y)[i] = float_to_bf16(greatest);
  }
}

void apus_max(
    apus_type type, const void *x, int64_t outer, int64_t axis, int64_t inner, void *y,
    int32_t *positions) {
  maximum m = {type, type, x, y, positions, axis, inner};
  apus_parallel(outer * inner, 1 + (1 << 14) / (axis + 1), find_max, &m);
}

static void place_range(void *context, int64_t begin, int64_t end) {
  const maximum *m = context;
  for (int64_t i = begin; i < end; i++) {
    int64_t at = (i / m->inner * m->axis + m->positions[i]) * m->inner + i % m->inner;
    float value = element(m->x_type, m->x, i);
    if (m->y_type == APUS_FLOAT32)
      ((float *)m->y)[at] = value;
    else
      ((bf16 *)m->y)[at] = float_to_bf16(value);
  }
}

void apus_place(
    apus_type y_type, const void *y, const int32_t *positions, int64_t outer, int64_t axis,
    int64_t inner, apus_type x_type, void *x) {
  memset(x, 0, (size_t)(outer * axis * inner) * (x_type == APUS_FLOAT32 ? 4 : 2));
  maximum m = {y_type, x_type, y, x, (int32_t *)positions, axis, inner};
  apus_parallel(outer * inner, 1 << 13, place_range, &m);
}
