"""Rates vectors by how people judge pairs of words (WordSim-353), beside those that gensim learns.

usage: word_pairs.py TEXT [VECTORS...]

Learns skip-gram and CBOW from TEXT (lower-cased, cut at white space) with the settings of the recipes
`skipgram` and `cbow`, seeds 1 and 2, and prints Spearman's correlation for them and for each of VECTORS,
which are files of text as `apus vectors convert` writes them. Needs gensim.
"""

import sys

from gensim.models import KeyedVectors, Word2Vec
from gensim.test.utils import datapath


def rate(name, vectors):
    _, (correlation, _), unknown = vectors.evaluate_word_pairs(datapath("wordsim353.tsv"))
    print(f"{name}: Spearman {correlation:.3f}, {unknown:.0f} % of the pairs unknown")


def main():
    sentences = [line.lower().split() for line in open(sys.argv[1], encoding="utf8")]
    for name, rate_of_learning in (("skipgram", 0.025), ("cbow", 0.05)):
        for seed in (1, 2):
            model = Word2Vec(
                sentences, vector_size=100, sg=int(name == "skipgram"), negative=5, window=5, min_count=5,
                epochs=5, workers=1, alpha=rate_of_learning, min_alpha=1e-4, seed=seed,
            )
            rate(f"gensim {name} seed {seed}", model.wv)
    for path in sys.argv[2:]:
        rate(path, KeyedVectors.load_word2vec_format(path))


if __name__ == "__main__":
    main()
