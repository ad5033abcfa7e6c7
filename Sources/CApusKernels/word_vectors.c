#include "word_vectors.h"

#include <stdlib.h>

#include "lanes.h"
#include "parallel.h"
#include "philox.h"

// A tile is up to two inputs by three outputs; its products stand in six of eight floats.
enum { TILE_INPUTS = 2, TILE_OUTPUTS = 3, TILE = 8 };

// What is predicted at once: every input predicts the label of every output, and all gradients are
// taken at the weights before the update. So the rows of negative samples are read and written once
// for all words around a centre word.
//
// Source: Ji et al., "Parallelizing Word2Vec in Shared and Distributed Memory", 2016.
typedef struct {
  int64_t stride, input_count, output_count;
  // The vectors of inputs: rows of the table, or means in `means`.
  const float **inputs;
  float **outputs;
  float *labels;
  // Which rows make each input.
  const int32_t **rows;
  int32_t *row_counts;
  float *means, *steps, *zero;
  // Products, then gradients times the rate, tile by tile.
  float *tiles;
} group;

// Sums of eight registers' lanes, in eight rounds' worth of shuffles for all together.
INLINE void sum_eight(const lanes *x, float *sums) {
  lanes half[4], quarter[2];
  for (int i = 0; i < 4; i++)
    half[i] =
        __builtin_shufflevector(
            x[2 * i], x[2 * i + 1], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
        __builtin_shufflevector(
            x[2 * i], x[2 * i + 1], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  for (int i = 0; i < 2; i++)
    quarter[i] =
        __builtin_shufflevector(
            half[2 * i], half[2 * i + 1], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
        __builtin_shufflevector(
            half[2 * i], half[2 * i + 1], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  lanes pairs =
      __builtin_shufflevector(
          quarter[0], quarter[1], 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29) +
      __builtin_shufflevector(
          quarter[0], quarter[1], 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31);
  lanes all =
      __builtin_shufflevector(pairs, pairs, 0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4, 6, 8, 10, 12, 14) +
      __builtin_shufflevector(pairs, pairs, 1, 3, 5, 7, 9, 11, 13, 15, 1, 3, 5, 7, 9, 11, 13, 15);
  memcpy(sums, &all, TILE * sizeof(float));
}

// Sixteen floats from an address on, to be read or written. Not a function: passing a register that the
// caller's instruction set lacks would change the calling convention.
#define LANES_AT(x) (*(lanes *)(x))

// Products of a tile's inputs with its outputs; `count` is a constant, 1 or 2.
INLINE void multiply_tile(
    int count, const float *const *x, float *const *y, int64_t stride, float *tile) {
  lanes sums[TILE] = {0};
  for (int64_t c = 0; c < stride; c += LANES) {
    lanes right[TILE_OUTPUTS];
#pragma clang loop unroll(full)
    for (int j = 0; j < TILE_OUTPUTS; j++) right[j] = LANES_AT(y[j] + c);
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) {
      lanes left = *(const lanes *)(x[i] + c);
#pragma clang loop unroll(full)
      for (int j = 0; j < TILE_OUTPUTS; j++) sums[i * TILE_OUTPUTS + j] += left * right[j];
    }
  }
  sum_eight(sums, tile);
}

// The inputs' steps: steps[i] += sum over j of g[i, j] outputs[j].
INLINE void add_outputs(
    int count, const float *g, float *const *y, float *steps, int64_t stride) {
  for (int64_t c = 0; c < stride; c += LANES) {
    lanes right[TILE_OUTPUTS];
#pragma clang loop unroll(full)
    for (int j = 0; j < TILE_OUTPUTS; j++) right[j] = LANES_AT(y[j] + c);
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) {
      lanes sum = LANES_AT(steps + i * stride + c);
#pragma clang loop unroll(full)
      for (int j = 0; j < TILE_OUTPUTS; j++) sum += g[i * TILE_OUTPUTS + j] * right[j];
      LANES_AT(steps + i * stride + c) = sum;
    }
  }
}

// outputs[j] += sum over i of g[i, j] inputs[i]. Rows that are the same are added to in turn.
INLINE void add_inputs(
    int count, const float *g, const float *const *x, float *const *y, int64_t stride) {
  for (int64_t c = 0; c < stride; c += LANES) {
    lanes left[TILE_INPUTS];
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) left[i] = *(const lanes *)(x[i] + c);
#pragma clang loop unroll(full)
    for (int j = 0; j < TILE_OUTPUTS; j++) {
      lanes sum = LANES_AT(y[j] + c);
#pragma clang loop unroll(full)
      for (int i = 0; i < count; i++) sum += g[i * TILE_OUTPUTS + j] * left[i];
      LANES_AT(y[j] + c) = sum;
    }
  }
}

// The mean of the rows of an input, in `mean` if there are several.
INLINE const float *mean_of_rows(
    const float *table, const int32_t *rows, int64_t count, int64_t stride, float *mean) {
  if (count == 1) return table + rows[0] * stride;
  memset(mean, 0, (size_t)stride * sizeof(float));
  for (int64_t r = 0; r < count; r++) {
    const float *row = table + rows[r] * stride;
    for (int64_t c = 0; c < stride; c += LANES)
      LANES_AT(mean + c) += *(const lanes *)(row + c);
  }
  float scale = 1.0f / (float)count;
  for (int64_t c = 0; c < stride; c += LANES) LANES_AT(mean + c) *= scale;
  return mean;
}

// Turns the products of a group into gradients of the log-likelihood, label - sigmoid, times the rate.
INLINE void differentiate(group *g, int64_t columns, float rate) {
  int64_t triples = columns / TILE_OUTPUTS;
  float labels[TILE], rates[TILE];
  for (int64_t t = 0; t < triples; t++) {
    for (int l = 0; l < TILE; l++) {
      int64_t j = t * TILE_OUTPUTS + l % TILE_OUTPUTS;
      labels[l] = g->labels[j];
      rates[l] = l < 2 * TILE_OUTPUTS && j < g->output_count ? rate : 0.0f;
    }
    for (int64_t i = 0; i < g->input_count; i += TILE_INPUTS) {
      float *tile = g->tiles + (i / TILE_INPUTS * triples + t) * TILE;
      for (int l = 0; l < TILE; l++) tile[l] = rates[l] * (labels[l] - fast_sigmoid(tile[l]));
    }
  }
}

// -ln sigmoid of what each label says, summed; before `differentiate`.
INLINE double loss_of_products(const group *g, int64_t columns) {
  double total = 0;
  int64_t triples = columns / TILE_OUTPUTS;
  for (int64_t i = 0; i < g->input_count; i++)
    for (int64_t j = 0; j < g->output_count; j++) {
      float x = g->tiles[
          (i / TILE_INPUTS * triples + j / TILE_OUTPUTS) * TILE + i % TILE_INPUTS * TILE_OUTPUTS +
          j % TILE_OUTPUTS];
      float z = g->labels[j] > 0 ? -x : x;
      total += (z > 0 ? z : 0) + fast_log1p(fast_exp(-__builtin_fabsf(z)));
    }
  return total;
}

INLINE void add_step(group *g, float *table, int64_t i) {
  const float *step = g->steps + i * g->stride;
  for (int32_t r = 0; r < g->row_counts[i]; r++) {
    float *row = table + g->rows[i][r] * g->stride;
    for (int64_t c = 0; c < g->stride; c += LANES)
      LANES_AT(row + c) += *(const lanes *)(step + c);
  }
}

// One update. Arrays for outputs have room for two more, which become zeros.
CLONES static double update(group *g, float *table, float rate, bool measures) {
  int64_t stride = g->stride, columns = g->output_count;
  while (columns % TILE_OUTPUTS) {
    g->outputs[columns] = g->zero;
    g->labels[columns++] = 0;
  }
  for (int64_t i = 0; i < g->input_count; i++)
    g->inputs[i] =
        mean_of_rows(table, g->rows[i], g->row_counts[i], stride, g->means + i * stride);
  float *tile = g->tiles;
  for (int64_t i = 0; i < g->input_count; i += TILE_INPUTS)
    for (int64_t j = 0; j < columns; j += TILE_OUTPUTS, tile += TILE) {
      if (i + 1 < g->input_count)
        multiply_tile(2, g->inputs + i, g->outputs + j, stride, tile);
      else
        multiply_tile(1, g->inputs + i, g->outputs + j, stride, tile);
    }
  double loss = measures ? loss_of_products(g, columns) : 0;
  differentiate(g, columns, rate);
  memset(g->steps, 0, (size_t)(g->input_count * stride) * sizeof(float));
  tile = g->tiles;
  for (int64_t i = 0; i < g->input_count; i += TILE_INPUTS)
    for (int64_t j = 0; j < columns; j += TILE_OUTPUTS, tile += TILE) {
      if (i + 1 < g->input_count)
        add_outputs(2, tile, g->outputs + j, g->steps + i * stride, stride);
      else
        add_outputs(1, tile, g->outputs + j, g->steps + i * stride, stride);
    }
  tile = g->tiles;
  for (int64_t i = 0; i < g->input_count; i += TILE_INPUTS)
    for (int64_t j = 0; j < columns; j += TILE_OUTPUTS, tile += TILE) {
      if (i + 1 < g->input_count)
        add_inputs(2, tile, g->inputs + i, g->outputs + j, stride);
      else
        add_inputs(1, tile, g->inputs + i, g->outputs + j, stride);
    }
  for (int64_t i = 0; i < g->input_count; i++) add_step(g, table, i);
  return loss;
}

static bool make_group(group *g, int64_t stride, int64_t input_limit, int64_t output_limit) {
  int64_t outputs = output_limit + TILE_OUTPUTS;
  int64_t tiles = (input_limit + 1) / 2 * (outputs / TILE_OUTPUTS) * TILE;
  *g = (group){.stride = stride};
  g->inputs = malloc((size_t)input_limit * sizeof *g->inputs);
  g->outputs = malloc((size_t)outputs * sizeof *g->outputs);
  g->labels = malloc((size_t)outputs * sizeof *g->labels);
  g->rows = malloc((size_t)input_limit * sizeof *g->rows);
  g->row_counts = malloc((size_t)input_limit * sizeof *g->row_counts);
  g->means = aligned_alloc(64, (size_t)(input_limit * stride) * sizeof(float));
  g->steps = aligned_alloc(64, (size_t)(input_limit * stride) * sizeof(float));
  g->zero = aligned_alloc(64, (size_t)stride * sizeof(float));
  g->tiles = malloc((size_t)tiles * sizeof(float));
  if (g->zero) memset(g->zero, 0, (size_t)stride * sizeof(float));
  return g->inputs && g->outputs && g->labels && g->rows && g->row_counts && g->means &&
         g->steps && g->zero && g->tiles;
}

static void free_group(group *g) {
  free(g->inputs), free(g->outputs), free(g->labels), free(g->rows), free(g->row_counts);
  free(g->means), free(g->steps), free(g->zero), free(g->tiles);
}

// Random words under a number, one after the other.
typedef struct {
  uint64_t key, epoch, index;
  philox_block block;
  int used;
} draws;

// Each word of the text has 2^20 blocks of its own, so that draws depend on nothing else.
INLINE draws draws_of_word(const apus_word_model *m, uint64_t epoch, int64_t word) {
  return (draws){.key = m->key, .epoch = epoch, .index = (uint64_t)word << 20, .used = 4};
}

INLINE uint32_t draw(draws *d) {
  if (d->used == 4) {
    d->block = philox(d->key, d->epoch, d->index++);
    d->used = 0;
  }
  switch (d->used++) {
    case 0: return d->block.x;
    case 1: return d->block.y;
    case 2: return d->block.z;
    default: return d->block.w;
  }
}

// The upper half of a product picks the bucket, the lower half is a draw inside it.
INLINE int32_t draw_word(const apus_word_model *m, draws *d) {
  uint64_t product = (uint64_t)draw(d) * (uint64_t)m->bucket_count;
  int64_t bucket = (int64_t)(product >> 32);
  return (uint32_t)product < m->thresholds[bucket] ? (int32_t)bucket : m->aliases[bucket];
}

INLINE void prefetch_row(const float *row, int64_t stride) {
  for (int64_t c = 0; c < stride; c += LANES) __builtin_prefetch(row + c, 1);
}

INLINE void add_output(group *g, const apus_word_weights *w, int32_t row, float label) {
  float *output = w->outputs + row * w->stride;
  prefetch_row(output, w->stride);
  g->outputs[g->output_count] = output;
  g->labels[g->output_count++] = label;
}

// The outputs that predict a word: the word and negative samples, or the path to it.
INLINE void add_outputs_of_word(
    group *g, const apus_word_weights *w, const apus_word_model *m, int32_t word, draws *d) {
  if (m->thresholds) {
    add_output(g, w, word, 1);
    for (int32_t n = 0; n < m->negatives; n++) {
      int32_t other = draw_word(m, d);
      if (other != word) add_output(g, w, other, 0);
    }
  } else {
    for (int64_t p = m->path_starts[word]; p < m->path_starts[word + 1]; p++)
      add_output(g, w, m->nodes[p], m->turns[p]);
  }
}

INLINE void add_input(group *g, const int32_t *rows, int64_t count) {
  g->rows[g->input_count] = rows;
  g->row_counts[g->input_count++] = (int32_t)count;
}

INLINE void add_input_of_word(group *g, const apus_word_model *m, const int32_t *word) {
  if (m->rows)
    add_input(g, m->rows + m->row_starts[*word], m->row_starts[*word + 1] - m->row_starts[*word]);
  else
    add_input(g, word, 1);
}

typedef struct {
  apus_word_weights weights;
  const apus_word_model *model;
  const apus_word_text *text;
  _Atomic double loss, predictions;
} job;

typedef struct {
  // What is learnt now, and what is next, whose rows are on their way from memory meanwhile.
  group groups[2];
  // The words of a sentence that are kept, and their places in the text.
  int32_t *kept;
  int64_t *places;
  // The rows of all words around a centre word, for each group.
  int32_t *bags[2];
} scratch;

// Words around `centre` make the inputs (one each, or one together), `centre` the outputs. With
// subwords it is the other way round: the many rows of a word are read once for all words around.
static void gather(const job *j, scratch *s, int64_t count, int64_t centre) {
  const apus_word_model *m = j->model;
  group *g = &s->groups[centre % 2];
  int32_t *bag = s->bags[centre % 2];
  draws d = draws_of_word(m, j->text->epoch, s->places[centre]);
  int64_t reach = 1 + (int64_t)((uint64_t)draw(&d) * (uint64_t)m->window >> 32);
  int64_t begin = centre - reach < 0 ? 0 : centre - reach;
  int64_t end = centre + reach + 1 > count ? count : centre + reach + 1;
  g->input_count = g->output_count = 0;
  if (end - begin < 2) return;
  if (m->is_bag) {
    int64_t size = 0;
    for (int64_t i = begin; i < end; i++) {
      int32_t word = s->kept[i];
      if (i == centre) continue;
      if (m->rows)
        for (int64_t r = m->row_starts[word]; r < m->row_starts[word + 1]; r++)
          bag[size++] = m->rows[r];
      else
        bag[size++] = word;
    }
    if (size > 0) add_input(g, bag, size);
    add_outputs_of_word(g, &j->weights, m, s->kept[centre], &d);
  } else if (m->rows) {
    add_input_of_word(g, m, s->kept + centre);
    for (int64_t i = begin; i < end; i++)
      if (i != centre) add_outputs_of_word(g, &j->weights, m, s->kept[i], &d);
  } else {
    for (int64_t i = begin; i < end; i++)
      if (i != centre) add_input_of_word(g, m, s->kept + i);
    add_outputs_of_word(g, &j->weights, m, s->kept[centre], &d);
  }
}

// Words that stay of a sentence.
static int64_t keep(const job *j, scratch *s, int64_t begin, int64_t end) {
  const apus_word_text *t = j->text;
  int64_t count = 0;
  for (int64_t i = begin; i < end; i++) {
    uint32_t threshold = j->model->keep[t->ids[i]];
    uint64_t number = (uint64_t)(t->first + i);
    if (threshold == 0) continue;
    if (threshold < UINT32_MAX) {
      // The upper half of the blocks is for these draws; four words share one.
      philox_block b = philox(j->model->key, t->epoch, number / 4 | 1ull << 63);
      uint32_t words[4] = {b.x, b.y, b.z, b.w};
      if (words[number % 4] >= threshold) continue;
    }
    s->kept[count] = t->ids[i];
    s->places[count++] = (int64_t)number;
  }
  return count;
}

static void train_sentence(
    const job *j, scratch *s, int64_t begin, int64_t end, apus_word_loss *loss) {
  const apus_word_text *t = j->text;
  int64_t count = keep(j, s, begin, end);
  if (count > 0) gather(j, s, count, 0);
  for (int64_t i = 0; i < count; i++) {
    group *g = &s->groups[i % 2];
    if (i + 1 < count) gather(j, s, count, i + 1);
    if (g->input_count == 0 || g->output_count == 0) continue;
    double rate = t->rate + (double)s->places[i] * t->rate_step;
    bool measures = s->places[i] % 16 == 0;
    loss->loss += update(
        g, j->weights.inputs, (float)(rate > t->least_rate ? rate : t->least_rate), measures);
    if (measures) loss->predictions += (double)(g->input_count * g->output_count);
  }
}

// The longest list of a word in the text.
static int64_t longest_list(const int64_t *starts, const apus_word_text *t) {
  int64_t longest = 0, count = t->sentence_count > 0 ? t->ends[t->sentence_count - 1] : 0;
  for (int64_t i = 0; i < count; i++) {
    int64_t length = starts[t->ids[i] + 1] - starts[t->ids[i]];
    if (length > longest) longest = length;
  }
  return longest;
}

// A thread's share of the words: the sentences that begin there.
static void train_range(void *context, int64_t begin, int64_t end) {
  job *j = context;
  const apus_word_model *m = j->model;
  const apus_word_text *t = j->text;
  int64_t around = 2 * (int64_t)m->window;
  int64_t outputs = m->thresholds ? 1 + m->negatives : longest_list(m->path_starts, t);
  if (m->rows && !m->is_bag) outputs *= around;
  scratch s;
  s.kept = malloc(APUS_LONGEST_SENTENCE * sizeof *s.kept);
  s.places = malloc(APUS_LONGEST_SENTENCE * sizeof *s.places);
  int64_t bag = around * (m->rows ? longest_list(m->row_starts, t) : 1);
  for (int i = 0; i < 2; i++) {
    s.bags[i] = malloc((size_t)bag * sizeof *s.bags[i]);
    if (!make_group(&s.groups[i], j->weights.stride, m->is_bag ? 1 : around, outputs)) abort();
  }
  if (!s.kept || !s.places || !s.bags[0] || !s.bags[1]) abort();
  apus_word_loss loss = {0, 0};
  int64_t low = 0, high = t->sentence_count;
  while (low < high) {
    int64_t middle = (low + high) / 2;
    if ((middle > 0 ? t->ends[middle - 1] : 0) < begin) low = middle + 1;
    else high = middle;
  }
  for (int64_t n = low; n < t->sentence_count; n++) {
    int64_t start = n > 0 ? t->ends[n - 1] : 0;
    if (start >= end) break;
    train_sentence(j, &s, start, t->ends[n], &loss);
  }
  j->loss += loss.loss;
  j->predictions += loss.predictions;
  for (int i = 0; i < 2; i++) free_group(&s.groups[i]), free(s.bags[i]);
  free(s.kept), free(s.places);
}

apus_word_loss apus_train_word_vectors(
    apus_word_weights weights, const apus_word_model *model, const apus_word_text *text) {
  job j = {.weights = weights, .model = model, .text = text};
  int64_t count = text->sentence_count > 0 ? text->ends[text->sentence_count - 1] : 0;
  apus_parallel(count, 1 << 12, train_range, &j);
  return (apus_word_loss){j.loss, j.predictions};
}
