// Where windows lie, one after the other.
#pragma once

#include "vector.h"
#include "windows.h"

// A window: the elements of its sequence, and the element and bin of its first tap, which may lie
// outside.
typedef struct {
  int64_t sequence, first, last, time, bin;
} window_place;

// The window of a number, whose sequence is not before that of `place`.
INLINE void move_to_window(const apus_windows *w, int64_t number, window_place *place) {
  int64_t window = number / w->window_bins, across = number % w->window_bins;
  while (window >= w->window_offsets[place->sequence + 1]) place->sequence++;
  place->first = w->offsets[place->sequence];
  place->last = w->offsets[place->sequence + 1];
  place->time = place->first + (window - w->window_offsets[place->sequence]) * w->time.stride -
                w->time.padding;
  place->bin = across * w->across.stride - w->across.padding;
}

// The pixel under a tap, or -1 if there is none.
INLINE int64_t pixel_under(
    const apus_windows *w, const window_place *place, int64_t time_tap, int64_t across_tap) {
  int64_t time = place->time + time_tap * w->time.dilation;
  int64_t bin = place->bin + across_tap * w->across.dilation;
  int is_inside = time >= place->first && time < place->last && bin >= 0 && bin < w->bins;
  return is_inside ? time * w->bins + bin : -1;
}

// The window along an axis that has a position under a tap, or -1.
INLINE int64_t window_over(const apus_taps *taps, int64_t position, int64_t tap, int64_t count) {
  int64_t start = position + taps->padding - tap * taps->dilation;
  if (start < 0 || start % taps->stride != 0) return -1;
  return start / taps->stride < count ? start / taps->stride : -1;
}

INLINE int64_t tap_count(const apus_windows *w) { return w->time.size * w->across.size; }

INLINE int64_t window_count(const apus_windows *w) {
  return w->window_offsets[w->sequences] * w->window_bins;
}

// Enough windows for a thread, each of which reads so many values.
INLINE int64_t window_grain(int64_t values) { return 1 + (1 << 14) / (values + 1); }
