#include "loss.h"

#include <math.h>

#include "parallel.h"
#include "rows.h"

typedef struct {
  const apus_loss_shape *shape;
  float *logits, *bases;
  const int32_t *targets;
  apus_loss_row *known;
  apus_type d_type;
  void *d_logits;
} job;

static bool counts(const apus_loss_shape *s, int32_t target) {
  return !(s->has_ignored && target == s->ignored);
}

static bool is_in_block(const apus_loss_shape *s, int32_t target) {
  return target >= s->first && target < s->first + s->width;
}

// x becomes exp(x − base). Sums are of few enough terms for Float32.
INLINE void add_exponentials(float *x, float base, int64_t n, apus_loss_row *row) {
  float exponentials[ROW_LANES] = {0}, sums[ROW_LANES] = {0};
  int64_t i = 0;
  for (; i + ROW_LANES <= n; i += ROW_LANES)
    for (int l = 0; l < ROW_LANES; l++) {
      sums[l] += x[i + l];
      x[i + l] = fast_exp(x[i + l] - base);
      exponentials[l] += x[i + l];
    }
  for (; i < n; i++) {
    sums[0] += x[i];
    x[i] = fast_exp(x[i] - base);
    exponentials[0] += x[i];
  }
  for (int l = 0; l < ROW_LANES; l++)
    row->exponentials += exponentials[l], row->sum += sums[l];
}

CLONES static void block_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_loss_shape *s = j->shape;
  for (int64_t r = begin; r < end; r++) {
    if (!counts(s, j->targets[r])) continue;
    float *x = j->logits + r * s->width;
    apus_loss_row *row = j->known + r;
    float largest = row_max(x, s->width);
    largest = largest > row->largest ? largest : row->largest;
    if (row->exponentials != 0) row->exponentials *= exp((double)row->largest - largest);
    row->largest = largest;
    // Classes that are ruled out have logits of minus infinity, in some blocks all of them.
    float base = largest == -__builtin_inff() ? 0 : largest;
    j->bases[r] = base;
    if (is_in_block(s, j->targets[r])) row->target = x[j->targets[r] - s->first];
    add_exponentials(x, base, s->width, row);
  }
}

// Rows of at least so many logits are worth a thread of their own.
static int64_t grain(const apus_loss_shape *s) { return 1 + (1 << 13) / (s->width + 1); }

void apus_loss_block(
    const apus_loss_shape *shape, float *logits, const int32_t *targets, apus_loss_row *known,
    float *bases) {
  job j = {shape, logits, bases, targets, known, APUS_FLOAT32, NULL};
  apus_parallel(shape->rows, grain(shape), block_rows, &j);
}

void apus_loss_rows(
    const apus_loss_shape *s, const int32_t *targets, const apus_loss_row *known, float *losses) {
  for (int64_t r = 0; r < s->rows; r++) {
    const apus_loss_row *row = known + r;
    double log_total = log(row->exponentials) + row->largest;
    double loss = (1 - s->smoothing) * (log_total - row->target);
    // Without smoothing, classes that are ruled out count for nothing.
    if (s->smoothing > 0) loss += s->smoothing * (log_total - row->sum / (double)s->columns);
    losses[r] = counts(s, targets[r]) ? (float)loss : 0;
  }
}

CLONES static void gradient_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_loss_shape *s = j->shape;
  int64_t n = s->width, size = j->d_type == APUS_BFLOAT16 ? 2 : 4;
  for (int64_t r = begin; r < end; r++) {
    char *d = (char *)j->d_logits + r * n * size;
    int32_t target = j->targets[r];
    if (!counts(s, target)) {
      memset(d, 0, (size_t)(n * size));
      continue;
    }
    const apus_loss_row *row = j->known + r;
    const float *x = j->logits + r * n;
    float rest = s->scale * s->smoothing / (float)s->columns;
    float factor =
        (float)(s->scale * exp((double)j->bases[r] - row->largest) / row->exponentials);
    int64_t own = is_in_block(s, target) ? target - s->first : -1;
    float own_gradient = own < 0 ? 0 : x[own] * factor - rest - s->scale * (1 - s->smoothing);
    if (j->d_type == APUS_BFLOAT16) {
      bf16 *y = (bf16 *)d;
      for (int64_t i = 0; i < n; i++) y[i] = float_to_bf16(x[i] * factor - rest);
      if (own >= 0) y[own] = float_to_bf16(own_gradient);
    } else {
      float *y = (float *)d;
      for (int64_t i = 0; i < n; i++) y[i] = x[i] * factor - rest;
      if (own >= 0) y[own] = own_gradient;
    }
  }
}

void apus_loss_block_gradient(
    const apus_loss_shape *shape, float *exponentials, const float *bases, const int32_t *targets,
    const apus_loss_row *known, apus_type d_type, void *d_logits) {
  job j = {
      shape, exponentials, (float *)bases, targets, (apus_loss_row *)known, d_type, d_logits};
  apus_parallel(shape->rows, grain(shape), gradient_rows, &j);
}
