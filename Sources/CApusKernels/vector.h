// What the kernels share: instruction sets, bf16, and the functions that libm does not vectorise.
#pragma once

#include <stdint.h>
#include <string.h>

// One source, compiled for AVX-512, AVX2 and plain x86-64; the loader picks.
#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

typedef uint16_t bf16;

INLINE float bf16_to_float(bf16 x) {
  uint32_t bits = (uint32_t)x << 16;
  float y;
  memcpy(&y, &bits, 4);
  return y;
}

// Rounds to nearest, ties to even; a NaN stays one.
INLINE bf16 float_to_bf16(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  return (bits & 0x7FFFFFFF) > 0x7F800000 ? (bf16)((bits >> 16) | 0x40) : (bf16)rounded;
}

INLINE float load_float(const float *x, int64_t i) { return x[i]; }
INLINE float load_bf16(const bf16 *x, int64_t i) { return bf16_to_float(x[i]); }
INLINE void store_float(float *x, int64_t i, float value) { x[i] = value; }
INLINE void store_bf16(bf16 *x, int64_t i, float value) { x[i] = float_to_bf16(value); }

// e^x to 1 ulp: 2^n times a degree-6 polynomial of the remainder in [-ln2/2, ln2/2] (Cephes).
// Results below the smallest normal number are 0.
INLINE float fast_exp(float x) {
  float clamped = x < -87.33654f ? -87.33654f : (x > 88.72283f ? 88.72283f : x);
  // Adding and subtracting 1.5 * 2^23 rounds to an integer on every instruction set.
  float n = (clamped * 1.44269504f + 12582912.0f) - 12582912.0f;
  float r = clamped - n * 0.693359375f + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  // 2^n in two factors, since n reaches 128.
  int32_t half = (int32_t)n / 2, rest = (int32_t)n - half;
  uint32_t a = (uint32_t)(half + 127) << 23, b = (uint32_t)(rest + 127) << 23;
  float fa, fb;
  memcpy(&fa, &a, 4);
  memcpy(&fb, &b, 4);
  float y = p * fa * fb;
  y = x < -87.33654f ? 0.0f : y;
  y = x > 88.72283f ? __builtin_inff() : y;
  return x != x ? x : y;
}

// ln x to 1 ulp: the exponent times ln 2 plus a degree-8 polynomial of the mantissa around 1
// (Cephes). -inf at 0, NaN below.
INLINE float fast_log(float x) {
  float scaled = x < 1.17549435e-38f ? x * 33554432.0f : x;
  uint32_t bits;
  memcpy(&bits, &scaled, 4);
  // Counting from sqrt(1/2) puts the mantissa between it and sqrt(2).
  int32_t shifted = (int32_t)(bits - 0x3F3504F3u);
  float n = (float)(shifted >> 23) - (x < 1.17549435e-38f ? 25.0f : 0.0f);
  bits = (uint32_t)(shifted & 0x7FFFFF) + 0x3F3504F3u;
  float m;
  memcpy(&m, &bits, 4);
  float f = m - 1.0f, z = f * f;
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  float y = f * z * p - n * 2.12194440e-4f - 0.5f * z;
  y = f + y + n * 0.693359375f;
  y = x == 0.0f ? -__builtin_inff() : y;
  y = x < 0.0f ? __builtin_nanf("") : y;
  return x <= 3.40282347e+38f ? y : x;  // infinity and NaN
}

// ln(1 + x) for x in [0, 1] to 2 ulp: the logarithm of the rounded sum, corrected by what the
// rounding lost.
INLINE float fast_log1p(float x) {
  float sum = 1.0f + x;
  return fast_log(sum) + (x - (sum - 1.0f)) / sum;
}

// 3 ulp.
INLINE float fast_sigmoid(float x) { return 1.0f / (1.0f + fast_exp(-x)); }

// tanh to 2 ulp, by its definition away from zero and by an odd polynomial near it, where the
// definition cancels (Cephes).
INLINE float fast_tanh(float x) {
  float magnitude = __builtin_fabsf(x), square = x * x;
  float e = fast_exp(2.0f * (magnitude > 20.0f ? 20.0f : magnitude));
  float far = 1.0f - 2.0f / (e + 1.0f);
  far = __builtin_copysignf(far, x);
  float p = -5.70498872745e-3f;
  p = p * square + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  float near = p * square * x + x;
  return magnitude < 0.625f ? near : (x != x ? x : far);
}

// The standard normal distribution's density at x (without 1/sqrt(2 pi)) and the probability of a
// smaller value, which GELU and its derivative are made of.
typedef struct {
  float bell, below;
} normal;

// The smaller tail is bell * Q(1 / (1 + 0.3 |x|)) with Q of degree 8 fitted for the least greatest
// relative error on [0, 14] (6e-8), so that it has no cancellation: 6 ulp above -1,
// and below what the rounding of x * x costs the exponential (x * x / 2 ulp).
INLINE normal normal_distribution(float x) {
  float bell = fast_exp(-0.5f * x * x);
  float t = 1.0f / (1.0f + 0.3f * __builtin_fabsf(x));
  float p = 0.03837824f;
  p = p * t - 0.16916588f;
  p = p * t + 0.22865961f;
  p = p * t - 0.07650599f;
  p = p * t + 0.14253521f;
  p = p * t + 0.09468364f;
  p = p * t + 0.12192032f;
  p = p * t + 0.119487695f;
  p = p * t + 7.168711e-06f;
  float tail = bell * p;
  return (normal){bell, x < 0.0f ? tail : 1.0f - tail};
}
