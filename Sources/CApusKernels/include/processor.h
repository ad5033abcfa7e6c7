// What the processor can do, for choosing a precision.
#pragma once

#include <stdbool.h>

// Whether there are instructions that multiply bf16: then it is twice as fast as Float32.
bool apus_multiplies_bf16(void);

// Whether the matrix engine can multiply bf16 at all, if only by converting.
bool apus_supports_bf16(void);
