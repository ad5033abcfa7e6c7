// Goals: no loss of precision or range for logits down to 1e7 below the greatest of their frame, and
// any number of frames; what is farther below counts as -infinity, for which a probability is 0. Then
// speed. A probability of the lattice is a fraction in [1, 2) times a power of two whose exponent is
// an integer of its own: the range of logarithms, but sums need neither exponentials nor logarithms,
// and a relative error stays one, where that of a logarithm would grow with its magnitude.
#include "ctc.h"

#include <math.h>

#include "lanes.h"
#include "parallel.h"
#include "rows.h"

typedef int32_t exponents __attribute__((vector_size(64), aligned(4)));
typedef struct {
  lanes fractions;
  exponents powers;
} numbers;

// The exponent of 0. Twice its magnitude still is an int32_t.
enum { NONE = -(1 << 29), CHUNK = 1024 };

INLINE numbers load_numbers(const float *fractions, const int32_t *powers) {
  numbers x;
  memcpy(&x.fractions, fractions, sizeof x.fractions);
  memcpy(&x.powers, powers, sizeof x.powers);
  return x;
}
INLINE void store_numbers(numbers x, float *fractions, int32_t *powers) {
  memcpy(fractions, &x.fractions, sizeof x.fractions);
  memcpy(powers, &x.powers, sizeof x.powers);
}
INLINE numbers spread(float fraction, int32_t power) {
  return (numbers){(lanes){0} + fraction, (exponents){0} + power};
}

// Macros, since vectors of their own are no arguments where functions have clones.
#define LARGER(a, b) __builtin_elementwise_max(a, b)
// 2^power for powers below 128; 0 below 2^-126.
#define POWER_OF_TWO(power) ((lanes)((LARGER(power, (exponents){0} - 127) + 127) << 23))

// The numbers where the mask is set, 0 elsewhere.
INLINE numbers masked(numbers x, const int32_t *mask_lanes) {
  exponents mask;
  memcpy(&mask, mask_lanes, sizeof mask);
  return (numbers){(lanes)((exponents)x.fractions & mask), (x.powers & mask) | (NONE & ~mask)};
}

// Sums are not normalised; what is added up is scaled to the greatest power.
INLINE numbers sum_of_two(numbers a, numbers b) {
  exponents power = LARGER(a.powers, b.powers);
  return (numbers){
      a.fractions * POWER_OF_TWO(a.powers - power) + b.fractions * POWER_OF_TWO(b.powers - power),
      power};
}
INLINE numbers sum_of_three(numbers a, numbers b, numbers c) {
  exponents former = LARGER(a.powers, b.powers), power = LARGER(former, c.powers);
  return (numbers){
      a.fractions * POWER_OF_TWO(a.powers - power) + b.fractions * POWER_OF_TWO(b.powers - power) +
          c.fractions * POWER_OF_TWO(c.powers - power),
      power};
}

// Normalised.
INLINE numbers product(numbers a, numbers b) {
  lanes x = a.fractions * b.fractions;
  exponents bits = (exponents)x, power = a.powers + b.powers + (bits >> 23) - 127;
  exponents counts = (exponents)(x > 0.0f) & (power > NONE);
  return (numbers){
      (lanes)(((bits & 0x7FFFFF) | 0x3F800000) & counts), (power & counts) | (NONE & ~counts)};
}

// The states of a frame. Blank j stands before label j, the last blank behind the last label; rows of
// both are padded with zeros to whole vectors, and one vector before and behind them.
typedef struct {
  float *blanks, *labels;
  int32_t *blank_powers, *label_powers;
} states;

static int64_t padded_count(int64_t labels) { return (labels + LANES) / LANES * LANES; }
static int64_t states_size(int64_t padded) { return 4 * (padded + LANES) + LANES; }

static states states_at(float *room, int64_t padded) {
  int64_t row = padded + LANES;
  float *first = room + LANES;
  return (states){first, first + row, (int32_t *)(first + 2 * row), (int32_t *)(first + 3 * row)};
}

static void clear_states(states s, int64_t padded) {
  memset(s.blanks - LANES, 0, (size_t)(2 * (padded + LANES) + LANES) * sizeof(float));
  for (int64_t j = -LANES; j < padded + LANES; j++) {
    // The vector behind the labels' fractions is the one before the blanks' powers.
    if (j >= 0) s.blank_powers[j] = NONE;
    s.label_powers[j] = NONE;
  }
}

// The emissions of a sequence's labels at a frame.
typedef struct {
  float *fractions;
  int32_t *powers;
} emissions;

CLONES static void gather(
    const float *fractions, const int32_t *powers, const int32_t *places, int64_t count,
    emissions e) {
  float *restrict label_fractions = e.fractions;
  int32_t *restrict label_powers = e.powers;
  for (int64_t j = 0; j < count; j++) {
    label_fractions[j] = fractions[places[j]];
    label_powers[j] = powers[places[j]];
  }
}

// From the states of a frame to those of the next one.
CLONES static void forward_step(
    states from, float blank_fraction, int32_t blank_power, emissions e, const int32_t *skips,
    int64_t padded, states to) {
  numbers blank = spread(blank_fraction, blank_power);
  for (int64_t j = 0; j < padded; j += LANES) {
    numbers blanks = load_numbers(from.blanks + j, from.blank_powers + j);
    numbers labels = load_numbers(from.labels + j, from.label_powers + j);
    numbers formers = load_numbers(from.labels + j - 1, from.label_powers + j - 1);
    store_numbers(
        product(sum_of_two(blanks, formers), blank), to.blanks + j, to.blank_powers + j);
    store_numbers(
        product(
            sum_of_three(labels, blanks, masked(formers, skips + j)),
            load_numbers(e.fractions + j, e.powers + j)),
        to.labels + j, to.label_powers + j);
  }
}

// The parts that states have in the sum over all alignments, from what leads to them and from them.
INLINE numbers parts(numbers before, numbers behind, numbers all) {
  exponents power = before.powers + behind.powers - all.powers;
  return (numbers){
      before.fractions * behind.fractions * all.fractions * POWER_OF_TWO(power), power};
}

// From what the states of the next frame lead to the end with, in place, to what those of a frame do,
// its emissions included. `shares` gets the probability of each label; returns that of the blanks.
CLONES static float backward_step(
    states behind, states reached, float blank_fraction, int32_t blank_power, emissions e,
    const int32_t *skips, int64_t padded, float inverse, int32_t power, float *shares) {
  numbers blank = spread(blank_fraction, blank_power), all = spread(inverse, power);
  lanes blank_shares = {0};
  for (int64_t j = 0; j < padded; j += LANES) {
    numbers blanks = load_numbers(behind.blanks + j, behind.blank_powers + j);
    numbers labels = load_numbers(behind.labels + j, behind.label_powers + j);
    numbers next_blanks = load_numbers(behind.blanks + j + 1, behind.blank_powers + j + 1);
    numbers next_labels = load_numbers(behind.labels + j + 1, behind.label_powers + j + 1);
    numbers sum = sum_of_two(blanks, labels);
    blank_shares +=
        parts(load_numbers(reached.blanks + j, reached.blank_powers + j), sum, all).fractions;
    store_numbers(product(sum, blank), behind.blanks + j, behind.blank_powers + j);
    sum = sum_of_three(labels, next_blanks, masked(next_labels, skips + j + 1));
    numbers share =
        parts(load_numbers(reached.labels + j, reached.label_powers + j), sum, all);
    memcpy(shares + j, &share.fractions, sizeof share.fractions);
    store_numbers(
        product(sum, load_numbers(e.fractions + j, e.powers + j)), behind.labels + j,
        behind.label_powers + j);
  }
  return sum_of_lanes(&blank_shares);
}

// The probabilities of the classes of a sequence at a frame. The exponent is split off before e^x
// could underflow.
CLONES static void emit(
    const float *logits, float top, float scale, const int32_t *classes, int64_t count,
    float *restrict fractions, int32_t *restrict powers) {
  for (int64_t i = 0; i < count; i++) {
    float x = logits[classes[i]] - top;
    // Beyond, integers are no longer exact as floats.
    float clamped = x > -1e7f ? x : -1e7f;
    float n = (clamped * 1.44269504f + 12582912.0f) - 12582912.0f;
    n = clamped < -2e6f ? clamped * 1.44269504f : n;
    float r = clamped - n * 0.693359375f + n * 2.12194440e-4f;
    // Where n is rounded coarsely the rest has no meaning.
    r = r < -0.35f ? -0.35f : (r > 0.35f ? 0.35f : r);
    float y = fast_exp(r) * scale;
    uint32_t bits;
    memcpy(&bits, &y, 4);
    int32_t power = (int32_t)(bits >> 23) - 127 + (int32_t)n;
    bits = (bits & 0x7FFFFF) | 0x3F800000;
    float fraction;
    memcpy(&fraction, &bits, 4);
    int32_t counts = x > -1e7f;
    fractions[i] = counts ? fraction : 0.0f;
    powers[i] = counts ? power : NONE;
  }
}

// y = e^(x - top) for as many rows as fit in a chunk.
CLONES static void exponentials_of_rows(
    const float *x, const float *tops, int64_t rows, int64_t columns, float *restrict y) {
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = 0; i < columns; i++) y[row * columns + i] = x[row * columns + i] - tops[row];
  // End to end, so that short rows leave no odd elements.
  for (int64_t i = 0; i < rows * columns; i++) y[i] = fast_exp(y[i]);
}

static int64_t rows_in_chunk(int64_t columns) { return columns < CHUNK ? CHUNK / columns : 1; }

CLONES static void normalise_rows(
    const float *logits, int64_t rows, int64_t columns, float *tops, float *scales) {
  float powers[CHUNK];
  double sums[CHUNK] = {0};
  for (int64_t row = 0; row < rows; row++) tops[row] = row_max(logits + row * columns, columns);
  // A row that is longer than a chunk comes alone.
  int64_t length = columns < CHUNK ? columns : CHUNK;
  for (int64_t first = 0; first < columns; first += length) {
    int64_t n = columns - first < length ? columns - first : length;
    exponentials_of_rows(logits + first, tops, rows, n, powers);
    for (int64_t row = 0; row < rows; row++) sums[row] += row_sum(powers + row * n, n);
  }
  for (int64_t row = 0; row < rows; row++) scales[row] = (float)(1 / sums[row]);
}

typedef struct {
  const apus_ctc *ctc;
  float *tops, *scales, *fractions;
  int32_t *exponents;
  float *room, *losses;
  int64_t room_size;
  int with_occupancies;
  _Atomic int64_t next;
} loss_job;

// The sequence of a frame, not before `b`.
static int64_t sequence_of(const apus_ctc *c, int64_t frame, int64_t b) {
  while (c->offsets[b + 1] <= frame) b++;
  return b;
}

static void emit_frames(void *context, int64_t begin, int64_t end) {
  const loss_job *job = context;
  const apus_ctc *c = job->ctc;
  int64_t b = 0, group = rows_in_chunk(c->columns);
  for (int64_t first = begin; first < end; first += group) {
    int64_t last = first + group < end ? first + group : end;
    normalise_rows(
        c->logits + first * c->columns, last - first, c->columns, job->tops + first,
        job->scales + first);
    for (int64_t t = first; t < last; t++) {
      b = sequence_of(c, t, b);
      int64_t count = c->class_offsets[b + 1] - c->class_offsets[b];
      int64_t cell = c->cell_offsets[b] + (t - c->offsets[b]) * count;
      emit(
          c->logits + t * c->columns, job->tops[t], job->scales[t],
          c->classes + c->class_offsets[b], count, job->fractions + cell, job->exponents + cell);
    }
  }
}

// What a sequence is worked on in.
typedef struct {
  int64_t frames, labels, padded, class_count;
  const int32_t *places;
  float *fractions;
  int32_t *exponents;
  emissions emissions;
  int32_t *skips;
  float *shares, *behind, *reached;
} lattice;

static int64_t lattice_size(int64_t frames, int64_t labels) {
  int64_t padded = padded_count(labels);
  return 2 * padded + (padded + LANES) + padded + (frames + 2) * states_size(padded);
}

static lattice lattice_of(const loss_job *job, int64_t b, float *room) {
  const apus_ctc *c = job->ctc;
  int64_t first = c->label_offsets[b], labels = c->label_offsets[b + 1] - first;
  int64_t padded = padded_count(labels);
  lattice l = {
      .frames = c->offsets[b + 1] - c->offsets[b], .labels = labels, .padded = padded,
      .class_count = c->class_offsets[b + 1] - c->class_offsets[b], .places = c->places + first,
      .fractions = job->fractions + c->cell_offsets[b],
      .exponents = job->exponents + c->cell_offsets[b],
      .emissions = {room, (int32_t *)(room + padded)}, .skips = (int32_t *)(room + 2 * padded),
      .shares = room + 3 * padded + LANES, .behind = room + 4 * padded + LANES};
  l.reached = l.behind + states_size(padded);
  for (int64_t j = 0; j < padded; j++) l.emissions.fractions[j] = 0, l.emissions.powers[j] = NONE;
  for (int64_t j = 0; j < padded + LANES; j++)
    l.skips[j] = j > 0 && j < labels && l.places[j] != l.places[j - 1] ? -1 : 0;
  return l;
}

static states reached(const lattice *l, int64_t frames) {
  return states_at(l->reached + frames * states_size(l->padded), l->padded);
}

// The sum over all alignments, which `power` completes.
static double go_forward(const lattice *l, int32_t *power) {
  states first = reached(l, 0), last = reached(l, l->frames);
  clear_states(first, l->padded);
  first.blanks[0] = 1, first.blank_powers[0] = 0;
  for (int64_t t = 0; t < l->frames; t++) {
    const float *fractions = l->fractions + t * l->class_count;
    const int32_t *powers = l->exponents + t * l->class_count;
    states next = reached(l, t + 1);
    next.labels[-1] = 0, next.label_powers[-1] = NONE;
    gather(fractions, powers, l->places, l->labels, l->emissions);
    forward_step(
        reached(l, t), fractions[0], powers[0], l->emissions, l->skips, l->padded, next);
  }
  int64_t end = l->labels;
  int32_t blank = last.blank_powers[end], label = last.label_powers[end - 1];
  *power = blank > label ? blank : label;
  return ldexp(last.blanks[end], blank - *power) + ldexp(last.labels[end - 1], label - *power);
}

// Fractions become occupancies.
static void go_backward(const lattice *l, double sum, int32_t power) {
  states behind = states_at(l->behind, l->padded);
  clear_states(behind, l->padded);
  behind.blanks[l->labels] = 1, behind.blank_powers[l->labels] = 0;
  for (int64_t t = l->frames - 1; t >= 0; t--) {
    float *row = l->fractions + t * l->class_count;
    const int32_t *powers = l->exponents + t * l->class_count;
    gather(row, powers, l->places, l->labels, l->emissions);
    float blank = backward_step(
        behind, reached(l, t + 1), row[0], powers[0], l->emissions, l->skips, l->padded,
        (float)(1 / sum), power, l->shares);
    memset(row, 0, (size_t)l->class_count * sizeof(float));
    row[0] = blank;
    for (int64_t j = 0; j < l->labels; j++) row[l->places[j]] += l->shares[j];
    // Those of a frame sum to 1: what rounding changed does not add up.
    float total = 0;
    for (int64_t i = 0; i < l->class_count; i++) total += row[i];
    for (int64_t i = 0; i < l->class_count; i++) row[i] /= total;
  }
}

static void sequence_loss(const loss_job *job, int64_t b, float *room) {
  const apus_ctc *c = job->ctc;
  lattice l = lattice_of(job, b, room);
  int32_t power;
  double sum = go_forward(&l, &power);
  double loss = sum > 0 ? -(log(sum) + power * 0.69314718055994530942) : INFINITY;
  for (int64_t t = c->offsets[b]; t < c->offsets[b + 1]; t++)
    if (job->scales[t] != job->scales[t]) loss = NAN;
  job->losses[b] = (float)loss;
  if (!job->with_occupancies) return;
  if (sum > 0 && loss == loss)
    go_backward(&l, sum, power);
  else
    memset(l.fractions, 0, (size_t)(l.frames * l.class_count) * sizeof(float));
}

static void sequence_losses(void *context, int64_t begin, int64_t end) {
  loss_job *job = context;
  (void)end;
  for (int64_t b = job->next++; b < job->ctc->sequences; b = job->next++)
    sequence_loss(job, b, job->room + begin * job->room_size);
}

static int64_t workers(const apus_ctc *c) {
  return c->sequences < apus_thread_count() ? c->sequences : apus_thread_count();
}

static int64_t room_of_worker(const apus_ctc *c) {
  int64_t size = 0;
  for (int64_t b = 0; b < c->sequences; b++) {
    int64_t own = lattice_size(
        c->offsets[b + 1] - c->offsets[b], c->label_offsets[b + 1] - c->label_offsets[b]);
    size = own > size ? own : size;
  }
  return size;
}

int64_t apus_ctc_room(const apus_ctc *ctc) { return workers(ctc) * room_of_worker(ctc); }

static int64_t frame_grain(const apus_ctc *c) { return 1 + (1 << 12) / c->columns; }

void apus_ctc_losses(
    const apus_ctc *ctc, float *tops, float *scales, float *fractions, int32_t *exponents,
    float *room, int with_occupancies, float *losses) {
  loss_job job = {ctc, tops, scales, fractions, exponents, room, losses, room_of_worker(ctc),
                  with_occupancies, 0};
  apus_parallel(ctc->offsets[ctc->sequences], frame_grain(ctc), emit_frames, &job);
  apus_parallel(workers(ctc), 1, sequence_losses, &job);
}

typedef struct {
  const apus_ctc *ctc;
  const float *tops, *scales, *occupancies, *losses, *d_losses;
  float *d_logits;
} gradient_job;

CLONES static void scale_row(float *restrict x, float scale, int64_t n) {
  for (int64_t i = 0; i < n; i++) x[i] *= scale;
}

// d_loss (softmax - occupancies)
static void frame_gradients(void *context, int64_t begin, int64_t end) {
  const gradient_job *job = context;
  const apus_ctc *c = job->ctc;
  int64_t b = 0, columns = c->columns, group = rows_in_chunk(columns);
  for (int64_t first = begin; first < end; first += group) {
    int64_t last = first + group < end ? first + group : end;
    exponentials_of_rows(
        c->logits + first * columns, job->tops + first, last - first, columns,
        job->d_logits + first * columns);
    for (int64_t t = first; t < last; t++) {
      b = sequence_of(c, t, b);
      float *row = job->d_logits + t * columns, d_loss = job->d_losses[b];
      if (job->losses[b] == INFINITY) {
        memset(row, 0, (size_t)columns * sizeof(float));
        continue;
      }
      scale_row(row, d_loss * job->scales[t], columns);
      const int32_t *classes = c->classes + c->class_offsets[b];
      int64_t count = c->class_offsets[b + 1] - c->class_offsets[b];
      const float *own = job->occupancies + c->cell_offsets[b] + (t - c->offsets[b]) * count;
      for (int64_t i = 0; i < count; i++) row[classes[i]] -= d_loss * own[i];
    }
  }
}

void apus_ctc_gradient(
    const apus_ctc *ctc, const float *tops, const float *scales, const float *occupancies,
    const float *losses, const float *d_losses, float *d_logits) {
  gradient_job job = {ctc, tops, scales, occupancies, losses, d_losses, d_logits};
  apus_parallel(ctc->offsets[ctc->sequences], frame_grain(ctc), frame_gradients, &job);
}
