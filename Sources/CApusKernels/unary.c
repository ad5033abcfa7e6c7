#include "unary.h"

#include <math.h>

#include "chunks.h"
#include "parallel.h"

// A function of x and its derivative as a factor of dy: of x too, or of the result y.
#define UNARY(name, saved, function, derivative)                                                 \
  CLONES static void name##_forward(                                                             \
      const float *restrict in, float *restrict out, int64_t count, float p, float q) {          \
    (void)p, (void)q;                                                                            \
    for (int64_t i = 0; i < count; i++) {                                                        \
      float x = in[i];                                                                           \
      out[i] = function;                                                                         \
    }                                                                                            \
  }                                                                                              \
  CLONES static void name##_backward(                                                            \
      const float *restrict in, const float *restrict dy, float *restrict dx, int64_t count,     \
      float p, float q) {                                                                        \
    (void)p, (void)q;                                                                            \
    for (int64_t i = 0; i < count; i++) {                                                        \
      float saved = in[i];                                                                       \
      (void)saved;                                                                               \
      dx[i] = dy[i] * (derivative);                                                              \
    }                                                                                            \
  }

INLINE float softplus(float x) {
  return (x > 0 ? x : 0) + fast_log1p(fast_exp(-__builtin_fabsf(x)));
}

INLINE float gelu(float x) { return x * normal_distribution(x).below; }

INLINE float gelu_derivative(float x) {
  normal n = normal_distribution(x);
  return n.below + 0.39894228f * x * n.bell;  // 1 / sqrt(2 pi)
}

// 0.5 (1 + tanh u) is sigmoid(2u), with u = sqrt(2 / pi) (x + 0.044715 x^3).
INLINE float gelu_tanh(float x) {
  return x * fast_sigmoid(1.59576912f * x * (1.0f + 0.044715f * x * x));
}

INLINE float gelu_tanh_derivative(float x) {
  float s = fast_sigmoid(1.59576912f * x * (1.0f + 0.044715f * x * x));
  return s + x * s * (1.0f - s) * 1.59576912f * (1.0f + 0.134145f * x * x);
}

INLINE float silu_derivative(float x) {
  float s = fast_sigmoid(x);
  return s * (1.0f + x * (1.0f - s));
}

UNARY(negate, x, -x, -1.0f)
UNARY(exponential, y, fast_exp(x), y)
UNARY(logarithm, x, fast_log(x), 1.0f / x)
UNARY(square_root, y, __builtin_elementwise_sqrt(x), 0.5f / y)
UNARY(square, x, x *x, 2.0f * x)
UNARY(absolute, x, __builtin_fabsf(x), x > 0 ? 1.0f : x < 0 ? -1.0f : 0.0f)
UNARY(power, x, powf(x, p), p == 0 ? 0.0f : p * powf(x, p - 1))
UNARY(clamp, x, x < p ? p : x > q ? q : x, x >= p && x <= q ? 1.0f : 0.0f)
UNARY(soft_plus, x, softplus(x), fast_sigmoid(x))
UNARY(sigmoid, y, fast_sigmoid(x), y *(1.0f - y))
UNARY(hyperbolic_tangent, y, fast_tanh(x), 1.0f - y * y)
UNARY(relu, y, x > 0 || x != x ? x : 0.0f, y > 0 ? 1.0f : 0.0f)
UNARY(leaky_relu, x, x > 0 ? x : p * x, x > 0 ? 1.0f : p)
UNARY(gelu_erf, x, gelu(x), gelu_derivative(x))
UNARY(gelu_by_tanh, x, gelu_tanh(x), gelu_tanh_derivative(x))
UNARY(silu, x, x *fast_sigmoid(x), silu_derivative(x))

typedef void (*forward_kernel)(const float *, float *, int64_t, float, float);
typedef void (*backward_kernel)(const float *, const float *, float *, int64_t, float, float);

typedef struct {
  forward_kernel forward;
  backward_kernel backward;
} pair;

static pair kernels_of(apus_unary op) {
  switch (op) {
    case APUS_NEGATE: return (pair){negate_forward, negate_backward};
    case APUS_EXP: return (pair){exponential_forward, exponential_backward};
    case APUS_LOG: return (pair){logarithm_forward, logarithm_backward};
    case APUS_SQUARE_ROOT: return (pair){square_root_forward, square_root_backward};
    case APUS_SQUARE: return (pair){square_forward, square_backward};
    case APUS_ABSOLUTE: return (pair){absolute_forward, absolute_backward};
    case APUS_POWER: return (pair){power_forward, power_backward};
    case APUS_CLAMP: return (pair){clamp_forward, clamp_backward};
    case APUS_SOFTPLUS: return (pair){soft_plus_forward, soft_plus_backward};
    case APUS_SIGMOID: return (pair){sigmoid_forward, sigmoid_backward};
    case APUS_TANH: return (pair){hyperbolic_tangent_forward, hyperbolic_tangent_backward};
    case APUS_RELU: return (pair){relu_forward, relu_backward};
    case APUS_LEAKY_RELU: return (pair){leaky_relu_forward, leaky_relu_backward};
    case APUS_GELU: return (pair){gelu_erf_forward, gelu_erf_backward};
    case APUS_GELU_TANH: return (pair){gelu_by_tanh_forward, gelu_by_tanh_backward};
    case APUS_SILU: return (pair){silu_forward, silu_backward};
  }
  __builtin_unreachable();
}

bool apus_unary_saves_result(apus_unary op) {
  return op == APUS_EXP || op == APUS_SQUARE_ROOT || op == APUS_SIGMOID || op == APUS_TANH ||
         op == APUS_RELU;
}

typedef struct {
  pair kernels;
  float p, q;
  apus_type x_type, dy_type, y_type;
  const void *x, *dy;
  void *y;
} call;

static void forward_range(void *context, int64_t begin, int64_t end) {
  const call *c = context;
  float x_buffer[CHUNK], y_buffer[CHUNK];
  for (int64_t n; begin < end; begin += n) {
    n = chunk_length(begin, end);
    float *y = result_chunk(c->y_type, c->y, begin, y_buffer);
    c->kernels.forward(load_chunk(c->x_type, c->x, begin, n, x_buffer), y, n, c->p, c->q);
    store_chunk(c->y_type, y, c->y, begin, n);
  }
}

static void backward_range(void *context, int64_t begin, int64_t end) {
  const call *c = context;
  float x_buffer[CHUNK], dy_buffer[CHUNK], dx_buffer[CHUNK];
  for (int64_t n; begin < end; begin += n) {
    n = chunk_length(begin, end);
    const float *x = load_chunk(c->x_type, c->x, begin, n, x_buffer);
    const float *dy = load_chunk(c->dy_type, c->dy, begin, n, dy_buffer);
    float *dx = result_chunk(c->y_type, c->y, begin, dx_buffer);
    c->kernels.backward(x, dy, dx, n, c->p, c->q);
    store_chunk(c->y_type, dx, c->y, begin, n);
  }
}

void apus_unary_forward(
    apus_unary op, float p, float q, apus_type x_type, const void *x, apus_type y_type, void *y,
    int64_t count) {
  call c = {kernels_of(op), p, q, x_type, APUS_FLOAT32, y_type, x, 0, y};
  apus_parallel(count, 1 << 12, forward_range, &c);
}

void apus_unary_backward(
    apus_unary op, float p, float q, apus_type saved_type, const void *saved, apus_type dy_type,
    const void *dy, apus_type dx_type, void *dx, int64_t count) {
  call c = {kernels_of(op), p, q, saved_type, dy_type, dx_type, saved, dy, dx};
  apus_parallel(count, 1 << 12, backward_range, &c);
}
