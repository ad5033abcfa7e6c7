"""Writes Tests/ApusVectorsTests/Golden: small vectors in each format as gensim and fastText's layout have
them, and what gensim finds in them.

usage: make_golden.py

Files: word2vec.txt and word2vec.bin (the same vectors), fasttext.bin and fasttext.vec (a model with
subwords), and expected.json: neighbours, analogies by both rules, n-gram buckets, and vectors of words
that are in no vocabulary. Needs gensim.
"""

import json
import pathlib

import numpy as np
from gensim.models import FastText, KeyedVectors
from gensim.models.fasttext import save_facebook_model
from gensim.models.fasttext_inner import compute_ngrams_bytes, ft_hash_bytes

GOLDEN = pathlib.Path(__file__).parents[2] / "ApusVectorsTests" / "Golden"
WORDS = "king queen man woman boy girl prince princess Zürich 東京 naïve can't 1.5 river bank".split()
UNKNOWN = ["kings", "womanly", "Zür", "東", "x", "übergröße", ""]


def values(rows, columns):
    """Numbers of closed form with both signs, long decimals and small exponents."""
    i, j = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    return (np.sin(1.3 * i + 0.7 * j * j) * np.exp(-0.4 * ((i + j) % 23))).astype(np.float32)


def main():
    GOLDEN.mkdir(exist_ok=True)
    vectors = KeyedVectors(vector_size=7)
    vectors.add_vectors(WORDS, values(len(WORDS), 7))
    vectors.save_word2vec_format(GOLDEN / "word2vec.txt", binary=False)
    vectors.save_word2vec_format(GOLDEN / "word2vec.bin", binary=True)
    a, b, c = "man", "king", "woman"
    expected = {
        "neighbours": {w: vectors.most_similar(w, topn=4) for w in ["king", "東京", "bank"]},
        "sum": vectors.most_similar(positive=[b, c], negative=[a], topn=4),
        "product": vectors.most_similar_cosmul(positive=[b, c], negative=[a], topn=4),
        "similarity": float(vectors.similarity("river", "bank")),
    }

    sentences = [WORDS[i : i + 5] for i in range(len(WORDS) - 4)] * 3
    model = FastText(
        sentences, vector_size=5, window=2, min_count=1, min_n=2, max_n=4, bucket=40, epochs=2, seed=1,
        workers=1,
    )
    save_facebook_model(model, str(GOLDEN / "fasttext.bin"))
    model.wv.save_word2vec_format(GOLDEN / "fasttext.vec", binary=False)
    expected["buckets"] = {
        w: [int(ft_hash_bytes(n)) % 1000003 for n in compute_ngrams_bytes(w, 3, 6)] for w in WORDS + UNKNOWN
    }
    expected["known"] = {w: model.wv[w].tolist() for w in WORDS}
    expected["unknown"] = {w: model.wv[w].tolist() for w in UNKNOWN if w}
    expected["counts"] = {w: int(model.wv.get_vecattr(w, "count")) for w in WORDS}
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    (GOLDEN / "expected.json").write_text(text + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
