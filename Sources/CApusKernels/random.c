#include "random.h"

#include <math.h>

#include "parallel.h"
#include "philox.h"

typedef struct {
  uint64_t key, step;
  float low, scale;
  // The largest result, since rounding could reach the end that is not included.
  float last;
  float *x;
  int64_t count;
} draw;

CLONES static void uniform_blocks(void *context, int64_t begin, int64_t end) {
  const draw *d = context;
  for (int64_t i = begin; i < end; i++) {
    philox_block b = philox(d->key, d->step, (uint64_t)i);
    uint32_t words[4] = {b.x, b.y, b.z, b.w};
    for (int j = 0; j < 4 && 4 * i + j < d->count; j++) {
      float x = d->low + d->scale * unit_float(words[j]);
      d->x[4 * i + j] = x < d->last ? x : d->last;
    }
  }
}

static void normal_blocks(void *context, int64_t begin, int64_t end) {
  const draw *d = context;
  for (int64_t i = begin; i < end; i++) {
    philox_block b = philox(d->key, d->step, (uint64_t)i);
    uint32_t words[4] = {b.x, b.y, b.z, b.w};
    for (int j = 0; j < 4 && 4 * i + j < d->count; j++) {
      // 1 - u is never zero, so the logarithm is finite.
      double radius = sqrt(-2 * log(1 - (words[j & 2] >> 8) * 0x1p-24));
      double angle = 6.283185307179586 * (words[(j & 2) + 1] >> 8) * 0x1p-24;
      d->x[4 * i + j] = d->scale * (float)(radius * (j & 1 ? sin(angle) : cos(angle)));
    }
  }
}

void apus_random_uniform(
    uint64_t key, uint64_t step, float low, float high, float *x, int64_t count) {
  draw d = {key, step, low, high - low, nextafterf(high, low), x, count};
  apus_parallel((count + 3) / 4, 1 << 10, uniform_blocks, &d);
}

void apus_random_normal(
    uint64_t key, uint64_t step, float standard_deviation, float *x, int64_t count) {
  draw d = {key, step, 0, standard_deviation, 0, x, count};
  apus_parallel((count + 3) / 4, 1 << 8, normal_blocks, &d);
}
