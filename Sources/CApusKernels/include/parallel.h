// One team of threads for our loops and for the matrix engine: libgomp's.
#pragma once

#include <stdint.h>

// Work on the elements or rows begin..<end.
typedef void (*apus_task)(void *context, int64_t begin, int64_t end);

// Splits 0..<count into one contiguous range a thread, each at least `grain` long, and waits.
// The split depends on the count and the number of threads alone.
void apus_parallel(int64_t count, int64_t grain, apus_task task, void *context);

// Runs a task for each number of 0..<count, the next free thread taking the next number: for tasks of
// unequal size whose results do not depend on each other.
void apus_parallel_each(
    int64_t count, void (*task)(void *context, int64_t index), void *context);

// The number of threads of the team, the calling one included.
int apus_thread_count(void);
void apus_set_thread_count(int count);
