// Every C loop of Apus that is worth vectorising. Nothing here allocates but the matrix engine's
// caches and the attention's per-thread scratch; sizes are counts of elements, pointers are
// 64-byte aligned where a tensor starts, and no argument is checked: the callers have.
#pragma once

#include "attention.h"
#include "elementwise.h"
#include "embedding.h"
#include "loss.h"
#include "matmul.h"
#include "normalization.h"
#include "optimizers.h"
#include "parallel.h"
#include "random.h"
#include "reductions.h"
#include "scalars.h"
