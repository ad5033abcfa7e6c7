#include "scalars.h"

#include <string.h>

#include "chunks.h"
#include "parallel.h"

typedef struct {
  const void *x;
  void *y;
  apus_type from;
  apus_type to;
} conversion;

CLONES static void widen(const bf16 *restrict x, float *restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = bf16_to_float(x[i]);
}

CLONES static void narrow(const float *restrict x, bf16 *restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = float_to_bf16(x[i]);
}

void apus_widen(const bf16 *x, float *y, int64_t count) { widen(x, y, count); }
void apus_narrow(const float *x, bf16 *y, int64_t count) { narrow(x, y, count); }

static void convert_range(void *context, int64_t begin, int64_t end) {
  const conversion *c = context;
  int64_t count = end - begin;
  if (c->from == APUS_BFLOAT16)
    widen((const bf16 *)c->x + begin, (float *)c->y + begin, count);
  else
    narrow((const float *)c->x + begin, (bf16 *)c->y + begin, count);
}

void apus_convert(apus_type from, const void *x, apus_type to, void *y, int64_t count) {
  if (from == to) {
    memcpy(y, x, (size_t)count * (from == APUS_BFLOAT16 ? 2 : 4));
    return;
  }
  conversion c = {x, y, from, to};
  apus_parallel(count, 1 << 14, convert_range, &c);
}
