// With few rows a product does two operations a row for each weight that comes from memory, so what
// counts is that every core reads without pause: weights are read once, in the order in which they
// lie, and nothing is repacked.

#include "row_product.h"

#include "lanes.h"
#include "parallel.h"

enum { SUMS = 4, ROWS = 4, INPUTS = 8 };
// How far ahead weights are asked for: beyond what the processor's own prefetching covers where one
// row of weights ends and the next begins.
enum { AHEAD = 1024 };

typedef struct {
  const apus_row_product_shape *shape;
  const float *x, *w, *bias;
  float *y;
} job;

#define LANES_AT(x) (*(const lanes *)(x))

// Adds the halves until one is left.
INLINE float sum_of(const lanes *x) {
  typedef float eight __attribute__((vector_size(32)));
  typedef float four __attribute__((vector_size(16)));
  eight a = __builtin_shufflevector(*x, *x, 0, 1, 2, 3, 4, 5, 6, 7) +
            __builtin_shufflevector(*x, *x, 8, 9, 10, 11, 12, 13, 14, 15);
  four b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
  return (b[0] + b[2]) + (b[1] + b[3]);
}

// --- Weights [n,k]: each result is a sum over a contiguous row. ---

INLINE void dot_rows(const job *j, const int rows, int64_t row, int64_t output) {
  int64_t n = j->shape->n, k = j->shape->k, i = 0;
  const float *x = j->x + row * k, *w = j->w + output * k;
  lanes sums[ROWS][SUMS] = {0};
  for (; i + SUMS * LANES <= k; i += SUMS * LANES) {
#pragma clang loop unroll(full)
    for (int s = 0; s < SUMS; s++) {
      __builtin_prefetch(w + i + AHEAD + s * LANES);
      lanes left = LANES_AT(w + i + s * LANES);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) sums[r][s] += left * LANES_AT(x + r * k + i + s * LANES);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
    lanes four = (sums[r][0] + sums[r][1]) + (sums[r][2] + sums[r][3]);
    float total = sum_of(&four);
    for (int64_t t = i; t < k; t++) total += w[t] * x[r * k + t];
    j->y[(row + r) * n + output] = j->bias ? total + j->bias[output] : total;
  }
}

CLONES static void dot_range(const job *j, int64_t begin, int64_t end) {
  int64_t m = j->shape->m;
  for (int64_t output = begin; output < end; output++)
    for (int64_t row = 0; row < m; row += ROWS) switch (m - row) {
        case 1: dot_rows(j, 1, row, output); break;
        case 2: dot_rows(j, 2, row, output); break;
        case 3: dot_rows(j, 3, row, output); break;
        default: dot_rows(j, 4, row, output);
      }
}

static void dot_task(void *context, int64_t begin, int64_t end) { dot_range(context, begin, end); }

// --- Weights [k,n]: each input adds its contiguous row of weights to all results. ---

INLINE void add_inputs(
    const int inputs, int64_t count, int64_t stride, const float *x, const float *restrict w,
    float *restrict sums) {
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    lanes sum = LANES_AT(sums + i);
#pragma clang loop unroll(full)
    for (int p = 0; p < inputs; p++) sum += x[p] * LANES_AT(w + p * stride + i);
    *(lanes *)(sums + i) = sum;
  }
  for (; i < count; i++) {
    float sum = sums[i];
    for (int p = 0; p < inputs; p++) sum += x[p] * w[p * stride + i];
    sums[i] = sum;
  }
}

CLONES static void add_range(const job *j, int64_t begin, int64_t end) {
  const apus_row_product_shape *s = j->shape;
  int64_t count = end - begin;
  const float *w = j->w + begin;
  for (int64_t row = 0; row < s->m; row++) {
    float *sums = j->y + row * s->n + begin;
    if (j->bias)
      memcpy(sums, j->bias + begin, (size_t)count * sizeof(float));
    else
      memset(sums, 0, (size_t)count * sizeof(float));
  }
  int64_t p = 0;
  for (; p + INPUTS <= s->k; p += INPUTS)
    for (int64_t row = 0; row < s->m; row++)
      add_inputs(
          INPUTS, count, s->n, j->x + row * s->k + p, w + p * s->n, j->y + row * s->n + begin);
  for (; p < s->k; p++)
    for (int64_t row = 0; row < s->m; row++)
      add_inputs(1, count, s->n, j->x + row * s->k + p, w + p * s->n, j->y + row * s->n + begin);
}

static void add_task(void *context, int64_t begin, int64_t end) { add_range(context, begin, end); }

void apus_row_product(
    const apus_row_product_shape *shape, const float *x, const float *w, const float *bias,
    float *y) {
  job j = {shape, x, w, bias, y};
  apus_parallel(
      shape->n, 1 + (1 << 15) / shape->k, shape->transposed ? dot_task : add_task, &j);
}
