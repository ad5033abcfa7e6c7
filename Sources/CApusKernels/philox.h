// The Philox 4x32-10 function, the same as in Swift's Philox.swift.
#pragma once

#include "vector.h"

typedef struct {
  uint32_t x, y, z, w;
} philox_block;

INLINE philox_block philox(uint64_t key, uint64_t step, uint64_t index) {
  uint32_t x = (uint32_t)index, y = (uint32_t)(index >> 32);
  uint32_t z = (uint32_t)step, w = (uint32_t)(step >> 32);
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    uint64_t first = (uint64_t)x * 0xD2511F53u, second = (uint64_t)z * 0xCD9E8D57u;
    x = (uint32_t)(second >> 32) ^ y ^ k0;
    y = (uint32_t)second;
    z = (uint32_t)(first >> 32) ^ w ^ k1;
    w = (uint32_t)first;
    k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
  }
  return (philox_block){x, y, z, w};
}

// 24 random bits as a number of [0, 1).
INLINE float unit_float(uint32_t bits) { return (float)(bits >> 8) * 0x1p-24f; }

// The largest 32-bit number that still drops an element with the given probability.
INLINE uint32_t drop_threshold(float probability) {
  double scaled = (double)probability * 4294967296.0;
  return scaled >= 4294967295.0 ? 0xFFFFFFFFu : (uint32_t)scaled;
}
