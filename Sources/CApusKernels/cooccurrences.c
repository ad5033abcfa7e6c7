#include "cooccurrences.h"

#include <math.h>
#include <stdlib.h>

#include "lanes.h"
#include "parallel.h"
#include "philox.h"

// A word's pairs are all counted in one part, by the lower of the two ids. The number of parts is
// fixed, so that the order of additions and of pairs does not depend on the threads.
enum { PARTS = 8 };

typedef struct {
  // In the order of their first appearance.
  apus_cooccurrence *pairs;
  int64_t count, capacity;
  // Open addressing: the number of a pair plus 1; 0 is empty.
  uint32_t *slots;
  int64_t slot_count;
} part;

struct apus_cooccurrences {
  part parts[PARTS];
};

INLINE uint64_t slot_hash(int32_t first, int32_t second) {
  uint64_t x = (uint64_t)(uint32_t)first << 32 | (uint32_t)second;
  x = (x ^ x >> 32) * 0xD6E8FEB86659FD93ull;
  return x ^ x >> 32;
}

static void *allocated(void *memory) {
  if (!memory) abort();
  return memory;
}

apus_cooccurrences *apus_cooccurrences_make(void) {
  apus_cooccurrences *counts = allocated(calloc(1, sizeof *counts));
  for (int i = 0; i < PARTS; i++) {
    part *p = &counts->parts[i];
    p->capacity = 1 << 12;
    p->slot_count = 1 << 13;
    p->pairs = allocated(malloc((size_t)p->capacity * sizeof *p->pairs));
    p->slots = allocated(calloc((size_t)p->slot_count, sizeof *p->slots));
  }
  return counts;
}

void apus_cooccurrences_free(apus_cooccurrences *counts) {
  for (int i = 0; i < PARTS; i++) free(counts->parts[i].pairs), free(counts->parts[i].slots);
  free(counts);
}

static void grow(part *p) {
  p->capacity *= 2;
  p->pairs = allocated(realloc(p->pairs, (size_t)p->capacity * sizeof *p->pairs));
  free(p->slots);
  p->slot_count *= 2;
  p->slots = allocated(calloc((size_t)p->slot_count, sizeof *p->slots));
  for (int64_t i = 0; i < p->count; i++) {
    uint64_t slot = slot_hash(p->pairs[i].first, p->pairs[i].second) & (uint64_t)(p->slot_count - 1);
    while (p->slots[slot]) slot = (slot + 1) & (uint64_t)(p->slot_count - 1);
    p->slots[slot] = (uint32_t)(i + 1);
  }
}

INLINE void add_pair(part *p, int32_t first, int32_t second, double weight) {
  uint64_t mask = (uint64_t)(p->slot_count - 1), slot = slot_hash(first, second) & mask;
  for (; p->slots[slot]; slot = (slot + 1) & mask) {
    apus_cooccurrence *pair = p->pairs + p->slots[slot] - 1;
    if (pair->first == first && pair->second == second) {
      pair->weight += weight;
      return;
    }
  }
  p->pairs[p->count++] = (apus_cooccurrence){first, second, weight};
  p->slots[slot] = (uint32_t)p->count;
  if (p->count == p->capacity) grow(p);
}

typedef struct {
  apus_cooccurrences *counts;
  const int32_t *ids;
  const int64_t *ends;
  int64_t sentence_count, window;
} job;

static void count_part(void *context, int64_t number) {
  const job *j = context;
  part *p = &j->counts->parts[number];
  int64_t start = 0;
  for (int64_t s = 0; s < j->sentence_count; start = j->ends[s++])
    for (int64_t i = start; i < j->ends[s]; i++) {
      int32_t word = j->ids[i];
      for (int64_t k = i - 1; k >= start && i - k <= j->window; k--) {
        int32_t other = j->ids[k];
        int32_t low = word < other ? word : other, high = word < other ? other : word;
        // Each is the other's neighbour: where both are one word, they meet in the same cell twice.
        double weight = (low == high ? 2.0 : 1.0) / (double)(i - k);
        if (low % PARTS == number) add_pair(p, low, high, weight);
      }
    }
}

void apus_cooccurrences_add(
    apus_cooccurrences *counts, const int32_t *ids, const int64_t *ends, int64_t sentence_count,
    int64_t window) {
  job j = {counts, ids, ends, sentence_count, window};
  apus_parallel_each(PARTS, count_part, &j);
}

int64_t apus_cooccurrences_count(const apus_cooccurrences *counts) {
  int64_t total = 0;
  for (int i = 0; i < PARTS; i++) total += counts->parts[i].count;
  return total;
}

void apus_cooccurrences_shuffle(
    const apus_cooccurrences *counts, uint64_t key, apus_cooccurrence *out) {
  int64_t total = 0;
  for (int i = 0; i < PARTS; i++) {
    const part *p = &counts->parts[i];
    memcpy(out + total, p->pairs, (size_t)p->count * sizeof *out);
    total += p->count;
  }
  for (int64_t i = total - 1; i > 0; i--) {
    philox_block b = philox(key, 0, (uint64_t)i);
    uint64_t bits = (uint64_t)b.x << 32 | b.y;
    int64_t other = (int64_t)((unsigned __int128)bits * (uint64_t)(i + 1) >> 64);
    apus_cooccurrence pair = out[i];
    out[i] = out[other];
    out[other] = pair;
  }
}

// Unlike sqrtf it sets no errno.
INLINE float root(float x) { return __builtin_elementwise_sqrt(x); }

INLINE float dot(const float *x, const float *y, int64_t stride) {
  lanes sum = {0};
  for (int64_t c = 0; c < stride; c += LANES)
    sum += *(const lanes *)(x + c) * *(const lanes *)(y + c);
  return sum_of_lanes(&sum);
}

// A step of AdaGrad for one value. As in the authors' program the sum of squares, which begins at 1,
// is of whole steps (rate times gradient), and has the present one only afterwards.
INLINE void adapt(float *x, float *square, float step) {
  *x -= step / root(*square);
  *square += step * step;
}

// w . w' + b + b' - ln x is brought towards 0 by a step on all four.
INLINE double learn(
    const apus_glove_weights *w, int32_t word, int32_t context, float target, float weight,
    float rate) {
  int64_t stride = w->stride;
  float *restrict x = w->words + word * stride, *restrict y = w->contexts + context * stride;
  float *restrict xs = w->word_squares + word * stride, *restrict ys = w->context_squares + context * stride;
  float difference =
      dot(x, y, stride) + w->word_biases[word] + w->context_biases[context] - target;
  float step = rate * weight * difference;
  for (int64_t c = 0; c < stride; c++) {
    float left = x[c], right = y[c];
    adapt(x + c, xs + c, step * right);
    adapt(y + c, ys + c, step * left);
  }
  adapt(w->word_biases + word, w->word_bias_squares + word, step);
  adapt(w->context_biases + context, w->context_bias_squares + context, step);
  return (double)(weight * difference * difference);
}

typedef struct {
  apus_glove_weights weights;
  apus_glove_settings settings;
  const apus_cooccurrence *pairs;
  _Atomic double loss;
} pass;

CLONES static void pass_range(void *context, int64_t begin, int64_t end) {
  pass *p = context;
  const apus_glove_settings s = p->settings;
  double loss = 0;
  for (int64_t i = begin; i < end; i++) {
    apus_cooccurrence pair = p->pairs[i];
    float target = (float)log(pair.weight);
    float weight = pair.weight < s.limit ? (float)pow(pair.weight / s.limit, s.power) : 1.0f;
    loss += learn(&p->weights, pair.first, pair.second, target, weight, s.rate);
    if (pair.first != pair.second)
      loss += learn(&p->weights, pair.second, pair.first, target, weight, s.rate);
  }
  p->loss += loss;
}

double apus_glove_pass(
    apus_glove_weights weights, apus_glove_settings settings, const apus_cooccurrence *pairs,
    int64_t count) {
  pass p = {.weights = weights, .settings = settings, .pairs = pairs};
  apus_parallel(count, 1 << 12, pass_range, &p);
  return p.loss;
}
