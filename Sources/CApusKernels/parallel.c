#include "parallel.h"

#include <stdbool.h>

// libgomp's entry point for a parallel region, called directly so that no compiler flag is needed.
extern void GOMP_parallel(void (*region)(void *), void *data, unsigned threads, unsigned flags);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_get_max_threads(void);
extern int omp_in_parallel(void);
extern void omp_set_num_threads(int count);

// omp_set_num_threads sets the calling thread's number alone, and Swift's tasks move between
// threads: this one is for the process.
static _Atomic int thread_count = 0;

int apus_thread_count(void) {
  int count = thread_count;
  return count > 0 ? count : omp_get_max_threads();
}

void apus_set_thread_count(int count) {
  thread_count = count;
  omp_set_num_threads(count);
}

typedef struct {
  apus_task task;
  void *context;
  int64_t count;
} region;

static void run_share(void *data) {
  const region *work = data;
  int64_t share = omp_get_thread_num(), shares = omp_get_num_threads();
  int64_t begin = work->count * share / shares, end = work->count * (share + 1) / shares;
  if (begin < end) work->task(work->context, begin, end);
}

void apus_parallel(int64_t count, int64_t grain, apus_task task, void *context) {
  if (count <= 0) return;
  int64_t threads = apus_thread_count(), useful = count / (grain > 0 ? grain : 1);
  if (threads > useful) threads = useful;
  if (threads <= 1 || omp_in_parallel()) {
    task(context, 0, count);
    return;
  }
  region work = {task, context, count};
  GOMP_parallel(run_share, &work, (unsigned)threads, 0);
}

typedef struct {
  void (*task)(void *context, int64_t index);
  void *context;
  int64_t count;
  _Atomic int64_t next;
} queue;

static void run_queue(void *data) {
  queue *work = data;
  for (int64_t i = work->next++; i < work->count; i = work->next++) work->task(work->context, i);
}

void apus_parallel_each(
    int64_t count, void (*task)(void *context, int64_t index), void *context) {
  queue work = {task, context, count, 0};
  int64_t threads = apus_thread_count() < count ? apus_thread_count() : count;
  if (threads <= 1 || omp_in_parallel())
    run_queue(&work);
  else
    GOMP_parallel(run_queue, &work, (unsigned)threads, 0);
}
