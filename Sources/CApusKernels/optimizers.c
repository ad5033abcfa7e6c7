#include "optimizers.h"

#include "parallel.h"
#include "vector.h"

enum { GRAIN = 1 << 14, CHUNK = 1 << 16 };

typedef struct {
  const void *settings;
  apus_clipping clipping;
  const float *gradient;
  float *weight, *state1, *state2, *out;
  int64_t count;
  double *partials;
} job;

INLINE float clipped(apus_clipping c, float g) {
  g *= c.scale;
  g = g > c.limit ? c.limit : g;
  return g < -c.limit ? -c.limit : g;
}

INLINE float root(float x) { return __builtin_sqrtf(x); }

CLONES static void square_chunks(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t c = begin; c < end; c++) {
    int64_t i = c * CHUNK, last = i + CHUNK < j->count ? i + CHUNK : j->count;
    double total = 0;
    // Strips in Float lanes, strips added in Double.
    while (i < last) {
      int64_t stop = i + 1024 < last ? i + 1024 : last;
      float parts[16] = {0};
      for (; i + 16 <= stop; i += 16)
        for (int l = 0; l < 16; l++) parts[l] += j->gradient[i + l] * j->gradient[i + l];
      for (; i < stop; i++) parts[0] += j->gradient[i] * j->gradient[i];
      for (int l = 0; l < 16; l++) total += parts[l];
    }
    j->partials[c] = total;
  }
}

enum { PARTIALS = 256 };

double apus_square_sum(const float *x, int64_t count) {
  double total = 0, partials[PARTIALS];
  for (int64_t start = 0; start < count; start += (int64_t)PARTIALS * CHUNK) {
    int64_t left = count - start;
    int64_t part = left < (int64_t)PARTIALS * CHUNK ? left : (int64_t)PARTIALS * CHUNK;
    int64_t chunks = (part + CHUNK - 1) / CHUNK;
    job j = {.gradient = x + start, .count = part, .partials = partials};
    apus_parallel(chunks, 1, square_chunks, &j);
    for (int64_t c = 0; c < chunks; c++) total += partials[c];
  }
  return total;
}

CLONES static void adam_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_adam s = *(const apus_adam *)j->settings;
  const apus_clipping clipping = j->clipping;
  const float *restrict gradient = j->gradient;
  float *restrict weight = j->weight, *restrict moment1 = j->state1, *restrict moment2 = j->state2;
  float shrink = s.decoupled ? 1 - s.rate * s.decay : 1, coupled = s.decoupled ? 0 : s.decay;
  float step = s.rate / s.correction1, inverse_root = 1 / root(s.correction2);
  for (int64_t i = begin; i < end; i++) {
    float g = clipped(clipping, gradient[i]) + coupled * weight[i];
    float m = moment1[i] + (1 - s.beta1) * (g - moment1[i]);
    float v = s.beta2 * moment2[i] + (1 - s.beta2) * g * g;
    moment1[i] = m;
    moment2[i] = v;
    weight[i] = weight[i] * shrink - step * m / (root(v) * inverse_root + s.epsilon);
  }
}

void apus_adam_update(
    apus_adam settings, apus_clipping clipping, const float *gradient, float *weight,
    float *moment1, float *moment2, int64_t count) {
  job j = {.settings = &settings, .clipping = clipping, .gradient = gradient, .weight = weight,
           .state1 = moment1, .state2 = moment2};
  apus_parallel(count, GRAIN, adam_range, &j);
}

CLONES static void lamb_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_adam s = *(const apus_adam *)j->settings;
  float step = 1 / s.correction1, inverse_root = 1 / root(s.correction2);
  for (int64_t i = begin; i < end; i++) {
    float g = clipped(j->clipping, j->out[i]);
    float m = j->state1[i] + (1 - s.beta1) * (g - j->state1[i]);
    float v = s.beta2 * j->state2[i] + (1 - s.beta2) * g * g;
    j->state1[i] = m;
    j->state2[i] = v;
    j->out[i] = step * m / (root(v) * inverse_root + s.epsilon) + s.decay * j->weight[i];
  }
}

double apus_lamb_direction(
    apus_adam settings, apus_clipping clipping, float *gradient, const float *weight,
    float *moment1, float *moment2, int64_t count) {
  job j = {.settings = &settings, .clipping = clipping, .out = gradient,
           .weight = (float *)weight, .state1 = moment1, .state2 = moment2};
  apus_parallel(count, GRAIN, lamb_range, &j);
  return apus_square_sum(gradient, count);
}

CLONES static void sgd_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_sgd s = *(const apus_sgd *)j->settings;
  for (int64_t i = begin; i < end; i++) {
    float g = clipped(j->clipping, j->gradient[i]) + s.decay * j->weight[i];
    if (j->state1) {
      float velocity = s.first ? g : s.momentum * j->state1[i] + g;
      j->state1[i] = velocity;
      g = s.nesterov ? g + s.momentum * velocity : velocity;
    }
    j->weight[i] -= s.rate * g;
  }
}

void apus_sgd_update(
    apus_sgd settings, apus_clipping clipping, const float *gradient, float *weight,
    float *velocity, int64_t count) {
  job j = {.settings = &settings, .clipping = clipping, .gradient = gradient, .weight = weight,
           .state1 = velocity};
  apus_parallel(count, GRAIN, sgd_range, &j);
}

CLONES static void adagrad_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_adagrad s = *(const apus_adagrad *)j->settings;
  for (int64_t i = begin; i < end; i++) {
    float g = clipped(j->clipping, j->gradient[i]) + s.decay * j->weight[i];
    float sum = j->state1[i] + g * g;
    j->state1[i] = sum;
    j->weight[i] -= s.rate * g / (root(sum) + s.epsilon);
  }
}

void apus_adagrad_update(
    apus_adagrad settings, apus_clipping clipping, const float *gradient, float *weight,
    float *square_sum, int64_t count) {
  job j = {.settings = &settings, .clipping = clipping, .gradient = gradient, .weight = weight,
           .state1 = square_sum};
  apus_parallel(count, GRAIN, adagrad_range, &j);
}

CLONES static void adadelta_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_adadelta s = *(const apus_adadelta *)j->settings;
  for (int64_t i = begin; i < end; i++) {
    float g = clipped(j->clipping, j->gradient[i]) + s.decay * j->weight[i];
    float square = s.rho * j->state1[i] + (1 - s.rho) * g * g;
    float delta = root(j->state2[i] + s.epsilon) / root(square + s.epsilon) * g;
    j->state1[i] = square;
    j->state2[i] = s.rho * j->state2[i] + (1 - s.rho) * delta * delta;
    j->weight[i] -= s.rate * delta;
  }
}

void apus_adadelta_update(
    apus_adadelta settings, apus_clipping clipping, const float *gradient, float *weight,
    float *square_average, float *delta_average, int64_t count) {
  job j = {.settings = &settings, .clipping = clipping, .gradient = gradient, .weight = weight,
           .state1 = square_average, .state2 = delta_average};
  apus_parallel(count, GRAIN, adadelta_range, &j);
}

CLONES static void rmsprop_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_rmsprop s = *(const apus_rmsprop *)j->settings;
  for (int64_t i = begin; i < end; i++) {
    float g = clipped(j->clipping, j->gradient[i]) + s.decay * j->weight[i];
    float square = s.alpha * j->state1[i] + (1 - s.alpha) * g * g;
    float delta = g / (root(square) + s.epsilon);
    j->state1[i] = square;
    if (j->state2) delta = j->state2[i] = s.momentum * j->state2[i] + delta;
    j->weight[i] -= s.rate * delta;
  }
}

void apus_rmsprop_update(
    apus_rmsprop settings, apus_clipping clipping, const float *gradient, float *weight,
    float *square_average, float *velocity, int64_t count) {
  job j = {.settings = &settings, .clipping = clipping, .gradient = gradient, .weight = weight,
           .state1 = square_average, .state2 = velocity};
  apus_parallel(count, GRAIN, rmsprop_range, &j);
}

typedef struct {
  const float *x;
  float *y, keep, scale;
} blend;

CLONES static void blend_range(void *context, int64_t begin, int64_t end) {
  const blend *b = context;
  for (int64_t i = begin; i < end; i++) b->y[i] = b->keep * b->y[i] + b->scale * b->x[i];
}

void apus_add_scaled(const float *x, float scale, float *y, int64_t count) {
  blend b = {x, y, 1, scale};
  apus_parallel(count, GRAIN, blend_range, &b);
}

void apus_average(const float *weight, float decay, float *average, int64_t count) {
  blend b = {weight, average, decay, 1 - decay};
  apus_parallel(count, GRAIN, blend_range, &b);
}
