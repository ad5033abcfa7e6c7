"""Prefix beam search of pyctcdecode, beside `apus bench ctc-beam`, on the same posteriors.

usage: ctc_beam_bench.py [--readings FILE]

FILE gets the best readings, one a line. Prints utterances/s, with one thread, which is all that
pyctcdecode takes without processes of its own.
"""

import argparse
import math
import random
import time

import numpy
from pyctcdecode import build_ctcdecoder

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--readings")
options = parser.parse_args()
random.seed(0)
tokens = ["", *" 'abcdefghijklmnopqrstuvwxyz"]


def normal():
    radius = math.sqrt(-2 * math.log(1 - random.random()))
    return radius * math.cos(2 * math.pi * random.random())


utterances = []
for _ in range(16):
    rows = []
    for _ in range(400):
        row = [normal() for _ in tokens]
        row[0] += 3
        if random.random() < 0.3:
            row[1 + int(28 * random.random())] += 8
        rows.append(row)
    utterances.append(numpy.array(rows, numpy.float32))
decoder = build_ctcdecoder(tokens)
start = time.perf_counter()
readings = [decoder.decode(logits, beam_width=100) for logits in utterances]
seconds = time.perf_counter() - start
print(f"ctc-beam pyctcdecode {len(utterances) / seconds:.2f} utterances/s", flush=True)
if options.readings:
    open(options.readings, "w").write("".join(reading + "\n" for reading in readings))
