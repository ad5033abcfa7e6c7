// Elements of any floating-point type, worked on as Float32 a chunk at a time.
//
// A chunk stays in the first-level cache, so a kernel written for Float32 alone reads and writes
// bf16 in the same pass over memory.
#pragma once

#include "scalars.h"
#include "vector.h"

enum { CHUNK = 1024 };

void apus_widen(const bf16 *x, float *y, int64_t count);
void apus_narrow(const float *x, bf16 *y, int64_t count);

// The elements from `begin` on as Float32: where they are, or widened into the buffer.
INLINE const float *load_chunk(
    apus_type type, const void *x, int64_t begin, int64_t count, float *buffer) {
  if (type == APUS_FLOAT32) return (const float *)x + begin;
  apus_widen((const bf16 *)x + begin, buffer, count);
  return buffer;
}

// Where to write Float32 results, before `store_chunk` brings them where they belong.
INLINE float *result_chunk(apus_type type, void *y, int64_t begin, float *buffer) {
  return type == APUS_FLOAT32 ? (float *)y + begin : buffer;
}

INLINE void store_chunk(
    apus_type type, const float *result, void *y, int64_t begin, int64_t count) {
  if (type == APUS_BFLOAT16) apus_narrow(result, (bf16 *)y + begin, count);
}

INLINE int64_t chunk_length(int64_t begin, int64_t end) {
  return end - begin < CHUNK ? end - begin : CHUNK;
}
