"""The nearest vectors by NumPy's matrix product and partition, beside `apus bench search`.

usage: search_bench.py [--seconds 10] [--threads 2]

A thousand queries in a million vectors of 384 values, ten of each, in blocks of rows so that scores
fit in memory: the best of each block are merged with those so far. Prints queries/s and milliseconds.
"""

import argparse
import os
import statistics
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--seconds", type=float, default=10)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--block", type=int, default=100_000)
options = parser.parse_args()
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(options.threads)

import numpy as np

ROWS, QUERIES, SIZE, COUNT = 1_000_000, 1000, 384, 10
random = np.random.default_rng(0)
rows = random.standard_normal((ROWS, SIZE), dtype=np.float32)
queries = random.standard_normal((QUERIES, SIZE), dtype=np.float32)


def search():
    best, places = [], []
    for start in range(0, ROWS, options.block):
        scores = queries @ rows[start : start + options.block].T
        near = np.argpartition(scores, -COUNT, axis=1)[:, -COUNT:]
        best.append(np.take_along_axis(scores, near, axis=1))
        places.append(near + start)
    best, places = np.concatenate(best, axis=1), np.concatenate(places, axis=1)
    order = np.argsort(-best, axis=1)[:, :COUNT]
    return np.take_along_axis(places, order, axis=1)


times, end = [], time.perf_counter() + options.seconds
while time.perf_counter() < end or len(times) < 2:
    start, clock = time.perf_counter(), time.process_time()
    search()
    times.append((time.perf_counter() - start, time.process_time() - clock))
wall, cpu = (statistics.median(t) for t in zip(*times))
print(f"search {QUERIES / wall:.1f} queries/s {1000 * wall:.0f} ms, processor {1000 * cpu:.0f} ms", flush=True)
