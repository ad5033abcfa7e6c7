#include "chunks.h"
#include "parallel.h"
#include "window_walk.h"

typedef struct {
  const apus_windows *windows;
  apus_type type;
  const void *x;
  void *y;
  int32_t *positions;
  float *dx;
} job;

CLONES static void take_greater(
    const float *restrict x, int32_t position, float *restrict best, int32_t *restrict positions,
    int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    int wins = positions[i] < 0 || x[i] > best[i] || (x[i] != x[i] && best[i] == best[i]);
    best[i] = wins ? x[i] : best[i];
    positions[i] = wins ? position : positions[i];
  }
}

CLONES static void add_scaled(
    const float *restrict x, float scale, float *restrict sum, int64_t count) {
  for (int64_t i = 0; i < count; i++) sum[i] += scale * x[i];
}

static void store(const job *j, int64_t begin, int64_t count, const float *values) {
  float buffer[CHUNK];
  float *y = result_chunk(j->type, j->y, begin, buffer);
  memcpy(y, values, (size_t)count * sizeof(float));
  store_chunk(j->type, y, j->y, begin, count);
}

static void max_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_windows *w = j->windows;
  window_place place = {0};
  float best[CHUNK], buffer[CHUNK];
  for (int64_t number = begin; number < end; number++) {
    move_to_window(w, number, &place);
    for (int64_t n, c = 0; c < w->channels; c += n) {
      n = chunk_length(c, w->channels);
      int32_t *positions = j->positions + number * w->channels + c;
      memset(best, 0, (size_t)n * sizeof(float));
      memset(positions, -1, (size_t)n * sizeof(int32_t));
      for (int64_t tap = 0; tap < tap_count(w); tap++) {
        int64_t pixel = pixel_under(w, &place, tap / w->across.size, tap % w->across.size);
        if (pixel < 0) continue;
        const float *x = load_chunk(j->type, j->x, pixel * w->channels + c, n, buffer);
        take_greater(x, (int32_t)pixel, best, positions, n);
      }
      store(j, number * w->channels + c, n, best);
    }
  }
}

void apus_window_max(
    const apus_windows *windows, apus_type type, const void *x, void *y, int32_t *positions) {
  job j = {windows, type, x, y, positions, 0};
  int64_t values = tap_count(windows) * windows->channels;
  apus_parallel(window_count(windows), window_grain(values), max_range, &j);
}

// Windows share pixels, so each thread owns some channels of all of them.
static void max_backward_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_windows *w = j->windows;
  float buffer[CHUNK];
  for (int64_t n, c = begin; c < end; c += n) {
    n = chunk_length(c, end);
    for (int64_t number = 0; number < window_count(w); number++) {
      const float *dy = load_chunk(j->type, j->x, number * w->channels + c, n, buffer);
      const int32_t *positions = j->positions + number * w->channels + c;
      for (int64_t i = 0; i < n; i++)
        if (positions[i] >= 0) j->dx[positions[i] * w->channels + c + i] += dy[i];
    }
  }
}

void apus_window_max_backward(
    const apus_windows *windows, apus_type type, const void *dy, const int32_t *positions,
    float *dx) {
  job j = {windows, type, dy, 0, (int32_t *)positions, dx};
  apus_parallel(windows->channels, 16, max_backward_range, &j);
}

static int64_t pixels_under(const apus_windows *w, const window_place *place) {
  int64_t count = 0;
  for (int64_t tap = 0; tap < tap_count(w); tap++)
    count += pixel_under(w, place, tap / w->across.size, tap % w->across.size) >= 0;
  return count;
}

static void mean_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_windows *w = j->windows;
  window_place place = {0};
  float sum[CHUNK], buffer[CHUNK];
  for (int64_t number = begin; number < end; number++) {
    move_to_window(w, number, &place);
    float scale = 1.0f / (float)pixels_under(w, &place);
    for (int64_t n, c = 0; c < w->channels; c += n) {
      n = chunk_length(c, w->channels);
      memset(sum, 0, (size_t)n * sizeof(float));
      for (int64_t tap = 0; tap < tap_count(w); tap++) {
        int64_t pixel = pixel_under(w, &place, tap / w->across.size, tap % w->across.size);
        if (pixel < 0) continue;
        const float *x = load_chunk(j->type, j->x, pixel * w->channels + c, n, buffer);
        add_scaled(x, scale, sum, n);
      }
      store(j, number * w->channels + c, n, sum);
    }
  }
}

void apus_window_mean(const apus_windows *windows, apus_type type, const void *x, void *y) {
  job j = {windows, type, x, y, 0, 0};
  int64_t values = tap_count(windows) * windows->channels;
  apus_parallel(window_count(windows), window_grain(values), mean_range, &j);
}

static void mean_backward_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_windows *w = j->windows;
  float buffer[CHUNK];
  for (int64_t n, c = begin; c < end; c += n) {
    n = chunk_length(c, end);
    window_place place = {0};
    for (int64_t number = 0; number < window_count(w); number++) {
      move_to_window(w, number, &place);
      float scale = 1.0f / (float)pixels_under(w, &place);
      const float *dy = load_chunk(j->type, j->x, number * w->channels + c, n, buffer);
      for (int64_t tap = 0; tap < tap_count(w); tap++) {
        int64_t pixel = pixel_under(w, &place, tap / w->across.size, tap % w->across.size);
        if (pixel >= 0) add_scaled(dy, scale, j->dx + pixel * w->channels + c, n);
      }
    }
  }
}

void apus_window_mean_backward(
    const apus_windows *windows, apus_type type, const void *dy, float *dx) {
  job j = {windows, type, dy, 0, 0, dx};
  apus_parallel(windows->channels, 16, mean_backward_range, &j);
}
