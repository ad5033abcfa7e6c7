#include "movement.h"

#include <string.h>

#include "elementwise.h"
#include "parallel.h"

typedef struct {
  const char *x;
  char *y;
  int64_t x_stride, y_stride, bytes;
} copy;

static void copy_range(void *context, int64_t begin, int64_t end) {
  const copy *c = context;
  for (int64_t i = begin; i < end; i++)
    memcpy(c->y + i * c->y_stride, c->x + i * c->x_stride, (size_t)c->bytes);
}

void apus_copy_runs(
    const void *x, int64_t x_stride, void *y, int64_t y_stride, int64_t bytes, int64_t count) {
  copy c = {x, y, x_stride, y_stride, bytes};
  apus_parallel(count, 1 + (1 << 16) / (bytes + 1), copy_range, &c);
}

typedef struct {
  apus_type type;
  const void *x;
  void *y;
  int axes;
  const int64_t *size, *x_stride;
  int64_t y_stride[APUS_MAX_AXES];
  // The axis of y along which x is contiguous.
  int near;
} permutation;

// Squares of this many elements go through a buffer, so that rows a power of two apart, which share
// their places in the first-level cache, are touched once each.
enum { TILE = 32 };

// y[column * y_column + row] = x[row * x_row + column] for up to TILE columns.
#define TRANSPOSE_COLUMNS(name, element)                                                         \
  static void name(                                                                              \
      const element *x, element *y, int64_t rows, int64_t x_row, int64_t columns,                \
      int64_t y_column) {                                                                        \
    element tile[TILE * TILE];                                                                   \
    for (int64_t first = 0; first < rows; first += TILE) {                                       \
      int64_t count = rows - first < TILE ? rows - first : TILE;                                 \
      for (int64_t r = 0; r < count; r++)                                                        \
        memcpy(tile + r * TILE, x + (first + r) * x_row, (size_t)columns * sizeof(element));     \
      for (int64_t c = 0; c < columns; c++)                                                      \
        for (int64_t r = 0; r < count; r++) y[c * y_column + first + r] = tile[r * TILE + c];    \
    }                                                                                            \
  }

TRANSPOSE_COLUMNS(transpose_words, uint32_t)
TRANSPOSE_COLUMNS(transpose_halves, uint16_t)

// Begin..<end counts the blocks of TILE along the near axis of x, within the combinations of all
// axes but that one and the last of y; where these are the same axis, whole runs are copied.
static void permute_range(void *context, int64_t begin, int64_t end) {
  const permutation *p = context;
  int last = p->axes - 1;
  int64_t bytes = p->type == APUS_BFLOAT16 ? 2 : 4;
  int64_t columns = p->size[p->near], blocks = p->near == last ? 1 : (columns + TILE - 1) / TILE;
  for (int64_t i = begin; i < end; i++) {
    int64_t rest = i / blocks, first = i % blocks * TILE, x = first, y = first * p->y_stride[p->near];
    for (int axis = last - 1; axis >= 0; axis--) {
      if (axis == p->near) continue;
      x += rest % p->size[axis] * p->x_stride[axis];
      y += rest % p->size[axis] * p->y_stride[axis];
      rest /= p->size[axis];
    }
    const char *from = (const char *)p->x + x * bytes;
    char *to = (char *)p->y + y * bytes;
    int64_t n = columns - first < TILE ? columns - first : TILE;
    if (p->near == last)
      memcpy(to, from, (size_t)(columns * bytes));
    else if (bytes == 2)
      transpose_halves((const uint16_t *)from, (uint16_t *)to, p->size[last], p->x_stride[last], n,
                       p->y_stride[p->near]);
    else
      transpose_words((const uint32_t *)from, (uint32_t *)to, p->size[last], p->x_stride[last], n,
                      p->y_stride[p->near]);
  }
}

void apus_permute(
    apus_type type, const void *x, int axes, const int64_t *size, const int64_t *x_stride,
    void *y) {
  permutation p = {type, x, y, axes, size, x_stride, {0}, axes - 1};
  int64_t stride = 1, count = 1;
  for (int axis = axes - 1; axis >= 0; axis--) {
    p.y_stride[axis] = stride;
    stride *= size[axis];
    // Of several axes with stride 1 all but one have a single element.
    if (x_stride[axis] == 1 && (x_stride[p.near] != 1 || size[p.near] == 1)) p.near = axis;
  }
  for (int axis = 0; axis < axes - 1; axis++)
    if (axis != p.near) count *= size[axis];
  if (stride == 0) return;
  if (p.near != axes - 1) count *= (size[p.near] + TILE - 1) / TILE;
  int64_t work = stride / count;
  apus_parallel(count, 1 + (1 << 14) / (work + 1), permute_range, &p);
}
