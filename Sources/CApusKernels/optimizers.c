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

// Unlike sqrtf it sets no errno, which would keep loops from being vectorised.
INLINE float root(float x) { return __builtin_elementwise_sqrt(x); }

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

// Defines the loop NAME_range of a rule, which runs `body` for each element i and its clipped
// gradient g.
#define LOOP(name, type, body)                                                                    \
  CLONES static void name##_range(void *context, int64_t begin, int64_t end) {                    \
    const job *j = context;                                                                       \
    const type s = *(const type *)j->settings;                                                    \
    const apus_clipping clipping = j->clipping;                                                   \
    const float *restrict gradient = j->gradient;                                                 \
    float *restrict weight = j->weight, *restrict state1 = j->state1, *restrict state2 = j->state2; \
    (void)state1, (void)state2;                                                                   \
    for (int64_t i = begin; i < end; i++) {                                                       \
      float g = clipped(clipping, gradient[i]);                                                   \
      body                                                                                        \
    }                                                                                             \
  }

// Defines apus_NAME_update, which runs a loop.
#define UPDATE(name, loop)                                                                        \
  void apus_##name##_update(                                                                      \
      apus_##name settings, apus_clipping clipping, const float *gradient, float *weight,         \
      float *state1, float *state2, int64_t count) {                                              \
    job j = {.settings = &settings, .clipping = clipping, .gradient = gradient, .weight = weight, \
             .state1 = state1, .state2 = state2};                                                 \
    apus_parallel(count, GRAIN, loop, &j);                                                        \
  }

// The moments of Adam and LAMB after a gradient, and the step along them.
INLINE float adam_step(apus_adam s, float g, float *moment1, float *moment2) {
  float m = *moment1 + (1 - s.beta1) * (g - *moment1);
  float v = s.beta2 * *moment2 + (1 - s.beta2) * g * g;
  *moment1 = m;
  *moment2 = v;
  return m / s.correction1 / (root(v) * (1 / root(s.correction2)) + s.epsilon);
}

LOOP(adam, apus_adam, {
  g += s.decoupled ? 0 : s.decay * weight[i];
  float shrink = s.decoupled ? 1 - s.rate * s.decay : 1;
  weight[i] = weight[i] * shrink - s.rate * adam_step(s, g, state1 + i, state2 + i);
})
UPDATE(adam, adam_range)

LOOP(descent, apus_sgd, { weight[i] -= s.rate * (g + s.decay * weight[i]); })
LOOP(momentum, apus_sgd, {
  g += s.decay * weight[i];
  float velocity = s.first ? g : s.momentum * state1[i] + g;
  state1[i] = velocity;
  weight[i] -= s.rate * (s.nesterov ? g + s.momentum * velocity : velocity);
})
UPDATE(sgd, state1 ? momentum_range : descent_range)

LOOP(adagrad, apus_adagrad, {
  g += s.decay * weight[i];
  state1[i] += g * g;
  weight[i] -= s.rate * g / (root(state1[i]) + s.epsilon);
})
UPDATE(adagrad, adagrad_range)

LOOP(adadelta, apus_adadelta, {
  g += s.decay * weight[i];
  float square = s.rho * state1[i] + (1 - s.rho) * g * g;
  float delta = root(state2[i] + s.epsilon) / root(square + s.epsilon) * g;
  state1[i] = square;
  state2[i] = s.rho * state2[i] + (1 - s.rho) * delta * delta;
  weight[i] -= s.rate * delta;
})
UPDATE(adadelta, adadelta_range)

LOOP(rmsprop, apus_rmsprop, {
  g += s.decay * weight[i];
  state1[i] = s.alpha * state1[i] + (1 - s.alpha) * g * g;
  weight[i] -= s.rate * g / (root(state1[i]) + s.epsilon);
})
LOOP(rmsprop_momentum, apus_rmsprop, {
  g += s.decay * weight[i];
  state1[i] = s.alpha * state1[i] + (1 - s.alpha) * g * g;
  state2[i] = s.momentum * state2[i] + g / (root(state1[i]) + s.epsilon);
  weight[i] -= s.rate * state2[i];
})
UPDATE(rmsprop, state2 ? rmsprop_momentum_range : rmsprop_range)

CLONES static void lamb_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_adam s = *(const apus_adam *)j->settings;
  const apus_clipping clipping = j->clipping;
  const float *restrict weight = j->weight;
  float *restrict gradient = j->out, *restrict state1 = j->state1, *restrict state2 = j->state2;
  for (int64_t i = begin; i < end; i++) {
    float g = clipped(clipping, gradient[i]);
    gradient[i] = adam_step(s, g, state1 + i, state2 + i) + s.decay * weight[i];
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

typedef struct {
  const float *x;
  float *y, keep, scale;
} blend;

CLONES static void blend_range(void *context, int64_t begin, int64_t end) {
  const blend *b = context;
  const float *restrict x = b->x;
  float *restrict y = b->y, keep = b->keep, scale = b->scale;
  for (int64_t i = begin; i < end; i++) y[i] = keep * y[i] + scale * x[i];
}

void apus_add_scaled(const float *x, float scale, float *y, int64_t count) {
  blend b = {x, y, 1, scale};
  apus_parallel(count, GRAIN, blend_range, &b);
}

void apus_average(const float *weight, float decay, float *average, int64_t count) {
  blend b = {weight, average, decay, 1 - decay};
  apus_parallel(count, GRAIN, blend_range, &b);
}
