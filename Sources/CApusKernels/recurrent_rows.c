#include "recurrent_rows.h"

#include "parallel.h"

typedef struct {
  const apus_step *step;
  const apus_row_norm *norm;
  int64_t width;
  void *rows, *elements;
} norm_pass;

CLONES static void norm_rows(void *context, int64_t begin, int64_t end) {
  const norm_pass *p = context;
  for (int64_t row = begin; row < end; row++) {
    int64_t at = p->step->rows[row];
    float *x = (float *)p->rows + row * p->width;
    norm_row(p->norm, at, p->width, x);
    const float *normed = p->norm->normed + at * p->width;
    for (int64_t i = 0; i < p->width; i++) x[i] = normed[i] * p->norm->gain[i];
    if (p->norm->bias) add_floats(p->norm->bias, x, p->width);
  }
}

void apus_step_norm(
    const apus_step *step, const apus_row_norm *norm, int64_t width, float *products) {
  norm_pass p = {step, norm, width, products, NULL};
  apus_parallel(step->count, row_grain(width), norm_rows, &p);
}

CLONES static void norm_rows_backward(void *context, int64_t begin, int64_t end) {
  const norm_pass *p = context;
  apus_type type = p->step->type;
  float buffer[UNITS], result[UNITS];
  for (int64_t row = begin; row < end; row++) {
    int64_t at = p->step->rows[row];
    norm_sums sums = {0, 0};
    for (int64_t first = 0; first < p->width; first += UNITS) {
      int64_t n = unit_count(first, p->width);
      const float *d = load_chunk(type, p->rows, row * p->width + first, n, buffer);
      add_norm_sums(p->norm, d, p->norm->normed + at * p->width + first, first, n, &sums);
    }
    for (int64_t first = 0; first < p->width; first += UNITS) {
      int64_t n = unit_count(first, p->width);
      const float *d = load_chunk(type, p->rows, row * p->width + first, n, buffer);
      norm_gradient(p->norm, at, p->width, first, n, &sums, d, result);
      apus_convert(
          APUS_FLOAT32, result, type, element(type, p->rows, row * p->width + first), n);
      apus_convert(
          APUS_FLOAT32, result, type, element(type, p->elements, at * p->width + first), n);
    }
  }
}

void apus_step_norm_backward(
    const apus_step *step, const apus_row_norm *norm, int64_t width, void *d_sums,
    void *d_elements) {
  norm_pass p = {step, norm, width, d_sums, d_elements};
  apus_parallel(step->count, row_grain(width), norm_rows_backward, &p);
}

CLONES static void keep_states(
    const apus_step *s, const apus_keep *kept, int64_t size, const void *fresh, void *states) {
  float before_buffer[UNITS], fresh_buffer[UNITS], result[UNITS];
  for (int64_t row = 0; row < s->count; row++)
    for (int64_t first = 0; first < size; first += UNITS) {
      int64_t n = unit_count(first, size), i = row * size + first;
      keep(
          kept, s->rows[row] * size + first, n, load_chunk(s->type, states, i, n, before_buffer),
          load_chunk(s->type, fresh, i, n, fresh_buffer), result);
      apus_convert(APUS_FLOAT32, result, s->type, element(s->type, states, i), n);
    }
}

void apus_step_keep(
    const apus_step *step, const apus_keep *kept, int64_t size, const void *fresh, void *states) {
  keep_states(step, kept, size, fresh, states);
}

void apus_step_gather(
    const apus_step *step, const apus_keep *kept, int64_t size, apus_type d_output_type,
    const void *d_output, int64_t product_count, const float *products, float *d_states,
    void *d_elements, void *d_sequences) {
  float buffer[UNITS], stayed[UNITS] = {0};
  for (int64_t row = 0; row < step->count; row++) {
    int64_t at = step->rows[row];
    for (int64_t first = 0; first < size; first += UNITS) {
      int64_t n = unit_count(first, size);
      float *sum = d_states + row * size + first;
      if (d_output)
        add_floats(load_chunk(d_output_type, d_output, at * size + first, n, buffer), sum, n);
      if (row < product_count) add_floats(products + row * size + first, sum, n);
      if (keeps(kept)) split(kept, at * size + first, n, sum, stayed);
      if (d_elements)
        apus_convert(
            APUS_FLOAT32, sum, step->type, element(step->type, d_elements, at * size + first), n);
      apus_convert(
          APUS_FLOAT32, sum, step->type, element(step->type, d_sequences, row * size + first), n);
      memcpy(sum, stayed, (size_t)n * sizeof(float));
    }
  }
}

void apus_clamp(float *values, int64_t count, float limit) {
  for (int64_t i = 0; i < count; i++)
    values[i] = values[i] > limit ? limit : (values[i] < -limit ? -limit : values[i]);
}

void apus_step_limit(
    const apus_step *step, int64_t size, float limit, const void *states, void *d_elements,
    void *d_sequences) {
  float buffer[UNITS];
  const float zero = 0;
  for (int64_t row = 0; row < step->count; row++) {
    int64_t at = step->rows[row];
    for (int64_t first = 0; first < size; first += UNITS) {
      int64_t n = unit_count(first, size);
      const float *state = load_chunk(step->type, states, at * size + first, n, buffer);
      for (int64_t i = 0; i < n; i++) {
        if (__builtin_fabsf(state[i]) < limit) continue;
        apus_convert(
            APUS_FLOAT32, &zero, step->type,
            element(step->type, d_elements, at * size + first + i), 1);
        apus_convert(
            APUS_FLOAT32, &zero, step->type,
            element(step->type, d_sequences, row * size + first + i), 1);
      }
    }
  }
}
