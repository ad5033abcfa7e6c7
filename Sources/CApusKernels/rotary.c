#include "rotary.h"

#include <string.h>

#include "parallel.h"
#include "vector.h"

typedef struct {
  const apus_rotary_shape *shape;
  const void *x;
  void *y;
} job;

#define TURN(NAME, TYPE, LOAD, STORE)                                                          \
  CLONES static void NAME(                                                                     \
      const TYPE *restrict x, TYPE *restrict y, const float *restrict cosines,                 \
      const float *restrict sines, float sign, int64_t half) {                                 \
    for (int64_t i = 0; i < half; i++) {                                                       \
      float a = LOAD(x, i), b = LOAD(x, half + i), s = sign * sines[i];                        \
      STORE(y, i, a * cosines[i] - b * s);                                                     \
      STORE(y, half + i, b * cosines[i] + a * s);                                              \
    }                                                                                          \
  }

TURN(turn_float, float, load_float, store_float)
TURN(turn_bf16, bf16, load_bf16, store_bf16)

static void turn_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_rotary_shape *s = j->shape;
  int64_t size = s->head_size, half = size / 2, model = s->head_count * size;
  float sign = s->inverse ? -1.0f : 1.0f;
  size_t width = s->type == APUS_BFLOAT16 ? 2 : 4;
  for (int64_t row = begin; row < end; row++) {
    const float *cosines = s->table + s->positions[row] * size, *sines = cosines + half;
    for (int64_t head = 0; head < 2 * s->head_count; head++) {
      int64_t at = row * 3 * model + head * size;
      if (s->type == APUS_BFLOAT16)
        turn_bf16((const bf16 *)j->x + at, (bf16 *)j->y + at, cosines, sines, sign, half);
      else
        turn_float((const float *)j->x + at, (float *)j->y + at, cosines, sines, sign, half);
    }
    size_t values = (size_t)(row * 3 * model + 2 * model) * width;
    memcpy((char *)j->y + values, (const char *)j->x + values, (size_t)model * width);
  }
}

void apus_rotary(const apus_rotary_shape *shape, const void *x, void *y) {
  job j = {shape, x, y};
  int64_t columns = 3 * shape->head_count * shape->head_size;
  apus_parallel(shape->rows, 1 + (1 << 14) / columns, turn_rows, &j);
}
