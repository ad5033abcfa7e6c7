#include "loss.h"

#include <math.h>

#include "parallel.h"
#include "rows.h"

typedef struct {
  const apus_loss_shape *shape;
  const float *logits;
  const int32_t *targets;
  float *losses;
  apus_type d_type;
  void *d_logits;
} job;

CLONES static void loss_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_loss_shape *s = j->shape;
  int64_t n = s->columns;
  for (int64_t r = begin; r < end; r++) {
    const float *x = j->logits + r * n;
    bool counts = !(s->has_ignored && j->targets[r] == s->ignored);
    if (!counts) {
      j->losses[r] = 0;
      if (j->d_logits)
        memset((char *)j->d_logits + r * n * (j->d_type == APUS_BFLOAT16 ? 2 : 4), 0,
               (size_t)n * (j->d_type == APUS_BFLOAT16 ? 2 : 4));
      continue;
    }
    float top = row_max(x, n);
    float parts[ROW_LANES] = {0}, sums[ROW_LANES] = {0};
    int64_t i = 0;
    for (; i + ROW_LANES <= n; i += ROW_LANES)
      for (int l = 0; l < ROW_LANES; l++) {
        parts[l] += fast_exp(x[i + l] - top);
        sums[l] += x[i + l] - top;
      }
    for (; i < n; i++) {
      parts[0] += fast_exp(x[i] - top);
      sums[0] += x[i] - top;
    }
    // In double, since a vocabulary has up to 10^5 terms.
    double total = 0, sum = 0;
    for (int l = 0; l < ROW_LANES; l++) total += parts[l], sum += sums[l];
    double log_total = log(total);
    int32_t target = j->targets[r];
    double own = log_total - (x[target] - top), even = log_total - sum / (double)n;
    j->losses[r] = (float)((1 - s->smoothing) * own + s->smoothing * even);
    // A maximum skips NaNs; the loss must not.
    if (total != total) j->losses[r] = __builtin_nanf("");
    if (!j->d_logits) continue;

    float shift = top + (float)log_total, rest = s->smoothing / (float)n;
    float scale = s->scale, own_share = 1 - s->smoothing;
    float own_gradient = scale * (fast_exp(x[target] - shift) - rest - own_share);
    if (j->d_type == APUS_BFLOAT16) {
      bf16 *d = (bf16 *)j->d_logits + r * n;
      for (i = 0; i < n; i++) d[i] = float_to_bf16(scale * (fast_exp(x[i] - shift) - rest));
      d[target] = float_to_bf16(own_gradient);
    } else {
      float *d = (float *)j->d_logits + r * n;
      for (i = 0; i < n; i++) d[i] = scale * (fast_exp(x[i] - shift) - rest);
      d[target] = own_gradient;
    }
  }
}

void apus_cross_entropy(
    const apus_loss_shape *shape, const float *logits, const int32_t *targets, float *losses,
    apus_type d_type, void *d_logits) {
  job j = {shape, logits, targets, losses, d_type, d_logits};
  apus_parallel(shape->rows, 1 + (1 << 13) / (shape->columns + 1), loss_rows, &j);
}
