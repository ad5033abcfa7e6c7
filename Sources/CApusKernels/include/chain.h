// Linear-chain conditional random fields: the sum over all tag sequences, its gradient, the best
// sequence.
#pragma once

#include <stdint.h>

// Rows of tags are padded to a multiple of so many.
enum { APUS_TAG_LANES = 8 };

typedef struct {
  // Sequence b has the elements offsets[b]..<offsets[b + 1].
  int64_t sequences;
  const int64_t *offsets;
  // The number of tags, and the columns of padded rows.
  int64_t tags, columns;
  // transitions[from * columns + to], -infinity where columns are padding.
  const float *transitions, *starts, *ends;
  // [elements, tags]
  const float *emissions;
} apus_chain;

// losses[b] = ln of the sum of e^score over all tag sequences - the score of `gold`; 0 for a
// sequence without elements.
//
// For the way back, `sums` and `states` (rows of `columns`) and `lasts` (one a sequence) are kept.
// states[t][j] is ln of the sum over tag sequences of the elements up to t that end with j, less the
// greatest such value of t; sums[t][j] is that before the emission of t came to it, or infinity
// where nothing may lead to j. lasts[b] is ln of the sum over states and ends.
void apus_chain_losses(
    const apus_chain *chain, const int32_t *gold, float *sums, float *states, float *lasts,
    float *losses);

// The gradients of losses that have the gradients d_losses.
//
// `marginals` is room for rows of `columns`, `parts` for apus_chain_parts times tags + 2 such rows.
void apus_chain_gradients(
    const apus_chain *chain, const int32_t *gold, const float *sums, const float *states,
    const float *lasts, const float *d_losses, float *marginals, float *parts, float *d_emissions,
    float *d_transitions, float *d_starts, float *d_ends);

// In how many parts gradients of transitions are summed up.
int64_t apus_chain_parts(const apus_chain *chain);

// The tag sequence of the highest score, the lower tag where two are equal, and that score.
//
// `sources` is room for rows of `columns`, `states` for two of them a sequence.
void apus_chain_best(
    const apus_chain *chain, int32_t *sources, float *states, int32_t *tags, float *scores);
