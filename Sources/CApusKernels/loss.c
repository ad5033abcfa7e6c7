#include "loss.h"

#include <math.h>

#include "parallel.h"
#include "rows.h"

typedef struct {
  const apus_loss_shape *shape;
  float *logits;
  const int32_t *targets;
  float *losses;
  apus_type d_type;
  void *d_logits;
} job;

typedef struct {
  // In double, since a vocabulary has up to 10^5 terms.
  double exponentials, differences;
} row_sums;

// x becomes exp(x - top), x - top being the differences.
INLINE row_sums exponentials(float *x, float top, int64_t n) {
  float parts[ROW_LANES] = {0}, differences[ROW_LANES] = {0};
  int64_t i = 0;
  for (; i + ROW_LANES <= n; i += ROW_LANES)
    for (int l = 0; l < ROW_LANES; l++) {
      float difference = x[i + l] - top;
      differences[l] += difference;
      x[i + l] = fast_exp(difference);
      parts[l] += x[i + l];
    }
  for (; i < n; i++) {
    differences[0] += x[i] - top;
    x[i] = fast_exp(x[i] - top);
    parts[0] += x[i];
  }
  row_sums sums = {0, 0};
  for (int l = 0; l < ROW_LANES; l++)
    sums.exponentials += parts[l], sums.differences += differences[l];
  return sums;
}

CLONES static void loss_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_loss_shape *s = j->shape;
  int64_t n = s->columns;
  for (int64_t r = begin; r < end; r++) {
    float *x = j->logits + r * n;
    bool counts = !(s->has_ignored && j->targets[r] == s->ignored);
    if (!counts) {
      j->losses[r] = 0;
      if (j->d_logits)
        memset((char *)j->d_logits + r * n * (j->d_type == APUS_BFLOAT16 ? 2 : 4), 0,
               (size_t)n * (j->d_type == APUS_BFLOAT16 ? 2 : 4));
      continue;
    }
    int32_t target = j->targets[r];
    float top = row_max(x, n), target_difference = x[target] - top;
    row_sums sums = exponentials(x, top, n);
    double log_total = log(sums.exponentials);
    double loss = (1 - s->smoothing) * (log_total - target_difference);
    // Without smoothing, classes that are ruled out by a logit of minus infinity count for nothing.
    if (s->smoothing > 0) loss += s->smoothing * (log_total - sums.differences / (double)n);
    j->losses[r] = (float)loss;
    // A maximum skips NaNs; the loss must not.
    if (sums.exponentials != sums.exponentials) j->losses[r] = __builtin_nanf("");
    if (!j->d_logits) continue;

    float rest = s->scale * s->smoothing / (float)n, own_share = s->scale * (1 - s->smoothing);
    float factor = (float)(s->scale / sums.exponentials);
    float own_gradient = x[target] * factor - rest - own_share;
    if (j->d_type == APUS_BFLOAT16) {
      bf16 *d = (bf16 *)j->d_logits + r * n;
      for (int64_t i = 0; i < n; i++) d[i] = float_to_bf16(x[i] * factor - rest);
      d[target] = float_to_bf16(own_gradient);
    } else {
      for (int64_t i = 0; i < n; i++) x[i] = x[i] * factor - rest;
      x[target] = own_gradient;
    }
  }
}

void apus_cross_entropy(
    const apus_loss_shape *shape, float *logits, const int32_t *targets, float *losses,
    apus_type d_type, void *d_logits) {
  job j = {shape, logits, targets, losses, d_type, d_logits};
  apus_parallel(shape->rows, 1 + (1 << 13) / (shape->columns + 1), loss_rows, &j);
}
