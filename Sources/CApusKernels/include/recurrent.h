// One step of a recurrent layer for all sequences that are still running, forward and back.
//
// What is kept of each element lies in the order of the batch, so that products over all elements
// need no other; what goes from step to step lies side by side, one row a running sequence.
#pragma once

#include "scalars.h"

// Sums of a unit: one (RNN), three (GRU: reset, update, new) or four (LSTM: input, forget, cell,
// output), each `size` long, in PyTorch's order.
typedef enum { APUS_RNN_TANH, APUS_RNN_RELU, APUS_GRU, APUS_LSTM } apus_cell;

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
} apus_step;

// Reads x·W for each element and h·W for each running sequence [count, sums]; `gates` keeps the
// activations. Of a GRU `candidates` keeps the products for the new state. Writes the memory and the
// state of each element, and the states once more side by side.
void apus_step_forward(
    const apus_step *step, const void *inputs, const float *products, void *gates,
    float *memory, float *candidates, void *output, void *states);

// Takes gradients of the states (of each element: may be null; what later steps gave directly:
// d_states; by their products: the first `product_count` sequences) and of the memory (d_memory)
// to those of the sums: for each element, for a GRU apart for x·W and h·W, and of h·W once more side
// by side. d_states and d_memory are left with what goes to the step before directly.
void apus_step_backward(
    const apus_step *step, const void *gates, const float *memory, const float *candidates,
    apus_type d_output_type, const void *d_output, int64_t product_count, const float *products,
    float *d_states, float *d_memory, void *d_inputs, void *d_hidden, void *d_sums);

// Where states are projected: sums the gradients of the states of a step as above, `size` values
// each, for each element and side by side, and leaves d_states zero.
void apus_step_gather(
    const apus_step *step, int64_t size, apus_type d_output_type, const void *d_output,
    int64_t product_count, const float *products, float *d_states, void *d_elements,
    void *d_sequences);
