// Random numbers as functions of a key and a position: Philox 4x32-10 (Salmon et al. 2011).
#pragma once

#include <stdint.h>

// Numbers of [low, high), four from each counter block.
void apus_random_uniform(
    uint64_t key, uint64_t step, float low, float high, float *x, int64_t count);

// Normal numbers by Box and Muller from two uniform ones each.
void apus_random_normal(
    uint64_t key, uint64_t step, float standard_deviation, float *x, int64_t count);
