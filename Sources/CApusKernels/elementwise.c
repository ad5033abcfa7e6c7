#include "elementwise.h"

#include "parallel.h"
#include "vector.h"

typedef struct {
  apus_type a_type, b_type;
  const void *a, *b;
  void *y;
} addition;

CLONES static void add_ff(const float *a, const float *b, float *y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = a[i] + b[i];
}
CLONES static void add_fb(const float *a, const bf16 *b, float *y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = a[i] + bf16_to_float(b[i]);
}
CLONES static void add_bf(const bf16 *a, const float *b, bf16 *y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = float_to_bf16(bf16_to_float(a[i]) + b[i]);
}
CLONES static void add_bb(const bf16 *a, const bf16 *b, bf16 *y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = float_to_bf16(bf16_to_float(a[i]) + bf16_to_float(b[i]));
}

static void add_range(void *context, int64_t i, int64_t end) {
  const addition *s = context;
  int64_t n = end - i;
  if (s->a_type == APUS_FLOAT32) {
    const float *a = (const float *)s->a + i;
    float *y = (float *)s->y + i;
    if (s->b_type == APUS_FLOAT32)
      add_ff(a, (const float *)s->b + i, y, n);
    else
      add_fb(a, (const bf16 *)s->b + i, y, n);
  } else {
    const bf16 *a = (const bf16 *)s->a + i;
    bf16 *y = (bf16 *)s->y + i;
    if (s->b_type == APUS_FLOAT32)
      add_bf(a, (const float *)s->b + i, y, n);
    else
      add_bb(a, (const bf16 *)s->b + i, y, n);
  }
}

void apus_add(
    apus_type a_type, const void *a, apus_type b_type, const void *b, void *y, int64_t count) {
  addition s = {a_type, b_type, a, b, y};
  apus_parallel(count, 1 << 14, add_range, &s);
}
