#include "windows.h"

#include "parallel.h"
#include "row_sums.h"
#include "window_walk.h"

typedef struct {
  const apus_windows *windows;
  apus_window_range range;
  apus_channel_range channels;
  int64_t width;  // of an element of x in bytes
  const void *x;
  void *y;
} job;

// Copies of a few pixels are too short for a call of memcpy.
INLINE void copy_bytes(const char *restrict x, int64_t count, char *restrict y) {
  if (count < 16 || count > 32) {
    memcpy(y, x, (size_t)count);
    return;
  }
  char head[16], tail[16];
  memcpy(head, x, 16);
  memcpy(tail, x + count - 16, 16);
  memcpy(y, head, 16);
  memcpy(y + count - 16, tail, 16);
}

// Pixels start..<start + taps next to each other, with zeros for those outside first..<last.
static char *copy_pixels(
    const char *x, int64_t start, int64_t first, int64_t last, int64_t taps, int64_t bytes,
    char *y) {
  int64_t from = first > start ? first - start : 0, to = last - start < taps ? last - start : taps;
  if (from >= to) from = to = taps;
  if (from > 0) memset(y, 0, (size_t)(from * bytes));
  copy_bytes(x + (start + from) * bytes, (to - from) * bytes, y + from * bytes);
  if (to < taps) memset(y + to * bytes, 0, (size_t)((taps - to) * bytes));
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

// Adds channels of pixels next to each other to those of x, from the bin `first` of an element on.
static void add_pixels(const job *j, int64_t tap, int64_t count, float *x, int64_t first) {
  float *sum = x + first * j->windows->channels + j->channels.first;
  int64_t start = tap * j->channels.count, values = count * j->channels.count;
  if (j->width == 2)
    add_bf16((const bf16 *)j->x + start, sum, values);
  else
    add_floats((const float *)j->x + start, sum, values);
}

// Adds to an element what one window across it has at its tap `a` over time; `row` is the window's.
static void fold_window(const job *j, int64_t row, int64_t across, int64_t a, float *x) {
  const apus_windows *w = j->windows;
  const apus_taps *taps = &w->across;
  int64_t bin = across * taps->stride - taps->padding;
  int64_t tap = row * tap_count(w) + a * taps->size;
  if (taps->dilation == 1 && j->channels.count == w->channels) {
    int64_t from = bin < 0 ? -bin : 0;
    int64_t to = bin + taps->size > w->bins ? w->bins - bin : taps->size;
    if (from < to) add_pixels(j, tap + from, to - from, x, bin + from);
    return;
  }
  for (int64_t b = 0; b < taps->size; b++, bin += taps->dilation)
    if (bin >= 0 && bin < w->bins) add_pixels(j, tap + b, 1, x, bin);
}

// Adds to the pixels of one element what the windows of the range over it have for them.
static void fold_element(const job *j, int64_t sequence, int64_t element) {
  const apus_windows *w = j->windows;
  int64_t first = w->window_offsets[sequence], count = w->window_offsets[sequence + 1] - first;
  float *x = (float *)j->y + element * w->bins * w->channels;
  for (int64_t a = 0; a < w->time.size; a++) {
    int64_t window = window_over(&w->time, element - w->offsets[sequence], a, count);
    int64_t place = first + window - j->range.first;
    if (window < 0 || place < 0 || place >= j->range.count) continue;
    for (int64_t across = 0; across < w->window_bins; across++)
      fold_window(j, place * w->window_bins + across, across, a, x);
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
    fold_element(&f->job, sequence, element);
  }
}

void apus_fold(
    const apus_windows *windows, apus_window_range range, apus_channel_range channels,
    apus_type type, const void *y, float *x) {
  if (range.count == 0) return;
  int64_t width = type == APUS_BFLOAT16 ? 2 : 4;
  folding f = {{windows, range, channels, width, y, x}, span_of(windows, range)};
  int64_t values = tap_count(windows) * windows->bins * channels.count;
  apus_parallel(f.elements.last - f.elements.first, window_grain(values), fold_range, &f);
}
