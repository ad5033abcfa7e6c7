#include "softmax.h"

#include <math.h>

#include "chunks.h"
#include "parallel.h"

// Many partial results at once, so that the order of additions is the same on every instruction
// set.
enum { LANES = 32 };

CLONES static float greatest_of(const float *x, int64_t count, float greatest) {
  float lanes[LANES];
  for (int lane = 0; lane < LANES; lane++) lanes[lane] = greatest;
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++)
      lanes[lane] = x[i + lane] > lanes[lane] ? x[i + lane] : lanes[lane];
  for (; i < count; i++) lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
  for (int lane = 0; lane < LANES; lane++) greatest = lanes[lane] > greatest ? lanes[lane] : greatest;
  return greatest;
}

CLONES static float sum_lanes(const float *x, int64_t count) {
  float lanes[LANES] = {0};
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) lanes[lane] += x[i + lane];
  for (int lane = 0; i + lane < count; lane++) lanes[lane] += x[i + lane];
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  return lanes[0];
}

CLONES static void exponentials(const float *x, float shift, float *restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = fast_exp(x[i] - shift);
}

CLONES static void scaled_exponentials(
    const float *x, float shift, float scale, float *restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = scale * fast_exp(x[i] - shift);
}

// In two steps, so that logarithms far below the greatest keep their digits; x and y may be one.
CLONES static void differences(const float *x, float greatest, float log_sum, float *y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = (x[i] - greatest) - log_sum;
}

CLONES static void products(
    const float *a, const float *b, float *restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = a[i] * b[i];
}

typedef struct {
  float greatest;
  // Of e^(x - greatest).
  double sum;
} row_sum;

static row_sum sum_row(apus_type type, const void *x, int64_t start, int64_t columns) {
  float buffer[CHUNK], powers[CHUNK];
  row_sum result = {-INFINITY, 0};
  int64_t end = start + columns;
  for (int64_t n, i = start; i < end; i += n) {
    n = chunk_length(i, end);
    result.greatest = greatest_of(load_chunk(type, x, i, n, buffer), n, result.greatest);
  }
  for (int64_t n, i = start; i < end; i += n) {
    n = chunk_length(i, end);
    exponentials(load_chunk(type, x, i, n, buffer), result.greatest, powers, n);
    result.sum += sum_lanes(powers, n);
  }
  return result;
}

typedef struct {
  bool logarithm;
  apus_type x_type, dy_type, y_type;
  const void *x, *dy;
  void *y;
  int64_t columns;
} job;

static void softmax_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  float buffer[CHUNK], result[CHUNK];
  for (int64_t row = begin; row < end; row++) {
    int64_t start = row * j->columns, stop = start + j->columns;
    row_sum s = sum_row(j->x_type, j->x, start, j->columns);
    float log_sum = (float)log(s.sum), scale = (float)(1 / s.sum);
    for (int64_t n, i = start; i < stop; i += n) {
      n = chunk_length(i, stop);
      const float *x = load_chunk(j->x_type, j->x, i, n, buffer);
      float *y = result_chunk(j->y_type, j->y, i, result);
      if (j->logarithm) {
        differences(x, s.greatest, log_sum, y, n);
      } else {
        scaled_exponentials(x, s.greatest, scale, y, n);
      }
      store_chunk(j->y_type, y, j->y, i, n);
    }
  }
}

void apus_softmax(
    bool logarithm, apus_type x_type, const void *x, int64_t rows, int64_t columns,
    apus_type y_type, void *y) {
  job j = {logarithm, x_type, APUS_FLOAT32, y_type, x, 0, y, columns};
  apus_parallel(rows, 1 + (1 << 12) / (columns + 1), softmax_rows, &j);
}

CLONES static void softmax_gradient(
    const float *y, const float *dy, float mean, float *restrict dx, int64_t count) {
  for (int64_t i = 0; i < count; i++) dx[i] = y[i] * (dy[i] - mean);
}

CLONES static void log_softmax_gradient(
    const float *y, const float *dy, float sum, float *restrict dx, int64_t count) {
  for (int64_t i = 0; i < count; i++) dx[i] = dy[i] - sum * fast_exp(y[i]);
}

static void softmax_backward_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  float y_buffer[CHUNK], dy_buffer[CHUNK], result[CHUNK];
  for (int64_t row = begin; row < end; row++) {
    int64_t start = row * j->columns, stop = start + j->columns;
    // The sum of dy, for softmax weighted by y.
    double sum = 0;
    for (int64_t n, i = start; i < stop; i += n) {
      n = chunk_length(i, stop);
      const float *dy = load_chunk(j->dy_type, j->dy, i, n, dy_buffer);
      if (!j->logarithm) {
        products(load_chunk(j->x_type, j->x, i, n, y_buffer), dy, result, n);
        dy = result;
      }
      sum += sum_lanes(dy, n);
    }
    for (int64_t n, i = start; i < stop; i += n) {
      n = chunk_length(i, stop);
      const float *y = load_chunk(j->x_type, j->x, i, n, y_buffer);
      const float *dy = load_chunk(j->dy_type, j->dy, i, n, dy_buffer);
      float *dx = result_chunk(j->y_type, j->y, i, result);
      (j->logarithm ? log_softmax_gradient : softmax_gradient)(y, dy, (float)sum, dx, n);
      store_chunk(j->y_type, dx, j->y, i, n);
    }
  }
}

void apus_softmax_backward(
    bool logarithm, apus_type y_type, const void *y, apus_type dy_type, const void *dy,
    int64_t rows, int64_t columns, apus_type dx_type, void *dx) {
  job j = {logarithm, y_type, dy_type, dx_type, y, dy, dx, columns};
  apus_parallel(rows, 1 + (1 << 12) / (columns + 1), softmax_backward_rows, &j);
}

typedef struct {
  const apus_targets *targets;
  apus_type type, dy_type, dx_type;
  const void *x, *dy;
  void *dx;
  float *losses, *log_sums;
  int64_t columns;
  // Of the class weights.
  double weight_sum;
} cross_entropy;

static float element(apus_type type, const void *x, int64_t i) {
  return type == APUS_FLOAT32 ? ((const float *)x)[i] : bf16_to_float(((const bf16 *)x)[i]);
}

static double weight_sum(const float *weights, int64_t columns) {
  if (!weights) return (double)columns;
  double sum = 0;
  for (int64_t i = 0; i < columns; i++) sum += weights[i];
  return sum;
}

// The sum over a row of weight times x.
static double weighted_sum(const cross_entropy *c, int64_t start) {
  float buffer[CHUNK], weighted[CHUNK];
  const float *weights = c->targets->class_weights;
  double sum = 0;
  for (int64_t n, i = 0; i < c->columns; i += n) {
    n = chunk_length(i, c->columns);
    const float *x = load_chunk(c->type, c->x, start + i, n, buffer);
    if (weights) {
      products(weights + i, x, weighted, n);
      x = weighted;
    }
    sum += sum_lanes(x, n);
  }
  return sum;
}

// A row's weighted and smoothed loss, before it is focused.
static double plain_loss(const cross_entropy *c, int64_t row, double log_sum) {
  const apus_targets *t = c->targets;
  int64_t start = row * c->columns;
  int32_t target = t->targets[row];
  double weight = t->class_weights ? t->class_weights[target] : 1;
  double loss = (1 - t->smoothing) * weight * (log_sum - element(c->type, c->x, start + target));
  if (t->smoothing > 0)
    loss += t->smoothing / c->columns * (c->weight_sum * log_sum - weighted_sum(c, start));
  return loss;
}

// 1 - p of the target, without the loss of digits where p is near 1.
static double doubt(const cross_entropy *c, int64_t row, double log_sum) {
  int64_t target = row * c->columns + c->targets->targets[row];
  return -expm1(element(c->type, c->x, target) - log_sum);
}

static void loss_rows(void *context, int64_t begin, int64_t end) {
  const cross_entropy *c = context;
  const apus_targets *t = c->targets;
  for (int64_t row = begin; row < end; row++) {
    int32_t target = t->targets[row];
    if (t->ignores && target == t->ignored) {
      c->losses[row] = c->log_sums[row] = 0;
      continue;
    }
    row_sum s = sum_row(c->type, c->x, row * c->columns, c->columns);
    double log_sum = s.greatest + log(s.sum);
    double loss = plain_loss(c, row, log_sum);
    if (t->focusing > 0) loss *= pow(fmax(doubt(c, row, log_sum), 0), t->focusing);
    c->losses[row] = (float)loss;
    c->log_sums[row] = (float)log_sum;
  }
}

void apus_row_cross_entropy(
    const apus_targets *targets, apus_type type, const void *x, int64_t rows, int64_t columns,
    float *losses, float *log_sums) {
  cross_entropy c = {targets, type, APUS_FLOAT32, APUS_FLOAT32, x, 0, 0, losses, log_sums, columns,
                     weight_sum(targets->class_weights, columns)};
  apus_parallel(rows, 1 + (1 << 12) / (columns + 1), loss_rows, &c);
}

CLONES static void subtract_scaled(
    const float *restrict x, float scale, float *restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] -= scale * x[i];
}

// A focused loss is f(q) l with the doubt q, so its gradient is f dl + l f' dq, where dq is 1 - q
// times (p, less 1 at the target). `factor` is f and `pull` is l f' (1 - q).
static void focus(const cross_entropy *c, int64_t row, double *factor, double *pull) {
  double log_sum = c->log_sums[row], power = c->targets->focusing;
  double q = fmax(doubt(c, row, log_sum), 0);
  *factor = pow(q, power);
  // Where q is 0 so is l, and l f' with it.
  *pull = q > 0 ? plain_loss(c, row, log_sum) * power * *factor / q * (1 - q) : 0;
}

// dx = dy (a p - b w), less dy (1 - smoothing) w at the target, with p the probabilities, b the
// smoothing a column and a the sum of all weights that p is multiplied with.
static void loss_backward_rows(void *context, int64_t begin, int64_t end) {
  const cross_entropy *c = context;
  const apus_targets *t = c->targets;
  float x_buffer[CHUNK], result[CHUNK];
  for (int64_t row = begin; row < end; row++) {
    int32_t target = t->targets[row];
    int64_t start = row * c->columns;
    bool is_ignored = t->ignores && target == t->ignored;
    float dy = is_ignored ? 0 : element(c->dy_type, c->dy, row);
    float own = is_ignored ? 0 : (1 - t->smoothing) * (t->class_weights ? t->class_weights[target] : 1);
    double factor = 1, pull = 0;
    if (t->focusing > 0 && !is_ignored) focus(c, row, &factor, &pull);
    float spread = (float)factor * t->smoothing / c->columns;
    own = (float)(factor * own + pull);
    float scale = dy * (own + spread * (float)c->weight_sum);
    for (int64_t n, i = 0; i < c->columns; i += n) {
      n = chunk_length(i, c->columns);
      float *dx = result_chunk(c->dx_type, c->dx, start + i, result);
      if (is_ignored) {
        memset(dx, 0, (size_t)n * sizeof(float));
      } else {
        const float *x = load_chunk(c->type, c->x, start + i, n, x_buffer);
        scaled_exponentials(x, c->log_sums[row], scale, dx, n);
        if (t->smoothing > 0 && t->class_weights)
          subtract_scaled(t->class_weights + i, dy * spread, dx, n);
        else if (t->smoothing > 0)
          for (int64_t k = 0; k < n; k++) dx[k] -= dy * spread;
        if (target >= i && target < i + n) dx[target - i] -= dy * own;
      }
      store_chunk(c->dx_type, dx, c->dx, start + i, n);
    }
  }
}

void apus_row_cross_entropy_backward(
    const apus_targets *targets, apus_type type, const void *x, const float *log_sums,
    apus_type dy_type, const void *dy, int64_t rows, int64_t columns, apus_type dx_type, void *dx) {
  cross_entropy c = {targets, type, dy_type, dx_type, x, dy, dx, 0, (float *)log_sums, columns,
                     weight_sum(targets->class_weights, columns)};
  apus_parallel(rows, 1 + (1 << 12) / (columns + 1), loss_backward_rows, &c);
}
