#include "chunks.h"
#include "parallel.h"
#include "window_walk.h"

typedef struct {
  const apus_windows *windows;
  apus_type type;
  const void *x, *dy;
  const float *weight, *bias;
  void *y;
  float *d_weight;
} job;

CLONES static void add_product(
    const float *restrict a, const float *restrict b, float *restrict sum, int64_t count) {
  for (int64_t i = 0; i < count; i++) sum[i] += a[i] * b[i];
}

static void forward_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_windows *w = j->windows;
  window_place place = {0};
  float sum[CHUNK], buffer[CHUNK];
  for (int64_t number = begin; number < end; number++) {
    move_to_window(w, number, &place);
    for (int64_t n, c = 0; c < w->channels; c += n) {
      n = chunk_length(c, w->channels);
      if (j->bias)
        memcpy(sum, j->bias + c, (size_t)n * sizeof(float));
      else
        memset(sum, 0, (size_t)n * sizeof(float));
      for (int64_t tap = 0; tap < tap_count(w); tap++) {
        int64_t pixel = pixel_under(w, &place, tap / w->across.size, tap % w->across.size);
        if (pixel < 0) continue;
        const float *x = load_chunk(j->type, j->x, pixel * w->channels + c, n, buffer);
        add_product(x, j->weight + tap * w->channels + c, sum, n);
      }
      float *y = result_chunk(j->type, j->y, number * w->channels + c, buffer);
      memcpy(y, sum, (size_t)n * sizeof(float));
      store_chunk(j->type, y, j->y, number * w->channels + c, n);
    }
  }
}

void apus_depthwise(
    const apus_windows *windows, apus_type type, const void *x, const float *weight,
    const float *bias, void *y) {
  job j = {.windows = windows, .type = type, .x = x, .weight = weight, .bias = bias, .y = y};
  int64_t values = tap_count(windows) * windows->channels;
  apus_parallel(window_count(windows), window_grain(values), forward_range, &j);
}

// The sum over the windows that a pixel is under, for n channels from c on.
static void gather_pixel(
    const job *j, int64_t sequence, int64_t element, int64_t bin, int64_t c, int64_t n,
    float *sum) {
  const apus_windows *w = j->windows;
  int64_t first = w->window_offsets[sequence], count = w->window_offsets[sequence + 1] - first;
  float buffer[CHUNK];
  memset(sum, 0, (size_t)n * sizeof(float));
  for (int64_t tap = 0; tap < tap_count(w); tap++) {
    int64_t window = window_over(
        &w->time, element - w->offsets[sequence], tap / w->across.size, count);
    int64_t across = window_over(&w->across, bin, tap % w->across.size, w->window_bins);
    if (window < 0 || across < 0) continue;
    int64_t number = (first + window) * w->window_bins + across;
    const float *dy = load_chunk(j->type, j->dy, number * w->channels + c, n, buffer);
    add_product(dy, j->weight + tap * w->channels + c, sum, n);
  }
}

static void backward_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_windows *w = j->windows;
  int64_t sequence = 0;
  float sum[CHUNK];
  for (int64_t pixel = begin; pixel < end; pixel++) {
    int64_t element = pixel / w->bins;
    while (element >= w->offsets[sequence + 1]) sequence++;
    for (int64_t n, c = 0; c < w->channels; c += n) {
      n = chunk_length(c, w->channels);
      float *dx = result_chunk(j->type, j->y, pixel * w->channels + c, sum);
      gather_pixel(j, sequence, element, pixel % w->bins, c, n, dx);
      store_chunk(j->type, dx, j->y, pixel * w->channels + c, n);
    }
  }
}

void apus_depthwise_backward(
    const apus_windows *windows, apus_type type, const void *dy, const float *weight, void *dx) {
  job j = {.windows = windows, .type = type, .dy = dy, .weight = weight, .y = dx};
  int64_t values = tap_count(windows) * windows->channels;
  int64_t pixels = windows->offsets[windows->sequences] * windows->bins;
  apus_parallel(pixels, window_grain(values), backward_range, &j);
}

// Each thread owns some channels, so that the order of additions does not depend on their number.
static void weight_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_windows *w = j->windows;
  float x_buffer[CHUNK], dy_buffer[CHUNK];
  for (int64_t n, c = begin; c < end; c += n) {
    n = chunk_length(c, end);
    window_place place = {0};
    for (int64_t number = 0; number < window_count(w); number++) {
      move_to_window(w, number, &place);
      const float *dy = load_chunk(j->type, j->dy, number * w->channels + c, n, dy_buffer);
      for (int64_t tap = 0; tap < tap_count(w); tap++) {
        int64_t pixel = pixel_under(w, &place, tap / w->across.size, tap % w->across.size);
        if (pixel < 0) continue;
        const float *x = load_chunk(j->type, j->x, pixel * w->channels + c, n, x_buffer);
        add_product(x, dy, j->d_weight + tap * w->channels + c, n);
      }
    }
  }
}

void apus_depthwise_weight_gradient(
    const apus_windows *windows, apus_type type, const void *x, const void *dy, float *d_weight) {
  job j = {.windows = windows, .type = type, .x = x, .dy = dy, .d_weight = d_weight};
  memset(d_weight, 0, (size_t)(tap_count(windows) * windows->channels) * sizeof(float));
  apus_parallel(windows->channels, 16, weight_range, &j);
}
