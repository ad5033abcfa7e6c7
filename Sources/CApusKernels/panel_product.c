#include "panel_product.h"

#include <math.h>

#include "chunks.h"
#include "lanes.h"
#include "parallel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { PANEL = 64, VECTORS = PANEL / LANES, ROWS = 4, WEIGHT_LIMIT = 127 };

typedef uint32_t words __attribute__((vector_size(64), aligned(4)));

typedef struct {
  const apus_panel_shape *shape;
  // Float32 for bf16 weights, 16-bit integers for 8-bit weights; an even number a row.
  const void *rows;
  const float *row_scales;
  const void *packed;
  const float *bias;
  void *y;
} job;

static int64_t panel_count(int64_t n) { return (n + PANEL - 1) / PANEL; }
static int64_t even(int64_t k) { return k + (k & 1); }

int64_t apus_panel_size(apus_panel_type weights, int64_t n, int64_t k) {
  int64_t outputs = panel_count(n) * PANEL;
  return weights == APUS_PANEL_INT8 ? outputs * (even(k) + (int64_t)sizeof(float))
                                    : outputs * even(k) * (int64_t)sizeof(bf16);
}

// The larger magnitude; what is no number stays.
INLINE float larger(float largest, float x) {
  float size = fabsf(x);
  return size > largest || size != size ? size : largest;
}

// What is no number becomes 0, since its scale is no number either.
INLINE float rounded(float x, float limit) {
  float nearest = rintf(x);
  return fabsf(nearest) <= limit ? nearest : 0;
}

// The scales of 8-bit weights stand behind all panels.
static float *weight_scales(const void *packed, int64_t n, int64_t k) {
  return (float *)((int8_t *)packed + panel_count(n) * PANEL * even(k));
}

// --- Packing ---

typedef struct {
  apus_panel_type weights;
  int64_t n, k, row, column;
  const float *w;
  void *packed;
} packing;

CLONES static void pack_panels(const packing *p, int64_t begin, int64_t end) {
  int64_t k = even(p->k);
  float *scales = weight_scales(p->packed, p->n, p->k);
  for (int64_t panel = begin; panel < end; panel++) {
    int64_t first = panel * PANEL, count = p->n - first < PANEL ? p->n - first : PANEL;
    float factors[PANEL];
    if (p->weights == APUS_PANEL_INT8) {
      for (int64_t o = 0; o < PANEL; o++) factors[o] = 0;
      for (int64_t i = 0; i < p->k; i++)
        for (int64_t o = 0; o < count; o++)
          factors[o] = larger(factors[o], p->w[i * p->row + (first + o) * p->column]);
      for (int64_t o = 0; o < PANEL; o++) {
        scales[first + o] = factors[o] / WEIGHT_LIMIT;
        factors[o] = factors[o] > 0 ? WEIGHT_LIMIT / factors[o] : 0;
      }
    }
    for (int64_t i = 0; i < k; i++) {
      int64_t target = panel * PANEL * k + (i & ~1) * PANEL + (i & 1);
      for (int64_t o = 0; o < PANEL; o++) {
        bool exists = i < p->k && o < count;
        float value = exists ? p->w[i * p->row + (first + o) * p->column] : 0;
        if (p->weights == APUS_PANEL_INT8)
          ((int8_t *)p->packed)[target + 2 * o] = (int8_t)rounded(value * factors[o], WEIGHT_LIMIT);
        else
          ((bf16 *)p->packed)[target + 2 * o] = float_to_bf16(value);
      }
    }
  }
}

static void pack_task(void *context, int64_t begin, int64_t end) {
  pack_panels(context, begin, end);
}

void apus_panel_pack(
    apus_panel_type weights, int64_t n, int64_t k, const float *w, int64_t row, int64_t column,
    void *packed) {
  packing p = {weights, n, k, row, column, w, packed};
  apus_parallel(panel_count(n), 1, pack_task, &p);
}

// --- Results ---

INLINE void put(
    const job *j, int64_t row, int64_t first, const float *restrict sums, int64_t count) {
  const apus_panel_shape *s = j->shape;
  for (int64_t o = 0; o < count; o++) {
    float value = j->bias ? sums[o] + j->bias[first + o] : sums[o];
    if (s->y_type == APUS_BFLOAT16)
      ((bf16 *)j->y)[row * s->n + first + o] = float_to_bf16(value);
    else
      ((float *)j->y)[row * s->n + first + o] = value;
  }
}

INLINE int64_t outputs_of(const job *j, int64_t panel) {
  int64_t left = j->shape->n - panel * PANEL;
  return left < PANEL ? left : PANEL;
}

// Runs MULTIPLY(job, number of rows, first row, panel) for all rows and panels of a range.
#define PANEL_RANGE(ATTRIBUTES, NAME, MULTIPLY)                            \
  ATTRIBUTES static void NAME(const job *j, int64_t begin, int64_t end) {  \
    int64_t m = j->shape->m;                                               \
    for (int64_t panel = begin; panel < end; panel++)                      \
      for (int64_t row = 0; row < m; row += ROWS) switch (m - row) {       \
          case 1: MULTIPLY(j, 1, row, panel); break;                       \
          case 2: MULTIPLY(j, 2, row, panel); break;                       \
          case 3: MULTIPLY(j, 3, row, panel); break;                       \
          default: MULTIPLY(j, 4, row, panel);                             \
        }                                                                  \
  }

// --- bf16: the two inputs of a word become Float32 by a shift and a mask. ---

INLINE void multiply_bf16(const job *j, const int rows, int64_t row, int64_t panel) {
  int64_t k = even(j->shape->k);
  const float *x = (const float *)j->rows + row * k;
  const bf16 *w = (const bf16 *)j->packed + panel * PANEL * k;
  lanes sums[ROWS][VECTORS] = {0};
  for (int64_t i = 0; i < k; i += 2)
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) {
      words pair = *(const words *)(w + i * PANEL + 2 * v * LANES);
      lanes first = (lanes)(pair << 16), second = (lanes)(pair & 0xFFFF0000u);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++)
        sums[r][v] += x[r * k + i] * first, sums[r][v] += x[r * k + i + 1] * second;
    }
  for (int r = 0; r < rows; r++)
    put(j, row + r, panel * PANEL, (const float *)sums[r], outputs_of(j, panel));
}

PANEL_RANGE(CLONES, bf16_range, multiply_bf16)

static void bf16_task(void *context, int64_t begin, int64_t end) {
  bf16_range(context, begin, end);
}

// --- 8-bit weights ---

INLINE void put_integers(
    const job *j, int64_t row, int64_t panel, const int32_t *restrict totals) {
  const float *scales =
      weight_scales(j->packed, j->shape->n, j->shape->k) + panel * PANEL;
  float sums[PANEL], scale = j->row_scales[row];
  for (int64_t o = 0; o < PANEL; o++) sums[o] = (float)totals[o] * (scale * scales[o]);
  put(j, row, panel * PANEL, sums, outputs_of(j, panel));
}

INLINE void multiply_int8(const job *j, const int rows, int64_t row, int64_t panel) {
  int64_t k = even(j->shape->k);
  const int8_t *w = (const int8_t *)j->packed + panel * PANEL * k;
  for (int r = 0; r < rows; r++) {
    const int16_t *x = (const int16_t *)j->rows + (row + r) * k;
    int32_t totals[PANEL] = {0};
    for (int64_t i = 0; i < k; i += 2)
      for (int64_t o = 0; o < PANEL; o++)
        totals[o] += w[i * PANEL + 2 * o] * x[i] + w[i * PANEL + 2 * o + 1] * x[i + 1];
    put_integers(j, row + r, panel, totals);
  }
}

PANEL_RANGE(CLONES, int8_range, multiply_int8)

#if defined(__x86_64__)
// Which the compiler does not find by itself: a pair of inputs in one instruction.
#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

VNNI INLINE void multiply_int8_vnni(const job *j, const int rows, int64_t row, int64_t panel) {
  int64_t k = even(j->shape->k);
  const int16_t *x = (const int16_t *)j->rows + row * k;
  const int8_t *w = (const int8_t *)j->packed + panel * PANEL * k;
  __m512i totals[ROWS][VECTORS];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) totals[r][v] = _mm512_setzero_si512();
  for (int64_t i = 0; i < k; i += 2)
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) {
      const __m256i *pairs = (const __m256i *)(w + i * PANEL + 2 * v * LANES);
      __m512i wide = _mm512_cvtepi8_epi16(_mm256_loadu_si256(pairs));
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        int32_t input;
        memcpy(&input, x + r * k + i, sizeof input);
        totals[r][v] = _mm512_dpwssd_epi32(totals[r][v], wide, _mm512_set1_epi32(input));
      }
    }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) put_integers(j, row + r, panel, (const int32_t *)totals[r]);
}

PANEL_RANGE(VNNI, int8_range_vnni, multiply_int8_vnni)
#endif

static void int8_task(void *context, int64_t begin, int64_t end) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")) {
    int8_range_vnni(context, begin, end);
    return;
  }
#endif
  int8_range(context, begin, end);
}

// --- Rows ---

typedef struct {
  const apus_panel_shape *shape;
  const void *x;
  void *rows;
  float *scales;
} preparation;

CLONES static void prepare_range(const preparation *p, int64_t begin, int64_t end) {
  const apus_panel_shape *s = p->shape;
  int64_t k = even(s->k);
  float buffer[CHUNK];
  // The largest integers whose products with weights can't exceed 32 bits in sum.
  int64_t safe = INT32_MAX / (WEIGHT_LIMIT * k), limit = safe < INT16_MAX ? safe : INT16_MAX;
  for (int64_t row = begin; row < end; row++) {
    float largest = 0, factor = 0;
    for (int64_t i = 0; s->weights == APUS_PANEL_INT8 && i < s->k; i += CHUNK) {
      int64_t count = chunk_length(i, s->k);
      const float *x = load_chunk(s->x_type, p->x, row * s->k + i, count, buffer);
      for (int64_t t = 0; t < count; t++) largest = larger(largest, x[t]);
    }
    if (s->weights == APUS_PANEL_INT8) {
      p->scales[row] = largest / (float)limit;
      factor = largest > 0 ? (float)limit / largest : 0;
    }
    for (int64_t i = 0; i < s->k; i += CHUNK) {
      int64_t count = chunk_length(i, s->k);
      const float *x = load_chunk(s->x_type, p->x, row * s->k + i, count, buffer);
      int64_t target = row * k + i;
      if (s->weights == APUS_PANEL_INT8)
        for (int64_t t = 0; t < count; t++)
          ((int16_t *)p->rows)[target + t] = (int16_t)rounded(x[t] * factor, (float)limit);
      else
        memcpy((float *)p->rows + target, x, (size_t)count * sizeof(float));
    }
    if (k > s->k && s->weights == APUS_PANEL_INT8) ((int16_t *)p->rows)[row * k + s->k] = 0;
    if (k > s->k && s->weights != APUS_PANEL_INT8) ((float *)p->rows)[row * k + s->k] = 0;
  }
}

static void prepare_task(void *context, int64_t begin, int64_t end) {
  prepare_range(context, begin, end);
}

int64_t apus_panel_scratch(const apus_panel_shape *s) {
  int64_t width = s->weights == APUS_PANEL_INT8 ? sizeof(int16_t) : sizeof(float);
  return s->m * ((int64_t)sizeof(float) + even(s->k) * width);
}

void apus_panel_product(
    const apus_panel_shape *s, const void *x, const void *packed, const float *bias, void *y,
    void *scratch) {
  float *scales = scratch;
  preparation p = {s, x, scales + s->m, scales};
  apus_parallel(s->m, 1 + (1 << 14) / s->k, prepare_task, &p);
  job j = {s, p.rows, scales, packed, bias, y};
  apus_parallel(
      panel_count(s->n), 1 + (1 << 15) / (PANEL * s->k),
      s->weights == APUS_PANEL_INT8 ? int8_task : bf16_task, &j);
}
