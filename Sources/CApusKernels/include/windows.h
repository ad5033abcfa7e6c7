// Windows that move over sequences, and across the bins of each element.
//
// Elements are [bins, channels]; a pixel is one bin of an element. A window sees one sequence alone:
// what lies beyond its ends, or beyond the first and last bin, is zero to a convolution and nothing
// to a pool.
#pragma once

#include "scalars.h"

// The pixels of a window along one axis.
typedef struct {
  int64_t size, stride, dilation;
  // How far before the first pixel the first window begins.
  int64_t padding;
} apus_taps;

typedef struct {
  int64_t sequences;
  // Where each sequence begins among elements and among windows over time, and the end:
  // [sequences + 1].
  const int64_t *offsets, *window_offsets;
  apus_taps time, across;
  // Of each element, and the windows across it.
  int64_t bins, window_bins;
  int64_t channels;
} apus_windows;

// Windows over time first..<first + count; each stands for `window_bins` windows across.
typedef struct {
  int64_t first, count;
} apus_window_range;

// Channels first..<first + count of each pixel.
typedef struct {
  int64_t first, count;
} apus_channel_range;

// y[window, tap, channel] = the pixels under each window, time outermost.
void apus_unfold(
    const apus_windows *windows, apus_window_range range, apus_channel_range channels,
    apus_type type, const void *x, void *y);

// x[pixel, channel] += the sum of y[window, tap, channel] over all windows of the range that the pixel
// is under; the way back of apus_unfold. The order of the sum is that of the taps over time, and within
// one that of the windows across.
void apus_fold(
    const apus_windows *windows, apus_window_range range, apus_channel_range channels,
    apus_type type, const void *y, float *x);

// y[window, channel] = bias[channel] + the sum over taps of weight[tap, channel] times the pixel; the
// bias may be null.
void apus_depthwise(
    const apus_windows *windows, apus_type type, const void *x, const float *weight,
    const float *bias, void *y);

// The gradient of the pixels.
void apus_depthwise_backward(
    const apus_windows *windows, apus_type type, const void *dy, const float *weight, void *dx);

// The gradient of the weight.
void apus_depthwise_weight_gradient(
    const apus_windows *windows, apus_type type, const void *x, const void *dy, float *d_weight);

// The greatest pixel under each window and its number; 0 and -1 where there is none. A NaN counts as
// greater than any number.
void apus_window_max(
    const apus_windows *windows, apus_type type, const void *x, void *y, int32_t *positions);

// dx[position] += dy for each window, where dx is all zeros before.
void apus_window_max_backward(
    const apus_windows *windows, apus_type type, const void *dy, const int32_t *positions,
    float *dx);

// The mean of the pixels under each window; 0 where there is none.
void apus_window_mean(const apus_windows *windows, apus_type type, const void *x, void *y);

// dx[pixel] += dy / count for each window, where dx is all zeros before.
void apus_window_mean_backward(
    const apus_windows *windows, apus_type type, const void *dy, float *dx);
