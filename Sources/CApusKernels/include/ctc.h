// Connectionist temporal classification: the sum over all alignments of labels with frames, and its
// gradient.
#pragma once

#include <stdint.h>

typedef struct {
  // Sequence b has the frames offsets[b]..<offsets[b + 1] and the labels
  // label_offsets[b]..<label_offsets[b + 1].
  int64_t sequences;
  const int64_t *offsets, *label_offsets;
  // The place of each label among the different ones of its sequence, from 1; 0 is the blank's.
  const int32_t *places;
  // Sequence b has class_offsets[b + 1] - class_offsets[b] different classes, its blank first, and
  // cells for them and each of its frames from cell_offsets[b] on.
  const int64_t *class_offsets, *cell_offsets;
  const int32_t *classes;
  // [frames, columns], not normalised.
  const float *logits;
  int64_t columns;
} apus_ctc;

// How many floats of room apus_ctc_losses works in.
int64_t apus_ctc_room(const apus_ctc *ctc);

// losses[b] = -ln of the sum of the probabilities of all alignments; infinity where there is none
// that is possible, NaN where a logit is.
//
// For the way back, tops[t] gets the greatest logit of a frame, scales[t] the inverse of the sum of
// e^(logit - top), and, unless it is null, `occupancies` the probability of each class of a sequence
// at each of its frames given the labels: 0 where the loss is infinite. `exponents` is room for as
// many integers as there are cells.
void apus_ctc_losses(
    const apus_ctc *ctc, float *tops, float *scales, float *fractions, int32_t *exponents,
    float *room, int with_occupancies, float *losses);

// The gradient of losses that have the gradients d_losses: 0 where a loss is infinite.
void apus_ctc_gradient(
    const apus_ctc *ctc, const float *tops, const float *scales, const float *occupancies,
    const float *losses, const float *d_losses, float *d_logits);
