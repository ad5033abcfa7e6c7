#include "windows.h"

#include "parallel.h"
#include "window_walk.h"

typedef struct {
  const apus_windows *windows;
  apus_window_range range;
  apus_channel_range channels;
  int64_t width;  // of an element of x in bytes
  const void *x;
  void *y;
} job;

// Pixels start..<start + taps next to each other, with zeros for those outside first..<last.
static char *copy_pixels(
    const char *x, int64_t start, int64_t first, int64_t last, int64_t taps, int64_t bytes,
    char *y) {
  int64_t from = first > start ? first - start : 0, to = last - start < taps ? last - start : taps;
  if (from >= to) from = to = taps;
  memset(y, 0, (size_t)(from * bytes));
  memcpy(y + from * bytes, x + (start + from) * bytes, (size_t)((to - from) * bytes));
  memset(y + to * bytes, 0, (size_t)((taps - to) * bytes));
  return y + taps * bytes;
}

static char *copy_window(const job *j, const window_place *place, char *y) {
  const apus_windows *w = j->windows;
  int64_t bytes = j->channels.count * j->width;
  int is_whole = j->channels.count == w->channels;
  if (is_whole && w->bins == 1 && w->across.size == 1 && w->time.dilation == 1 && place->bin == 0)
    return copy_pixels(j->x, place->time, place->first, place->last, w->time.size, bytes, y);
  for (int64_t a = 0; a < w->time.size; a++) {
    int64_t time = place->time + a * w->time.dilation;
    if (is_whole && w->across.dilation == 1) {
      int64_t first = time * w->bins, last = first + w->bins;
      if (time < place->first || time >= place->last) last = first;
      y = copy_pixels(j->x, first + place->bin, first, last, w->across.size, bytes, y);
      continue;
    }
    for (int64_t b = 0; b < w->across.size; b++, y += bytes) {
      int64_t pixel = pixel_under(w, place, a, b);
      if (pixel < 0)
        memset(y, 0, (size_t)bytes);
      else
        memcpy(
            y, (const char *)j->x + (pixel * w->channels + j->channels.first) * j->width,
            (size_t)bytes);
    }
  }
  return y;
}

// Windows over time begin..<end, counted from the first of the range.
static void unfold_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_windows *w = j->windows;
  window_place place = {0};
  char *y = (char *)j->y +
            begin * w->window_bins * tap_count(w) * j->channels.count * j->width;
  int64_t first = (j->range.first + begin) * w->window_bins;
  int64_t last = (j->range.first + end) * w->window_bins;
  for (int64_t number = first; number < last; number++) {
    move_to_window(w, number, &place);
    y = copy_window(j, &place, y);
  }
}

void apus_unfold(
    const apus_windows *windows, apus_window_range range, apus_channel_range channels,
    apus_type type, const void *x, void *y) {
  job j = {windows, range, channels, type == APUS_BFLOAT16 ? 2 : 4, x, y};
  int64_t values = tap_count(windows) * windows->window_bins * channels.count;
  apus_parallel(range.count, window_grain(values), unfold_range, &j);
}

CLONES static void add(const float *restrict x, float *restrict sum, int64_t count) {
  for (int64_t i = 0; i < count; i++) sum[i] += x[i];
}

// Adds to one pixel what the windows of the range over an element have for it.
static void fold_pixel(
    const job *j, int64_t sequence, int64_t element, int64_t bin, float *sum) {
  const apus_windows *w = j->windows;
  int64_t first = w->window_offsets[sequence], count = w->window_offsets[sequence + 1] - first;
  for (int64_t a = 0; a < w->time.size; a++) {
    int64_t window = window_over(&w->time, element - w->offsets[sequence], a, count);
    int64_t place = first + window - j->range.first;
    if (window < 0 || place < 0 || place >= j->range.count) continue;
    for (int64_t b = 0; b < w->across.size; b++) {
      int64_t across = window_over(&w->across, bin, b, w->window_bins);
      if (across < 0) continue;
      int64_t tap = (place * w->window_bins + across) * tap_count(w) + a * w->across.size + b;
      add((const float *)j->x + tap * j->channels.count, sum, j->channels.count);
    }
  }
}

// The elements under the windows of the range, and nothing but them.
typedef struct {
  int64_t first, last;
} span;

static span span_of(const apus_windows *w, apus_window_range range) {
  window_place first = {0}, last = {0};
  move_to_window(w, range.first * w->window_bins, &first);
  move_to_window(w, (range.first + range.count - 1) * w->window_bins, &last);
  int64_t end = last.time + (w->time.size - 1) * w->time.dilation + 1;
  // A window may lie before or behind its sequence altogether.
  int64_t begin = first.time > first.first ? first.time : first.first;
  if (begin > first.last) begin = first.last;
  if (end > last.last) end = last.last;
  return (span){begin, end > last.first ? end : last.first};
}

typedef struct {
  job job;
  span elements;
} folding;

static void fold_range(void *context, int64_t begin, int64_t end) {
  const folding *f = context;
  const apus_windows *w = f->job.windows;
  int64_t sequence = 0;
  for (int64_t element = f->elements.first + begin; element < f->elements.first + end; element++) {
    while (element >= w->offsets[sequence + 1]) sequence++;
    for (int64_t bin = 0; bin < w->bins; bin++) {
      float *x = (float *)f->job.y + (element * w->bins + bin) * w->channels;
      fold_pixel(&f->job, sequence, element, bin, x + f->job.channels.first);
    }
  }
}

void apus_fold(
    const apus_windows *windows, apus_window_range range, apus_channel_range channels,
    const float *y, float *x) {
  if (range.count == 0) return;
  folding f = {{windows, range, channels, 4, y, x}, span_of(windows, range)};
  int64_t values = tap_count(windows) * windows->bins * channels.count;
  apus_parallel(f.elements.last - f.elements.first, window_grain(values), fold_range, &f);
}
