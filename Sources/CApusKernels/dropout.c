#include "dropout.h"

#include "parallel.h"
#include "rows.h"

typedef struct {
  apus_type type;
  const void *x;
  apus_dropped dropped;
  void *y;
  int64_t count;
} job;

enum { STRIP = 1024 };

CLONES static void drop_strips(void *context, int64_t begin, int64_t end) {
  const job *d = context;
  float row[STRIP];
  for (int64_t strip = begin; strip < end; strip++) {
    int64_t first = strip * STRIP;
    int64_t n = d->count - first < STRIP ? d->count - first : STRIP;
    load_row(d->type, d->x, first, n, row);
    drop_row(d->dropped, first, n, row);
    store_row(d->type, row, n, d->y, first);
  }
}

void apus_dropout(apus_type type, const void *x, apus_dropped dropped, void *y, int64_t count) {
  job d = {type, x, dropped, y, count};
  apus_parallel((count + STRIP - 1) / STRIP, 4, drop_strips, &d);
}
