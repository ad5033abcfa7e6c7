#include "recurrent.h"

#include "chunks.h"
#include "parallel.h"

// Units are worked on a chunk at a time, as Float32.
enum { UNITS = 256 };

typedef struct {
  const float *input[4], *product[4], *peephole[3], *before;
  float *gate[4], *memory, *candidate, *state;
  int64_t count;
  float clip;
} forward_chunk;

typedef struct {
  const float *gate[4], *peephole[3], *memory, *before, *candidate;
  float *d_state, *d_memory, *d_sum[4], *d_product;
  int64_t count;
  float clip;
} backward_chunk;

// No array that is written overlaps another, which the compiler can't see. The last few units are
// masked lanes of a vector, since layers are seldom a multiple of one.
#define EACH_UNIT                                                               \
  _Pragma("clang loop vectorize(assume_safety) vectorize_predicate(enable)")    \
  for (int64_t i = 0; i < c.count; i++)

// Gradients are of the sums, with the derivatives of the activations in terms of their results.
INLINE void rnn_forward(const forward_chunk c, const int is_tanh) {
  EACH_UNIT {
    float sum = c.input[0][i] + c.product[0][i];
    float y = is_tanh ? fast_tanh(sum) : (sum > 0 ? sum : 0);
    c.gate[0][i] = c.memory[i] = c.state[i] = y;
  }
}

INLINE void rnn_backward(const backward_chunk c, const int is_tanh) {
  EACH_UNIT {
    float y = c.gate[0][i];
    c.d_sum[0][i] = c.d_state[i] * (is_tanh ? 1 - y * y : (y > 0 ? 1.0f : 0.0f));
    c.d_state[i] = 0;
  }
}

CLONES static void gru_forward(const forward_chunk c) {
  EACH_UNIT {
    float reset = fast_sigmoid(c.input[0][i] + c.product[0][i]);
    float update = fast_sigmoid(c.input[1][i] + c.product[1][i]);
    float candidate = c.product[2][i];
    float fresh = fast_tanh(c.input[2][i] + reset * candidate);
    float y = fresh + update * (c.before[i] - fresh);
    c.gate[0][i] = reset, c.gate[1][i] = update, c.gate[2][i] = fresh;
    c.candidate[i] = candidate;
    c.memory[i] = c.state[i] = y;
  }
}

CLONES static void gru_backward(const backward_chunk c) {
  EACH_UNIT {
    float reset = c.gate[0][i], update = c.gate[1][i], fresh = c.gate[2][i];
    float d_state = c.d_state[i];
    float d_fresh = d_state * (1 - update) * (1 - fresh * fresh);
    c.d_sum[0][i] = d_fresh * c.candidate[i] * reset * (1 - reset);
    c.d_sum[1][i] = d_state * (c.before[i] - fresh) * update * (1 - update);
    c.d_sum[2][i] = d_fresh;
    c.d_product[i] = d_fresh * reset;
    c.d_state[i] = d_state * update;
  }
}

INLINE void lstm_forward_with(const forward_chunk c, const int peeps) {
  EACH_UNIT {
    float before = c.before[i];
    float in = c.input[0][i] + c.product[0][i], forget = c.input[1][i] + c.product[1][i];
    float out = c.input[3][i] + c.product[3][i];
    if (peeps) in += c.peephole[0][i] * before, forget += c.peephole[1][i] * before;
    in = fast_sigmoid(in), forget = fast_sigmoid(forget);
    float fresh = fast_tanh(c.input[2][i] + c.product[2][i]);
    float memory = forget * before + in * fresh;
    memory = memory > c.clip ? c.clip : (memory < -c.clip ? -c.clip : memory);
    if (peeps) out += c.peephole[2][i] * memory;
    out = fast_sigmoid(out);
    c.gate[0][i] = in, c.gate[1][i] = forget, c.gate[2][i] = fresh, c.gate[3][i] = out;
    c.memory[i] = memory;
    c.state[i] = out * fast_tanh(memory);
  }
}

INLINE void lstm_backward_with(const backward_chunk c, const int peeps) {
  EACH_UNIT {
    float in = c.gate[0][i], forget = c.gate[1][i], fresh = c.gate[2][i], out = c.gate[3][i];
    float memory = c.memory[i], before = c.before[i], d_state = c.d_state[i];
    float seen = fast_tanh(memory);
    float d_out = d_state * seen * out * (1 - out);
    float d_memory = c.d_memory[i] + d_state * out * (1 - seen * seen);
    if (peeps) d_memory += d_out * c.peephole[2][i];
    d_memory = __builtin_fabsf(memory) < c.clip ? d_memory : 0;
    float d_in = d_memory * fresh * in * (1 - in);
    float d_forget = d_memory * before * forget * (1 - forget);
    c.d_sum[0][i] = d_in;
    c.d_sum[1][i] = d_forget;
    c.d_sum[2][i] = d_memory * in * (1 - fresh * fresh);
    c.d_sum[3][i] = d_out;
    d_memory *= forget;
    if (peeps) d_memory += d_in * c.peephole[0][i] + d_forget * c.peephole[1][i];
    c.d_memory[i] = d_memory;
    c.d_state[i] = 0;
  }
}

// Each form has a loop of its own: one that asks would read peepholes that are not there.
#define FORM(name, direction, chunk, argument) \
  CLONES static void name##_##direction(const chunk c) { argument; }
FORM(tanh, forward, forward_chunk, rnn_forward(c, 1))
FORM(tanh, backward, backward_chunk, rnn_backward(c, 1))
FORM(relu, forward, forward_chunk, rnn_forward(c, 0))
FORM(relu, backward, backward_chunk, rnn_backward(c, 0))
FORM(lstm, forward, forward_chunk, lstm_forward_with(c, 0))
FORM(lstm, backward, backward_chunk, lstm_backward_with(c, 0))
FORM(peephole, forward, forward_chunk, lstm_forward_with(c, 1))
FORM(peephole, backward, backward_chunk, lstm_backward_with(c, 1))

static int64_t sum_count(apus_cell cell) { return cell == APUS_LSTM ? 4 : cell == APUS_GRU ? 3 : 1; }

static void *element(apus_type type, const void *x, int64_t i) {
  return (char *)x + i * (type == APUS_BFLOAT16 ? 2 : 4);
}

// The memory before this step of running sequence `row`.
static const float *memory_before(const apus_step *s, const float *memory, int64_t row) {
  return s->previous_rows ? memory + s->previous_rows[row] * s->size : s->initial_memory + row * s->size;
}

typedef struct {
  const apus_step *step;
  const void *inputs;
  const float *products;
  void *gates;
  float *memory, *candidates;
  void *output, *states;
} forward_pass;

static void forward_rows(void *context, int64_t begin, int64_t end) {
  const forward_pass *p = context;
  const apus_step *s = p->step;
  int64_t size = s->size, sums = sum_count(s->cell);
  float inputs[4][UNITS], gates[4][UNITS], state[UNITS];
  for (int64_t row = begin; row < end; row++) {
    int64_t at = s->rows[row];
    const float *before = memory_before(s, p->memory, row);
    for (int64_t first = 0; first < size; first += UNITS) {
      int64_t n = size - first < UNITS ? size - first : UNITS;
      forward_chunk c = {.count = n, .clip = s->clip, .state = state};
      for (int64_t sum = 0; sum < sums; sum++) {
        int64_t i = (at * sums + sum) * size + first;
        c.input[sum] = load_chunk(s->type, p->inputs, i, n, inputs[sum]);
        c.product[sum] = p->products + (row * sums + sum) * size + first;
        c.gate[sum] = result_chunk(s->type, p->gates, i, gates[sum]);
      }
      for (int gate = 0; s->peepholes && gate < 3; gate++)
        c.peephole[gate] = s->peepholes + gate * size + first;
      c.before = before + first;
      c.memory = p->memory + at * size + first;
      if (p->candidates) c.candidate = p->candidates + at * size + first;
      switch (s->cell) {
        case APUS_RNN_TANH: tanh_forward(c); break;
        case APUS_RNN_RELU: relu_forward(c); break;
        case APUS_GRU: gru_forward(c); break;
        case APUS_LSTM: s->peepholes ? peephole_forward(c) : lstm_forward(c); break;
      }
      for (int64_t sum = 0; sum < sums; sum++)
        store_chunk(s->type, c.gate[sum], p->gates, (at * sums + sum) * size + first, n);
      apus_convert(APUS_FLOAT32, state, s->type, element(s->type, p->output, at * size + first), n);
      apus_convert(APUS_FLOAT32, state, s->type, element(s->type, p->states, row * size + first), n);
    }
  }
}

// Rows of at least so many units are worth a thread of their own.
static int64_t grain(int64_t size) { return 1 + 2048 / size; }

void apus_step_forward(
    const apus_step *step, const void *inputs, const float *products, void *gates,
    float *memory, float *candidates, void *output, void *states) {
  forward_pass p = {step, inputs, products, gates, memory, candidates, output, states};
  apus_parallel(step->count, grain(step->size), forward_rows, &p);
}

typedef struct {
  const apus_step *step;
  const void *gates;
  const float *memory, *candidates;
  apus_type d_output_type;
  const void *d_output;
  int64_t product_count;
  const float *products;
  float *d_states, *d_memory;
  void *d_inputs, *d_hidden, *d_sums;
} backward_pass;

CLONES static void add(const float *restrict x, float *restrict sum, int64_t n) {
  for (int64_t i = 0; i < n; i++) sum[i] += x[i];
}

static void backward_rows(void *context, int64_t begin, int64_t end) {
  const backward_pass *p = context;
  const apus_step *s = p->step;
  int64_t size = s->size, sums = sum_count(s->cell);
  float gates[4][UNITS], d_sums[4][UNITS], d_product[UNITS], buffer[UNITS];
  for (int64_t row = begin; row < end; row++) {
    int64_t at = s->rows[row];
    const float *before = memory_before(s, p->memory, row);
    for (int64_t first = 0; first < size; first += UNITS) {
      int64_t n = size - first < UNITS ? size - first : UNITS;
      backward_chunk c = {.count = n, .clip = s->clip, .d_product = d_product};
      c.d_state = p->d_states + row * size + first;
      if (p->d_memory) c.d_memory = p->d_memory + row * size + first;
      if (p->d_output)
        add(load_chunk(p->d_output_type, p->d_output, at * size + first, n, buffer), c.d_state, n);
      if (row < p->product_count) add(p->products + row * size + first, c.d_state, n);
      for (int64_t sum = 0; sum < sums; sum++) {
        c.gate[sum] = load_chunk(s->type, p->gates, (at * sums + sum) * size + first, n, gates[sum]);
        c.d_sum[sum] = d_sums[sum];
      }
      for (int gate = 0; s->peepholes && gate < 3; gate++)
        c.peephole[gate] = s->peepholes + gate * size + first;
      c.memory = p->memory + at * size + first;
      c.before = before + first;
      if (p->candidates) c.candidate = p->candidates + at * size + first;
      switch (s->cell) {
        case APUS_RNN_TANH: tanh_backward(c); break;
        case APUS_RNN_RELU: relu_backward(c); break;
        case APUS_GRU: gru_backward(c); break;
        case APUS_LSTM: s->peepholes ? peephole_backward(c) : lstm_backward(c); break;
      }
      for (int64_t sum = 0; sum < sums; sum++) {
        int64_t of_element = (at * sums + sum) * size + first;
        int64_t of_sequence = (row * sums + sum) * size + first;
        apus_convert(APUS_FLOAT32, d_sums[sum], s->type, element(s->type, p->d_inputs, of_element), n);
        const float *of_product = s->cell == APUS_GRU && sum == 2 ? d_product : d_sums[sum];
        if (p->d_hidden)
          apus_convert(
              APUS_FLOAT32, of_product, s->type, element(s->type, p->d_hidden, of_element), n);
        apus_convert(APUS_FLOAT32, of_product, s->type, element(s->type, p->d_sums, of_sequence), n);
      }
    }
  }
}

void apus_step_backward(
    const apus_step *step, const void *gates, const float *memory, const float *candidates,
    apus_type d_output_type, const void *d_output, int64_t product_count, const float *products,
    float *d_states, float *d_memory, void *d_inputs, void *d_hidden, void *d_sums) {
  backward_pass p = {step,          gates,    memory,   candidates, d_output_type, d_output,
                     product_count, products, d_states, d_memory,   d_inputs,      d_hidden, d_sums};
  apus_parallel(step->count, grain(step->size), backward_rows, &p);
}

void apus_step_gather(
    const apus_step *step, int64_t size, apus_type d_output_type, const void *d_output,
    int64_t product_count, const float *products, float *d_states, void *d_elements,
    void *d_sequences) {
  float buffer[UNITS];
  for (int64_t row = 0; row < step->count; row++) {
    int64_t at = step->rows[row];
    for (int64_t first = 0; first < size; first += UNITS) {
      int64_t n = size - first < UNITS ? size - first : UNITS;
      float *sum = d_states + row * size + first;
      if (d_output)
        add(load_chunk(d_output_type, d_output, at * size + first, n, buffer), sum, n);
      if (row < product_count) add(products + row * size + first, sum, n);
      apus_convert(APUS_FLOAT32, sum, step->type, element(step->type, d_elements, at * size + first), n);
      apus_convert(
          APUS_FLOAT32, sum, step->type, element(step->type, d_sequences, row * size + first), n);
      memset(sum, 0, (size_t)n * sizeof(float));
    }
  }
}
