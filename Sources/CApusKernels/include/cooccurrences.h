// How often words stand near each other, and vectors whose products are the logarithms of that (GloVe).
#pragma once

#include <stdint.h>

typedef struct apus_cooccurrences apus_cooccurrences;

// Two words and what they weigh together; `first` is not above `second`.
typedef struct {
  int32_t first, second;
  double weight;
} apus_cooccurrence;

apus_cooccurrences *apus_cooccurrences_make(void);
void apus_cooccurrences_free(apus_cooccurrences *counts);

// Adds 1 / distance for each two words of a sentence at most `window` apart, and 2 / distance where both
// are one word, which then has itself on either side. Sums do not depend on the number of threads.
void apus_cooccurrences_add(
    apus_cooccurrences *counts, const int32_t *ids, const int64_t *ends, int64_t sentence_count,
    int64_t window);

int64_t apus_cooccurrences_count(const apus_cooccurrences *counts);

// Copies all of them into `out`, in a random order that the key decides.
void apus_cooccurrences_shuffle(
    const apus_cooccurrences *counts, uint64_t key, apus_cooccurrence *out);

// The two vectors and biases of each word and, in the same layout, AdaGrad's sums of squares. Rows are
// `stride` floats long, a multiple of 16.
typedef struct {
  float *words, *contexts, *word_biases, *context_biases;
  float *word_squares, *context_squares, *word_bias_squares, *context_bias_squares;
  int64_t stride;
} apus_glove_weights;

typedef struct {
  float rate;
  // Weights from here on count fully; below, (weight / limit) ^ power.
  double limit, power;
} apus_glove_settings;

// One pass over co-occurrences, each in both orders; the sum of the losses f(x) (w w' + b + b' - ln x)^2.
// One thread gives the same bits every time; several race for rows.
double apus_glove_pass(
    apus_glove_weights weights, apus_glove_settings settings, const apus_cooccurrence *pairs,
    int64_t count);
