#include "recurrent.h"

#include "chunks.h"
#include "parallel.h"
#include "recurrent_rows.h"

typedef struct {
  const float *input[4], *product[4], *peephole[3], *before;
  float *gate[4], *memory, *candidate, *state;
  int64_t count;
  float clip;
} forward_chunk;

typedef struct {
  const float *gate[4], *peephole[3], *memory, *before, *candidate, *normed, *d_from_norm;
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

// With a norm, `normed` is what the output saw of the memory, and `d_from_norm` what came back.
INLINE void lstm_backward_with(const backward_chunk c, const int peeps, const int norm) {
  EACH_UNIT {
    float in = c.gate[0][i], forget = c.gate[1][i], fresh = c.gate[2][i], out = c.gate[3][i];
    float memory = c.memory[i], before = c.before[i], d_state = c.d_state[i];
    float seen = fast_tanh(norm ? c.normed[i] : memory);
    float d_out = d_state * seen * out * (1 - out);
    float d_memory = c.d_memory[i] + (norm ? c.d_from_norm[i] : d_state * out * (1 - seen * seen));
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
FORM(lstm, backward, backward_chunk, lstm_backward_with(c, 0, 0))
FORM(peephole, forward, forward_chunk, lstm_forward_with(c, 1))
FORM(peephole, backward, backward_chunk, lstm_backward_with(c, 1, 0))
FORM(normed, backward, backward_chunk, lstm_backward_with(c, 0, 1))
FORM(normed_peephole, backward, backward_chunk, lstm_backward_with(c, 1, 1))

static int64_t sum_count(apus_cell cell) { return cell == APUS_LSTM ? 4 : cell == APUS_GRU ? 3 : 1; }

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

// What the memory becomes before any of it stays, if that has a place of its own.
static float *fresh_memory(const apus_step *s, float *memory, float *candidates) {
  return s->cell == APUS_LSTM && keeps(&s->kept) ? candidates : memory;
}

// The outputs of an LSTM whose memory is normed first.
CLONES static void normed_output(const forward_pass *p, int64_t row) {
  const apus_step *s = p->step;
  int64_t at = s->rows[row], size = s->size;
  const float *memory = fresh_memory(s, p->memory, p->candidates) + at * size;
  const float *normed = s->memory_norm.normed + at * size;
  norm_row(&s->memory_norm, at, size, memory);
  float gates[UNITS], state[UNITS];
  for (int64_t first = 0; first < size; first += UNITS) {
    int64_t n = unit_count(first, size);
    const float *out = load_chunk(s->type, p->gates, (at * 4 + 3) * size + first, n, gates);
    for (int64_t i = 0; i < n; i++)
      state[i] = out[i] * fast_tanh(
          normed[first + i] * s->memory_norm.gain[first + i] + s->memory_norm.bias[first + i]);
    apus_convert(APUS_FLOAT32, state, s->type, element(s->type, p->output, at * size + first), n);
    apus_convert(APUS_FLOAT32, state, s->type, element(s->type, p->states, row * size + first), n);
  }
}

static void forward_rows(void *context, int64_t begin, int64_t end) {
  const forward_pass *p = context;
  const apus_step *s = p->step;
  int64_t size = s->size, sums = sum_count(s->cell);
  float inputs[4][UNITS], gates[4][UNITS], state[UNITS];
  for (int64_t row = begin; row < end; row++) {
    int64_t at = s->rows[row];
    const float *before = memory_before(s, p->memory, row);
    for (int64_t first = 0; first < size; first += UNITS) {
      int64_t n = unit_count(first, size);
      forward_chunk c = {.count = n, .clip = s->clip, .state = state};
      for (int64_t sum = 0; sum < sums; sum++) {
        int64_t i = (at * sums + sum) * size + first;
        c.input[sum] = load_chunk(s->type, p->inputs, i, n, inputs[sum]);
        c.product[sum] = p->products + (row * sums + sum) * size + first;
        c.gate[sum] = result_chunk(s->type, p->gates, i, gates[sum]);
      }
      for (int gate = 0; s->peepholes && gate < 3; gate++)
        c.peephole[gate] = s->peepholes + gate * size + first;
      float *memory = p->memory + at * size + first;
      c.before = before + first;
      c.memory = fresh_memory(s, p->memory, p->candidates) + at * size + first;
      if (p->candidates) c.candidate = p->candidates + at * size + first;
      switch (s->cell) {
        case APUS_RNN_TANH: tanh_forward(c); break;
        case APUS_RNN_RELU: relu_forward(c); break;
        case APUS_GRU: gru_forward(c); break;
        case APUS_LSTM: s->peepholes ? peephole_forward(c) : lstm_forward(c); break;
      }
      if (keeps(&s->kept)) {
        keep(&s->kept, at * size + first, n, c.before, c.memory, memory);
        if (s->cell != APUS_LSTM) memcpy(state, memory, (size_t)n * sizeof(float));
      }
      for (int64_t sum = 0; sum < sums; sum++)
        store_chunk(s->type, c.gate[sum], p->gates, (at * sums + sum) * size + first, n);
      apus_convert(APUS_FLOAT32, state, s->type, element(s->type, p->output, at * size + first), n);
      apus_convert(APUS_FLOAT32, state, s->type, element(s->type, p->states, row * size + first), n);
    }
    if (s->memory_norm.gain) normed_output(p, row);
  }
}

void apus_step_forward(
    const apus_step *step, const void *inputs, const float *products, void *gates,
    float *memory, float *candidates, void *output, void *states) {
  forward_pass p = {step, inputs, products, gates, memory, candidates, output, states};
  apus_parallel(step->count, row_grain(step->size), forward_rows, &p);
}

typedef struct {
  const apus_step *step;
  const void *gates;
  const float *memory, *candidates;
  apus_type d_output_type;
  const void *d_output;
  int64_t product_count;
  const float *products;
  float *d_states, *d_memory, *d_normed;
  void *d_inputs, *d_hidden, *d_sums;
} backward_pass;

// Adds what the units from `first` on of a running sequence got from outside and from later products.
static void add_gradients(const backward_pass *p, int64_t row, int64_t first, int64_t n) {
  float buffer[UNITS], *sum = p->d_states + row * p->step->size + first;
  if (p->d_output) {
    int64_t at = p->step->rows[row] * p->step->size + first;
    add_floats(load_chunk(p->d_output_type, p->d_output, at, n, buffer), sum, n);
  }
  if (row < p->product_count) add_floats(p->products + row * p->step->size + first, sum, n);
}

// The gradients of an LSTM's normed memory, of which a whole row is needed before those of the memory.
CLONES static norm_sums normed_gradient(const backward_pass *p, int64_t row) {
  const apus_step *s = p->step;
  const apus_row_norm *norm = &s->memory_norm;
  int64_t at = s->rows[row], size = s->size;
  float gates[UNITS];
  norm_sums sums = {0, 0};
  for (int64_t first = 0; first < size; first += UNITS) {
    int64_t n = unit_count(first, size);
    add_gradients(p, row, first, n);
    const float *out = load_chunk(s->type, p->gates, (at * 4 + 3) * size + first, n, gates);
    const float *d_state = p->d_states + row * size + first;
    const float *normed = norm->normed + at * size + first;
    float *d_normed = p->d_normed + at * size + first;
    for (int64_t i = 0; i < n; i++) {
      float seen = fast_tanh(normed[i] * norm->gain[first + i] + norm->bias[first + i]);
      d_normed[i] = d_state[i] * out[i] * (1 - seen * seen);
    }
    add_norm_sums(norm, d_normed, normed, first, n, &sums);
  }
  return sums;
}

static void backward_rows(void *context, int64_t begin, int64_t end) {
  const backward_pass *p = context;
  const apus_step *s = p->step;
  int64_t size = s->size, sums = sum_count(s->cell);
  bool norms = s->memory_norm.gain;
  float gates[4][UNITS], d_sums[4][UNITS], d_product[UNITS];
  float normed[UNITS], d_from_norm[UNITS], stayed[UNITS];
  for (int64_t row = begin; row < end; row++) {
    int64_t at = s->rows[row];
    const float *before = memory_before(s, p->memory, row);
    norm_sums norm = {0, 0};
    if (norms) norm = normed_gradient(p, row);
    for (int64_t first = 0; first < size; first += UNITS) {
      int64_t n = unit_count(first, size);
      backward_chunk c = {.count = n, .clip = s->clip, .d_product = d_product};
      c.d_state = p->d_states + row * size + first;
      if (p->d_memory) c.d_memory = p->d_memory + row * size + first;
      if (norms) {
        const float *row_normed = s->memory_norm.normed + at * size + first;
        for (int64_t i = 0; i < n; i++)
          normed[i] = row_normed[i] * s->memory_norm.gain[first + i] + s->memory_norm.bias[first + i];
        norm_gradient(
            &s->memory_norm, at, size, first, n, &norm, p->d_normed + at * size + first,
            d_from_norm);
        c.normed = normed, c.d_from_norm = d_from_norm;
      } else {
        add_gradients(p, row, first, n);
      }
      float *d_kept = p->d_memory ? c.d_memory : c.d_state;
      if (keeps(&s->kept)) split(&s->kept, at * size + first, n, d_kept, stayed);
      for (int64_t sum = 0; sum < sums; sum++) {
        c.gate[sum] = load_chunk(s->type, p->gates, (at * sums + sum) * size + first, n, gates[sum]);
        c.d_sum[sum] = d_sums[sum];
      }
      for (int gate = 0; s->peepholes && gate < 3; gate++)
        c.peephole[gate] = s->peepholes + gate * size + first;
      c.memory = fresh_memory(s, (float *)p->memory, (float *)p->candidates) + at * size + first;
      c.before = before + first;
      if (p->candidates) c.candidate = p->candidates + at * size + first;
      switch (s->cell) {
        case APUS_RNN_TANH: tanh_backward(c); break;
        case APUS_RNN_RELU: relu_backward(c); break;
        case APUS_GRU: gru_backward(c); break;
        case APUS_LSTM:
          if (norms)
            s->peepholes ? normed_peephole_backward(c) : normed_backward(c);
          else
            s->peepholes ? peephole_backward(c) : lstm_backward(c);
      }
      if (keeps(&s->kept)) add_floats(stayed, d_kept, n);
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
    float *d_states, float *d_memory, float *d_normed, void *d_inputs, void *d_hidden,
    void *d_sums) {
  backward_pass p = {step,     gates,    memory,   candidates, d_output_type,
                     d_output, product_count, products, d_states, d_memory,
                     d_normed, d_inputs, d_hidden, d_sums};
  apus_parallel(step->count, row_grain(step->size), backward_rows, &p);
}
