// Functions of one element and their derivatives.
#pragma once

#include "scalars.h"

typedef enum {
  APUS_NEGATE,
  APUS_EXP,
  APUS_LOG,
  APUS_SQUARE_ROOT,
  APUS_SQUARE,
  APUS_ABSOLUTE,
  // x to the power of p.
  APUS_POWER,
  // x limited to p...q.
  APUS_CLAMP,
  // ln(1 + e^x)
  APUS_SOFTPLUS,
  APUS_SIGMOID,
  APUS_TANH,
  APUS_RELU,
  // x where positive, else p x.
  APUS_LEAKY_RELU,
  // x times the probability of a normal number below x.
  APUS_GELU,
  // The same with the probability approximated by a tanh.
  APUS_GELU_TANH,
  APUS_SILU,
} apus_unary;

// Whether the backward pass wants what the forward pass gave, instead of what it got.
bool apus_unary_saves_result(apus_unary op);

// y = op(x) in Float32, rounded to y's type.
void apus_unary_forward(
    apus_unary op, float p, float q, apus_type x_type, const void *x, apus_type y_type, void *y,
    int64_t count);

// dx = dy * op'(saved) in Float32, rounded to dx's type.
void apus_unary_backward(
    apus_unary op, float p, float q, apus_type saved_type, const void *saved, apus_type dy_type,
    const void *dy, apus_type dx_type, void *dx, int64_t count);
