// Operations on each element.
#pragma once

#include "scalars.h"

// y = a + b; y has a's type.
void apus_add(
    apus_type a_type, const void *a, apus_type b_type, const void *b, void *y, int64_t count);
