// One step of a recurrent layer for all sequences that are still running, forward and back.
//
// What is kept of each element lies in the order of the batch, so that products over all elements
// need no other; what goes from step to step lies side by side, one row a running sequence.
#pragma once

#include "scalars.h"

// Sums of a unit: one (RNN), three (GRU: reset, update, new) or four (LSTM: input, forget, cell,
// output), each `size` long, in PyTorch's order.
typedef enum { APUS_RNN_TANH, APUS_RNN_RELU, APUS_GRU, APUS_LSTM } apus_cell;

// Rows of mean 0 and variance 1, scaled and shifted by a gain and a bias (Ba et al. 2016).
typedef struct {
  // [width]; no gain where there is no norm.
  const float *gain, *bias;
  // Of each element, in the order of the batch, what the way back needs: the row before gain and bias
  // [elements, width], and what it was scaled with [elements].
  float *normed, *scales;
} apus_row_norm;

// What of a value stays as it was in the step before (zoneout, Krueger et al. 2017).
typedef struct {
  // Of each element, in the order of the batch: 0 where a value stays. Null where a share of each does.
  const float *mask;
  float share;
} apus_keep;

typedef struct {
  apus_cell cell;
  // The number of units.
  int64_t size;
  // Of the input sums, of what is kept, and of states as operands of products.
  apus_type type;
  // What the memory of an LSTM is held within; infinity where it is free.
  float clip;
  // An LSTM's weights from memory to input, forget and output gate [3, size], or null.
  const float *peepholes;
  // Running sequences; their elements in this step, and those of the step before or null in the first.
  int64_t count;
  const int64_t *rows, *previous_rows;
  // The memory before the first step [count, size]: an LSTM's cell, otherwise the state.
  const float *initial_memory;
  // Of an LSTM's memory, before the tanh of its output.
  apus_row_norm memory_norm;
  // What of the memory stays.
  apus_keep kept;
} apus_step;

// Reads x·W for each element and h·W for each running sequence [count, sums]; `gates` keeps the
// activations. `candidates` keeps the products for a GRU's new state, and what an LSTM's memory would
// be if nothing of it stayed. Writes the memory and the state of each element, and the states once
// more side by side.
void apus_step_forward(
    const apus_step *step, const void *inputs, const float *products, void *gates,
    float *memory, float *candidates, void *output, void *states);

// Takes gradients of the states (of each element: may be null; what later steps gave directly:
// d_states; by their products: the first `product_count` sequences) and of the memory (d_memory)
// to those of the sums: for each element, for a GRU apart for x·W and h·W, and of h·W once more side
// by side. d_states and d_memory are left with what goes to the step before directly. Where the memory
// is normed, d_normed [elements, size] gets the gradients of what comes out of that.
void apus_step_backward(
    const apus_step *step, const void *gates, const float *memory, const float *candidates,
    apus_type d_output_type, const void *d_output, int64_t product_count, const float *products,
    float *d_states, float *d_memory, float *d_normed, void *d_inputs, void *d_hidden,
    void *d_sums);

// Norms products of states [count, width] in place.
void apus_step_norm(
    const apus_step *step, const apus_row_norm *norm, int64_t width, float *products);

// Takes gradients of normed products, side by side, to those of the products: in their place, and for
// each element.
void apus_step_norm_backward(
    const apus_step *step, const apus_row_norm *norm, int64_t width, void *d_sums,
    void *d_elements);

// Keeps of the states before the step, side by side, what stays, and takes the rest from the fresh ones.
void apus_step_keep(
    const apus_step *step, const apus_keep *kept, int64_t size, const void *fresh, void *states);

// Holds each value within the limit on both sides.
void apus_clamp(float *values, int64_t count, float limit);

// Takes the gradients out of those that states [elements, size] at their limit got, for each element and
// side by side.
void apus_step_limit(
    const apus_step *step, int64_t size, float limit, const void *states, void *d_elements,
    void *d_sequences);

// Where states are projected or stay: sums the gradients of the states of a step as above, `size`
// values each. Those of the fresh states are written side by side and, unless null, for each element;
// d_states is left with those of what stays.
void apus_step_gather(
    const apus_step *step, const apus_keep *kept, int64_t size, apus_type d_output_type,
    const void *d_output, int64_t product_count, const float *products, float *d_states,
    void *d_elements, void *d_sequences);
