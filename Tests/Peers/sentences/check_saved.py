"""Checks that sentence-transformers reads a directory that Apus wrote and embeds texts alike.

usage: check_saved.py DIRECTORY TEXTS VECTORS.npy

VECTORS.npy is what `apus embed DIRECTORY --input TEXTS --output VECTORS.npy` wrote.
"""

import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import numpy as np
from sentence_transformers import SentenceTransformer

directory, texts, vectors = sys.argv[1:]
lines = open(texts, encoding="utf-8").read().split("\n")[:-1]
expected = SentenceTransformer(directory, device="cpu").encode(lines, batch_size=32)
found = np.load(vectors)
worst = np.abs(found - expected).max()
print(f"{len(lines)} texts, {found.shape[1]} values, largest difference {worst:.2e}")
sys.exit(found.shape != expected.shape or not worst < 1e-4)
