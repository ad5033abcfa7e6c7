// Updates of weights along their gradients, each one pass over the weights and their state; a rule
// with less than two state values a weight takes null for the others.
#pragma once

#include "scalars.h"

// Σ x² in Double, over chunks of fixed size, so that threads do not change the result.
double apus_square_sum(const float *x, int64_t count);

// What is done to a gradient before it is used: scaled (to clip its norm), then clamped.
typedef struct {
  float scale;
  // Each element is limited to ±limit; infinity for no limit.
  float limit;
} apus_clipping;

typedef struct {
  float rate, beta1, beta2, epsilon;
  // 1 - beta^step of both moments.
  float correction1, correction2;
  // Decoupled decay shrinks the weight; coupled decay (Adam's) adds decay · weight to the gradient.
  float decay;
  bool decoupled;
} apus_adam;

void apus_adam_update(
    apus_adam settings, apus_clipping clipping, const float *gradient, float *weight,
    float *moment1, float *moment2, int64_t count);

// LAMB (You et al. 2020): writes the update direction over the gradient and returns its square sum;
// the caller scales it by the ratio of norms.
double apus_lamb_direction(
    apus_adam settings, apus_clipping clipping, float *gradient, const float *weight,
    float *moment1, float *moment2, int64_t count);

typedef struct {
  float rate, momentum, decay;
  bool nesterov;
  // The first step starts the velocity with the gradient.
  bool first;
} apus_sgd;

// velocity may be null if momentum is 0.
void apus_sgd_update(
    apus_sgd settings, apus_clipping clipping, const float *gradient, float *weight,
    float *velocity, float *unused, int64_t count);

typedef struct {
  float rate, epsilon, decay;
} apus_adagrad;

void apus_adagrad_update(
    apus_adagrad settings, apus_clipping clipping, const float *gradient, float *weight,
    float *square_sum, float *unused, int64_t count);

typedef struct {
  float rate, rho, epsilon, decay;
} apus_adadelta;

void apus_adadelta_update(
    apus_adadelta settings, apus_clipping clipping, const float *gradient, float *weight,
    float *square_average, float *delta_average, int64_t count);

typedef struct {
  float rate, alpha, epsilon, momentum, decay;
} apus_rmsprop;

// velocity may be null if momentum is 0.
void apus_rmsprop_update(
    apus_rmsprop settings, apus_clipping clipping, const float *gradient, float *weight,
    float *square_average, float *velocity, int64_t count);

// y += scale · x.
void apus_add_scaled(const float *x, float scale, float *y, int64_t count);

// average = decay · average + (1 - decay) · weight.
void apus_average(const float *weight, float decay, float *average, int64_t count);
