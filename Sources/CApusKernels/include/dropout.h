// Dropout, whose choices are a function of a key, a step and an element's number.
#pragma once

#include "scalars.h"

// Which elements of a tensor are dropped: element i if word i of the key's stream is below the
// threshold; the others are scaled by 1 / (1 - rate). A rate of 0 drops nothing.
typedef struct {
  uint64_t key, step;
  float rate;
} apus_dropped;

// y = dropped(x).
void apus_dropout(
    apus_type type, const void *x, apus_dropped dropped, void *y, int64_t count);
