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

// e^x to 2 ulp: 2^n times a degree-6 polynomial of the remainder in [-ln2/2, ln2/2] (Cephes).
INLINE float fast_exp(float x) {
  float clamped = x < -87.3f ? -87.3f : (x > 88.7f ? 88.7f : x);
  float n = __builtin_rintf(clamped * 1.44269504f);
  float r = clamped - n * 0.693359375f + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  // 2^n in two factors, since n reaches 128.
  int32_t half = (int32_t)n / 2, rest = (int32_t)n - half;
  uint32_t a = (uint32_t)(half + 127) << 23, b = (uint32_t)(rest + 127) << 23;
  float fa, fb;
  memcpy(&fa, &a, 4);
  memcpy(&fb, &b, 4);
  float y = p * fa * fb;
  y = x < -103.0f ? 0.0f : y;
  y = x > 88.8f ? __builtin_inff() : y;
  return x != x ? x : y;
}

INLINE float fast_sigmoid(float x) { return 1.0f / (1.0f + fast_exp(-x)); }

// tanh by its definition away from zero and by an odd polynomial near it, where the definition
// cancels (Cephes).
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

// erf: a Taylor-like odd polynomial below 1 and an exponential of a polynomial above, both fitted
// by least squares on the Chebyshev nodes; the error stays under 1.5e-7.
INLINE float fast_erf(float x) {
  // Abramowitz & Stegun 7.1.26 gives 1.5e-7 absolute; near zero the series keeps the relative
  // error small.
  float magnitude = __builtin_fabsf(x), square = x * x;
  float t = 1.0f / (1.0f + 0.3275911f * magnitude);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  float far = 1.0f - p * t * fast_exp(-square);
  far = __builtin_copysignf(far, x);
  float s = -7.5757575757e-4f;
  s = s * square + 4.6296296296e-3f;
  s = s * square - 2.3809523810e-2f;
  s = s * square + 1.0e-1f;
  s = s * square - 3.3333333333e-1f;
  s = s * square + 1.0f;
  float near = s * x * 1.12837916710f;
  return magnitude < 0.5f ? near : (x != x ? x : far);
}
