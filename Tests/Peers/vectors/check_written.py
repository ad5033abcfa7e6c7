"""Checks that gensim reads what `apus vectors convert` writes.

usage: check_written.py APUS [VECTORS]

Converts the golden fastText model, or other vectors, into every format with the program APUS and reads
them with gensim. Needs gensim.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors

GOLDEN = pathlib.Path(__file__).parents[2] / "ApusVectorsTests" / "Golden"


def main():
    apus = sys.argv[1]
    source = sys.argv[2] if len(sys.argv) > 2 else str(GOLDEN / "fasttext.bin")
    with tempfile.TemporaryDirectory() as directory:

        def convert(name, form):
            path = f"{directory}/{name}"
            subprocess.run([apus, "vectors", "convert", source, path, "--format", form], check=True)
            return path

        text = KeyedVectors.load_word2vec_format(convert("a.txt", "text"))
        others = [
            KeyedVectors.load_word2vec_format(convert("b.bin", "binary"), binary=True),
            KeyedVectors.load_word2vec_format(convert("c.txt", "glove"), no_header=True),
            load_facebook_vectors(convert("d.bin", "fasttext")),
        ]
        for other in others:
            assert other.index_to_key == text.index_to_key
            worst = max(np.abs(other[w] - text[w]).max() for w in text.index_to_key)
            assert worst < 1e-6, worst
        print(f"gensim reads {len(text)} words in {1 + len(others)} formats")


if __name__ == "__main__":
    main()
