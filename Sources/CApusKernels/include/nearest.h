// The greatest scores of each query, kept while scores come in blocks.
#pragma once

#include <stdint.h>

typedef struct {
  float score;
  int64_t row;
} apus_neighbour;

// What is kept of each query: a heap of at most `kept` neighbours whose first is the worst, of equal
// scores the last row, and how many it has.
typedef struct {
  int64_t queries, kept;
  apus_neighbour *heaps;  // [queries, kept]
  int64_t *counts;        // [queries]
  // What a score must exceed: that of the first once a heap is full, −∞ before.
  float *thresholds;  // [queries]
} apus_nearest;

// Keeps what is great enough of scores[rows, queries], each row times its factor (or 1 if there are
// none), whose first row has the number `first`. Rows must come in ascending order.
void apus_keep_nearest(
    const apus_nearest *nearest, const float *scores, const float *factors, int64_t rows,
    int64_t first);

// Puts the best of each query first, of equal scores the first row.
void apus_sort_nearest(const apus_nearest *nearest);
