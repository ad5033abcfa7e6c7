// Passes of skip-gram and CBOW over text, whose weights are updated without locks.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Rows of both tables are `stride` floats long, a multiple of 16; what is behind the columns of a
// vector is zero and stays so.
typedef struct {
  float *inputs, *outputs;
  int64_t stride;
} apus_word_weights;

// What does not change from part to part of a text.
typedef struct {
  // The rows of `inputs` whose mean is the input of a word: rows[row_starts[id]..<row_starts[id + 1]];
  // null where it is the row of the word's number alone.
  const int32_t *rows;
  const int64_t *row_starts;
  // A word is kept where a draw of 32 bits is below keep[id], or always where that is 2^32 - 1;
  // 0 for words that are not trained.
  const uint32_t *keep;
  // Negative samples, by Walker's alias method: bucket b gives b where the draw is below its
  // threshold and aliases[b] otherwise. Null thresholds for hierarchical softmax.
  const uint32_t *thresholds;
  const int32_t *aliases;
  int64_t bucket_count;
  int32_t negatives;
  // The inner nodes from the root to a word and which way leads there (1 or 0).
  const int32_t *nodes;
  const float *turns;
  const int64_t *path_starts;
  // The most words on each side that are predicted from, or that predict.
  int32_t window;
  // Whether the words around are averaged into one input.
  bool is_bag;
  // The key of all draws.
  uint64_t key;
} apus_word_model;

// The most words of a sentence, which bounds the scratch of a thread.
enum { APUS_LONGEST_SENTENCE = 10000 };

// A part of a text: sentences end to end, which threads share.
typedef struct {
  const int32_t *ids;
  // Where each sentence ends, counted from the start of `ids`.
  const int64_t *ends;
  int64_t sentence_count;
  // The number of the first word in the whole text.
  int64_t first;
  uint64_t epoch;
  // Word number n of the text is learnt at rate + n * rate_step, but at least at `least_rate`.
  double rate, rate_step, least_rate;
} apus_word_text;

// The loss (nats) summed over predictions; one centre word of sixteen is measured.
typedef struct {
  double loss, predictions;
} apus_word_loss;

// Updates the weights along a text. One thread gives the same bits every time; several race for rows.
apus_word_loss apus_train_word_vectors(
    apus_word_weights weights, const apus_word_model *model, const apus_word_text *text);
