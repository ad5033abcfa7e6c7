#include "packing.h"

#include "lanes.h"
#include "parallel.h"

enum { PANEL = 64, LINES = LANES };

typedef struct {
  const apus_panels *shape;
  const float *source;
  uint32_t *packed;
  // Of a word, of all rows, and of all columns.
  int64_t depth, blocks, panels;
} job;

INLINE uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}

INLINE uint32_t pair(float first, float second) {
  return (uint32_t)float_to_bf16(first) | (uint32_t)float_to_bf16(second) << 16;
}

// Sixteen lines of a panel from rows whose columns lie side by side.
INLINE void pack_rows(const float *x, int64_t stride, int64_t depth, uint32_t *lines) {
  for (int64_t l = 0; l < LINES; l++) {
    const float *first = x + l * depth * stride, *second = first + stride;
    uint32_t *line = lines + l * PANEL;
    if (depth == 1)
      memcpy(line, first, PANEL * sizeof(float));
    else
      for (int64_t c = 0; c < PANEL; c++) line[c] = pair(first[c], second[c]);
  }
}

// The same from columns whose rows lie side by side.
INLINE void pack_columns(const float *x, int64_t stride, int64_t depth, uint32_t *lines) {
  for (int64_t c = 0; c < PANEL; c += LANES) {
    lanes tile[LANES];
    for (int64_t i = 0; i < LANES; i++) {
      const float *column = x + (c + i) * stride;
      __builtin_prefetch(column + 2 * LINES * depth);
      if (depth == 2) __builtin_prefetch(column + 5 * LINES);
      uint32_t words[LINES];
      for (int64_t l = 0; l < LINES; l++)
        words[l] = depth == 1 ? bits_of(column[l]) : pair(column[2 * l], column[2 * l + 1]);
      memcpy(&tile[i], words, sizeof words);
    }
    transpose_tile(tile);
    for (int64_t l = 0; l < LINES; l++) memcpy(lines + l * PANEL + c, &tile[l], sizeof(lanes));
  }
}

// The part of a block that the matrix has, the rest zeros.
INLINE void pack_edge(
    const apus_panels *s, const float *x, int64_t rows, int64_t columns, int64_t depth,
    uint32_t *lines) {
  float block[2 * LINES * PANEL] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++)
      block[r * PANEL + c] = x[r * s->row_stride + c * s->column_stride];
  pack_rows(block, PANEL, depth, lines);
}

CLONES static void pack_blocks(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_panels *s = j->shape;
  bool by_rows = s->column_stride == 1;
  int64_t height = LINES * j->depth;
  for (int64_t i = begin; i < end; i++) {
    // In the order of the source, whose memory is read in long runs.
    int64_t block = by_rows ? i / j->panels : i % j->blocks;
    int64_t panel = by_rows ? i % j->panels : i / j->blocks;
    int64_t row = block * height, column = panel * PANEL;
    int64_t rows = s->rows - row < height ? s->rows - row : height;
    int64_t columns = s->columns - column < PANEL ? s->columns - column : PANEL;
    const float *x = j->source + row * s->row_stride + column * s->column_stride;
    uint32_t *lines = j->packed + (panel * j->blocks + block) * LINES * PANEL;
    if (rows < height || columns < PANEL)
      pack_edge(s, x, rows, columns, j->depth, lines);
    else if (by_rows && j->depth == 1)
      pack_rows(x, s->row_stride, 1, lines);
    else if (by_rows)
      pack_rows(x, s->row_stride, 2, lines);
    else if (j->depth == 1)
      pack_columns(x, s->column_stride, 1, lines);
    else
      pack_columns(x, s->column_stride, 2, lines);
  }
}

void apus_pack_panels(const apus_panels *panels, const float *source, void *packed) {
  int64_t depth = panels->type == APUS_BFLOAT16 ? 2 : 1;
  job j = {panels, source, packed, depth, (panels->rows + LINES * depth - 1) / (LINES * depth),
           (panels->columns + PANEL - 1) / PANEL};
  apus_parallel(j.blocks * j.panels, 8, pack_blocks, &j);
}
