// The loops around the Fourier transform of audio: a window before it, filters and logarithms behind.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// A frame ready for the transform: the mean taken off if asked for, then pre-emphasis
// x[i] - p x[i - 1] with x[-1] = x[0] (Kaldi's rule), then the window.
// Returns the sum of squares behind the mean and before pre-emphasis.
float apus_window_frame(
    const float *samples, const float *window, int64_t count, bool subtracts_mean,
    float pre_emphasis, float *frame);

// Squared magnitudes of `count` complex numbers, real and imaginary parts in turn.
void apus_squared_magnitudes(const float *spectrum, int64_t count, float *power);

void apus_square_roots(float *x, int64_t count);

// Weighted sums over runs of x: the i-th begins at starts[i] and has the weights
// offsets[i]..<offsets[i + 1], each number of them a multiple of 16. x must be readable as far as
// the longest run reaches, finite there.
void apus_filter_sums(
    const float *x, const int32_t *starts, const int32_t *offsets, const float *weights,
    int64_t count, float *sums);

// scale * ln(max(x, floor) + offset), in place.
void apus_floored_logarithms(float *x, int64_t count, float floor, float offset, float scale);
