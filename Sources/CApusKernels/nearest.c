// Of a million scores of a query a few hundred ever get into its heap, so what counts is to pass over
// the others while they are in the cache: one comparison each, many at a time.

#include "nearest.h"

#include <stdbool.h>
#include <stdlib.h>

#include "parallel.h"
#include "vector.h"

enum { GROUP = 64 };

typedef struct {
  const apus_nearest *nearest;
  const float *scores, *factors;
  int64_t rows, first;
} job;

static bool is_worse(apus_neighbour a, apus_neighbour b) {
  return a.score < b.score || (a.score == b.score && a.row > b.row);
}

static void sink(apus_neighbour *heap, int64_t count, int64_t place) {
  apus_neighbour moved = heap[place];
  for (int64_t child = 2 * place + 1; child < count; child = 2 * place + 1) {
    if (child + 1 < count && is_worse(heap[child + 1], heap[child])) child++;
    if (!is_worse(heap[child], moved)) break;
    heap[place] = heap[child];
    place = child;
  }
  heap[place] = moved;
}

static void rise(apus_neighbour *heap, int64_t place) {
  apus_neighbour moved = heap[place];
  while (place > 0 && is_worse(moved, heap[(place - 1) / 2])) {
    heap[place] = heap[(place - 1) / 2];
    place = (place - 1) / 2;
  }
  heap[place] = moved;
}

static void keep(const apus_nearest *n, int64_t query, float score, int64_t row) {
  apus_neighbour *heap = n->heaps + query * n->kept;
  if (n->counts[query] < n->kept) {
    heap[n->counts[query]] = (apus_neighbour){score, row};
    rise(heap, n->counts[query]++);
  } else {
    heap[0] = (apus_neighbour){score, row};
    sink(heap, n->kept, 0);
  }
  if (n->counts[query] == n->kept) n->thresholds[query] = heap[0].score;
}

// Whether any of a group of scores exceeds its threshold.
INLINE bool exceeds(const float *scores, float factor, const float *thresholds) {
  int32_t any = 0;
  for (int i = 0; i < GROUP; i++) any |= scores[i] * factor > thresholds[i];
  return any;
}

// Groups of queries begin..<end: each thread has heaps of its own.
CLONES static void keep_range(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const apus_nearest *n = j->nearest;
  for (int64_t row = 0; row < j->rows; row++) {
    const float *scores = j->scores + row * n->queries;
    float factor = j->factors ? j->factors[row] : 1;
    for (int64_t group = begin; group < end; group++) {
      int64_t from = GROUP * group, to = from + GROUP < n->queries ? from + GROUP : n->queries;
      if (to - from == GROUP && !exceeds(scores + from, factor, n->thresholds + from)) continue;
      for (int64_t query = from; query < to; query++)
        if (scores[query] * factor > n->thresholds[query])
          keep(n, query, scores[query] * factor, j->first + row);
    }
  }
}

void apus_keep_nearest(
    const apus_nearest *nearest, const float *scores, const float *factors, int64_t rows,
    int64_t first) {
  job j = {nearest, scores, factors, rows, first};
  apus_parallel((nearest->queries + GROUP - 1) / GROUP, 1, keep_range, &j);
}

static int by_score(const void *a, const void *b) {
  const apus_neighbour *x = a, *y = b;
  return is_worse(*x, *y) ? 1 : is_worse(*y, *x) ? -1 : 0;
}

void apus_sort_nearest(const apus_nearest *nearest) {
  for (int64_t query = 0; query < nearest->queries; query++)
    qsort(
        nearest->heaps + query * nearest->kept, (size_t)nearest->counts[query],
        sizeof(apus_neighbour), by_score);
}
