// Goals: exact in log space for any scores, -infinity too; then speed for some ten to some hundred
// tags, where the exponentials of all pairs of tags are most of the work.
#include "chain.h"

#include "parallel.h"
#include "row_sums.h"
#include "vector.h"

enum { LANES = APUS_TAG_LANES, PARTS = 8 };
#define INFINITE __builtin_inff()
// No array that is written overlaps another, which the compiler can't see. It would also unroll so few
// lanes before it looks for vectors.
#define EACH_LANE                                                                   \
  _Pragma("clang loop vectorize(assume_safety) vectorize_width(8) unroll(disable)") \
  for (int64_t l = 0; l < LANES; l++)

// states[j] and sums[j] of an element from the states before it; returns what was taken off states.
CLONES static float forward_step(
    const apus_chain *c, const float *before, const float *emission, float *sums, float *states) {
  int64_t columns = c->columns;
  float top = -INFINITE;
  for (int64_t first = 0; first < columns; first += LANES) {
    const float *transitions = c->transitions + first;
    float tops[LANES], total[LANES];
    EACH_LANE tops[l] = -INFINITE, total[l] = 0;
    for (int64_t i = 0; i < c->tags; i++) EACH_LANE {
      float x = before[i] + transitions[i * columns + l];
      tops[l] = x > tops[l] ? x : tops[l];
    }
    // Where nothing leads to a tag, any finite number does.
    EACH_LANE tops[l] = tops[l] > -INFINITE ? tops[l] : 0;
    for (int64_t i = 0; i < c->tags; i++)
      EACH_LANE total[l] += fast_exp(before[i] + transitions[i * columns + l] - tops[l]);
    EACH_LANE sums[first + l] = tops[l] + fast_log(total[l]);
  }
  for (int64_t j = 0; j < c->tags; j++) {
    states[j] = sums[j] + emission[j];
    top = states[j] > top ? states[j] : top;
  }
  if (top == -INFINITE) top = 0;
  for (int64_t j = 0; j < columns; j++) {
    states[j] = j < c->tags ? states[j] - top : -INFINITE;
    sums[j] = sums[j] == -INFINITE ? INFINITE : sums[j];
  }
  return top;
}

// The states of a first element; returns what was taken off them.
static float first_step(
    const apus_chain *c, const float *emission, float *sums, float *states) {
  float top = -INFINITE;
  for (int64_t j = 0; j < c->tags; j++) {
    sums[j] = c->starts[j];
    states[j] = sums[j] + emission[j];
    top = states[j] > top ? states[j] : top;
  }
  if (top == -INFINITE) top = 0;
  for (int64_t j = 0; j < c->columns; j++) states[j] = j < c->tags ? states[j] - top : -INFINITE;
  return top;
}

CLONES static float log_sum_with_ends(const apus_chain *c, const float *states) {
  float top = -INFINITE, total = 0;
  for (int64_t j = 0; j < c->tags; j++) {
    float x = states[j] + c->ends[j];
    top = x > top ? x : top;
  }
  if (top == -INFINITE) return top;
  for (int64_t j = 0; j < c->tags; j++) total += fast_exp(states[j] + c->ends[j] - top);
  return top + fast_log(total);
}

typedef struct {
  const apus_chain *chain;
  const int32_t *gold;
  float *sums, *states, *lasts, *losses;
} loss_job;

static void sequence_loss(void *context, int64_t b) {
  const loss_job *job = context;
  const apus_chain *c = job->chain;
  int64_t begin = c->offsets[b], end = c->offsets[b + 1];
  job->losses[b] = job->lasts[b] = 0;
  if (begin == end) return;
  // In double, since both are large where sequences are long and their difference is not.
  double all = 0, gold = 0;
  for (int64_t t = begin; t < end; t++) {
    const float *emission = c->emissions + t * c->tags;
    float *sums = job->sums + t * c->columns, *states = job->states + t * c->columns;
    int32_t tag = job->gold[t];
    gold += emission[tag];
    if (t == begin) {
      gold += c->starts[tag];
      all += first_step(c, emission, sums, states);
    } else {
      gold += c->transitions[job->gold[t - 1] * c->columns + tag];
      all += forward_step(c, states - c->columns, emission, sums, states);
    }
  }
  gold += c->ends[job->gold[end - 1]];
  job->lasts[b] = log_sum_with_ends(c, job->states + (end - 1) * c->columns);
  job->losses[b] = (float)(all + job->lasts[b] - gold);
}

void apus_chain_losses(
    const apus_chain *chain, const int32_t *gold, float *sums, float *states, float *lasts,
    float *losses) {
  loss_job job = {chain, gold, sums, states, lasts, losses};
  apus_parallel_each(chain->sequences, sequence_loss, &job);
}

// From the marginals of an element to those of the one before it. The share of tag i in what leads
// to j, times the marginal of j, is the marginal of the pair.
CLONES static void backward_step(
    const apus_chain *c, const float *before, const float *sums, const float *marginals,
    float *d_before, float *d_transitions) {
  int64_t columns = c->columns;
  for (int64_t i = 0; i < c->tags; i++) {
    const float *transitions = c->transitions + i * columns;
    float *gradients = d_transitions + i * columns;
    float total[LANES] = {0}, state = before[i];
    for (int64_t first = 0; first < columns; first += LANES) EACH_LANE {
      int64_t j = first + l;
      float pair = fast_exp(state + transitions[j] - sums[j]) * marginals[j];
      gradients[j] += pair;
      total[l] += pair;
    }
    d_before[i] = 0;
    EACH_LANE d_before[i] += total[l];
  }
  for (int64_t i = c->tags; i < columns; i++) d_before[i] = 0;
}

// The marginals of every element have the same sum: what rounding changed does not add up.
CLONES static void scale_to_sum(float sum, float *marginals, int64_t n) {
  float total = 0;
  for (int64_t i = 0; i < n; i++) total += marginals[i];
  if (total == 0) return;
  for (int64_t i = 0; i < n; i++) marginals[i] *= sum / total;
}

CLONES static void last_marginals(
    const apus_chain *c, const float *states, float last, float d_loss, float *marginals) {
  for (int64_t j = 0; j < c->columns; j++)
    marginals[j] = j < c->tags ? d_loss * fast_exp(states[j] + c->ends[j] - last) : 0;
}

typedef struct {
  const apus_chain *chain;
  const int32_t *gold;
  const float *sums, *states, *lasts, *d_losses;
  float *marginals, *parts, *d_emissions;
} gradient_job;

static void sequence_gradient(const gradient_job *job, int64_t b, float *part) {
  const apus_chain *c = job->chain;
  int64_t begin = c->offsets[b], end = c->offsets[b + 1], columns = c->columns;
  if (begin == end) return;
  float d_loss = job->d_losses[b];
  float *d_starts = part + c->tags * columns, *d_ends = d_starts + columns;
  float *last = job->marginals + (end - 1) * columns;
  last_marginals(c, job->states + (end - 1) * columns, job->lasts[b], d_loss, last);
  add_floats(last, d_ends, columns);
  for (int64_t t = end - 1; t > begin; t--) {
    float *marginals = job->marginals + t * columns;
    backward_step(
        c, job->states + (t - 1) * columns, job->sums + t * columns, marginals,
        marginals - columns, part);
    scale_to_sum(d_loss, marginals - columns, c->tags);
  }
  add_floats(job->marginals + begin * columns, d_starts, columns);
  d_starts[job->gold[begin]] -= d_loss;
  d_ends[job->gold[end - 1]] -= d_loss;
  for (int64_t t = begin; t < end; t++) {
    float *gradients = job->d_emissions + t * c->tags;
    memcpy(gradients, job->marginals + t * columns, (size_t)c->tags * sizeof(float));
    gradients[job->gold[t]] -= d_loss;
    if (t > begin) part[job->gold[t - 1] * columns + job->gold[t]] -= d_loss;
  }
}

static void part_gradient(void *context, int64_t index) {
  const gradient_job *job = context;
  const apus_chain *c = job->chain;
  int64_t parts = apus_chain_parts(c), size = (c->tags + 2) * c->columns;
  float *part = job->parts + index * size;
  memset(part, 0, (size_t)size * sizeof(float));
  int64_t end = c->sequences * (index + 1) / parts;
  for (int64_t b = c->sequences * index / parts; b < end; b++) sequence_gradient(job, b, part);
}

int64_t apus_chain_parts(const apus_chain *chain) {
  return chain->sequences < PARTS ? chain->sequences : PARTS;
}

void apus_chain_gradients(
    const apus_chain *chain, const int32_t *gold, const float *sums, const float *states,
    const float *lasts, const float *d_losses, float *marginals, float *parts, float *d_emissions,
    float *d_transitions, float *d_starts, float *d_ends) {
  gradient_job job = {chain, gold, sums, states, lasts, d_losses, marginals, parts, d_emissions};
  int64_t count = apus_chain_parts(chain), tags = chain->tags;
  apus_parallel_each(count, part_gradient, &job);
  for (int64_t row = 0; row < tags + 2; row++) {
    float *sum = row < tags ? d_transitions + row * tags : (row == tags ? d_starts : d_ends);
    memset(sum, 0, (size_t)tags * sizeof(float));
    for (int64_t part = 0; part < count; part++)
      add_floats(parts + (part * (tags + 2) + row) * chain->columns, sum, tags);
  }
}

// As forward_step, with the highest score in place of the sum.
CLONES static float best_step(
    const apus_chain *c, const float *before, const float *emission, int32_t *sources,
    float *states) {
  int64_t columns = c->columns;
  float top = -INFINITE;
  for (int64_t first = 0; first < columns; first += LANES) {
    const float *transitions = c->transitions + first;
    float best[LANES];
    int32_t source[LANES];
    EACH_LANE best[l] = -INFINITE, source[l] = 0;
    for (int64_t i = 0; i < c->tags; i++) EACH_LANE {
      float x = before[i] + transitions[i * columns + l];
      int32_t is_better = x > best[l];
      source[l] = is_better ? (int32_t)i : source[l];
      best[l] = is_better ? x : best[l];
    }
    EACH_LANE states[first + l] = best[l], sources[first + l] = source[l];
  }
  for (int64_t j = 0; j < c->tags; j++) {
    states[j] += emission[j];
    top = states[j] > top ? states[j] : top;
  }
  if (top == -INFINITE) top = 0;
  for (int64_t j = 0; j < c->tags; j++) states[j] -= top;
  return top;
}

typedef struct {
  const apus_chain *chain;
  int32_t *sources;
  float *states;
  int32_t *tags;
  float *scores;
} best_job;

static void sequence_best(void *context, int64_t b) {
  const best_job *job = context;
  const apus_chain *c = job->chain;
  int64_t begin = c->offsets[b], end = c->offsets[b + 1];
  job->scores[b] = 0;
  if (begin == end) return;
  float *states = job->states + 2 * b * c->columns, *before = states + c->columns;
  double score = 0;
  for (int64_t t = begin; t < end; t++) {
    const float *emission = c->emissions + t * c->tags;
    int32_t *sources = job->sources + t * c->columns;
    // A first element has no sums to keep: the other row is room for them.
    score += t == begin ? first_step(c, emission, before, states)
                        : best_step(c, before, emission, sources, states);
    float *next = before;
    before = states, states = next;
  }
  float best = -INFINITE;
  int32_t tag = 0;
  for (int64_t j = 0; j < c->tags; j++) {
    float x = before[j] + c->ends[j];
    if (x > best) best = x, tag = (int32_t)j;
  }
  job->scores[b] = (float)(score + best);
  for (int64_t t = end - 1; t >= begin; t--) {
    job->tags[t] = tag;
    if (t > begin) tag = job->sources[t * c->columns + tag];
  }
}

void apus_chain_best(
    const apus_chain *chain, int32_t *sources, float *states, int32_t *tags, float *scores) {
  best_job job = {chain, sources, states, tags, scores};
  apus_parallel_each(chain->sequences, sequence_best, &job);
}
