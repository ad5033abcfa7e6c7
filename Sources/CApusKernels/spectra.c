#include "spectra.h"

#include "lanes.h"

CLONES static float lane_sum(const float *x, int64_t count) {
  lanes sums = {0};
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) sums += *(const lanes *)(x + i);
  float rest = 0;
  for (; i < count; i++) rest += x[i];
  return sum_of_lanes(&sums) + rest;
}

CLONES static void emphasized(
    const float *x, const float *window, int64_t count, float mean, float p, float *frame) {
  if (count > 0) frame[0] = (1 - p) * (x[0] - mean) * window[0];
  for (int64_t i = 1; i < count; i++)
    frame[i] = ((x[i] - mean) - p * (x[i - 1] - mean)) * window[i];
}

CLONES static float square_sum(const float *x, int64_t count, float mean) {
  lanes sums = {0};
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    lanes v = *(const lanes *)(x + i) - mean;
    sums += v * v;
  }
  float rest = 0;
  for (; i < count; i++) rest += (x[i] - mean) * (x[i] - mean);
  return sum_of_lanes(&sums) + rest;
}

float apus_window_frame(
    const float *samples, const float *window, int64_t count, bool subtracts_mean,
    float pre_emphasis, float *frame) {
  float mean = subtracts_mean && count > 0 ? lane_sum(samples, count) / (float)count : 0;
  emphasized(samples, window, count, mean, pre_emphasis, frame);
  return square_sum(samples, count, mean);
}

CLONES void apus_squared_magnitudes(const float *spectrum, int64_t count, float *power) {
  for (int64_t i = 0; i < count; i++)
    power[i] = spectrum[2 * i] * spectrum[2 * i] + spectrum[2 * i + 1] * spectrum[2 * i + 1];
}

CLONES void apus_square_roots(float *x, int64_t count) {
  for (int64_t i = 0; i < count; i++) x[i] = __builtin_sqrtf(x[i]);
}

CLONES void apus_filter_sums(
    const float *x, const int32_t *starts, const int32_t *offsets, const float *weights,
    int64_t count, float *sums) {
  for (int64_t i = 0; i < count; i++) {
    const float *run = x + starts[i];
    lanes sum = {0};
    for (int32_t j = offsets[i]; j < offsets[i + 1]; j += LANES, run += LANES)
      sum += *(const lanes *)run * *(const lanes *)(weights + j);
    sums[i] = sum_of_lanes(&sum);
  }
}

CLONES void apus_floored_logarithms(
    float *x, int64_t count, float floor, float offset, float scale) {
  for (int64_t i = 0; i < count; i++)
    x[i] = scale * fast_log((x[i] > floor ? x[i] : floor) + offset);
}
