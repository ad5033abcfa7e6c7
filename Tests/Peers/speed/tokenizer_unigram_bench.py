"""Times SentencePiece on the text and the work of `apus bench unigram-encode` and `unigram-train`.

usage: tokenizer_unigram_bench.py [--text FILE] [--model FILE.model] [--seconds 5]

One thread. Prints the median of several passes by wall time and by processor time, which a busy
machine disturbs less. Without FILE the text is the made-up one of `apus bench`.
"""

import argparse
import itertools
import pathlib
import random
import statistics
import tempfile
import time

from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

BYTES = 8_000_000
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"


def sentences():
    """4000 sentences of 24 words, of 20,000 that come by Zipf's law."""
    source = random.Random(0)
    words = []
    for _ in range(20_000):
        length = min(12, 1 + int(source.expovariate(0.22)))
        words.append("".join(source.choice(LETTERS) for _ in range(length)))
    weights = [1 / (rank + 2) for rank in range(len(words))]
    lines = (source.choices(words, weights, k=24) for _ in range(4000))
    return "\n".join(" ".join(line).capitalize() + "." for line in lines)


def repeated(text):
    """8 MB of a text, repeated or cut."""
    data = text.encode()
    data = b"".join(itertools.islice(itertools.cycle([data]), 1 + BYTES // len(data)))[:BYTES]
    return data.decode(errors="ignore")


def report(name, work, seconds):
    walls, processors = [], []
    start = time.perf_counter()
    while not walls or time.perf_counter() - start < seconds:
        wall, processor = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    for kind, times in (("wall", walls), ("processor", processors)):
        median = statistics.median(times)
        print(f"{name} sentencepiece {kind} {BYTES / 1e6 / median:.2f} MB/s {median:.3f} s", flush=True)


parser = argparse.ArgumentParser()
parser.add_argument("--text", type=pathlib.Path)
parser.add_argument("--model", help="encode with this model instead of one trained on the text")
parser.add_argument("--seconds", type=float, default=5)
arguments = parser.parse_args()

text = repeated(arguments.text.read_text(errors="replace") if arguments.text else sentences())
lines = text.split("\n")
with tempfile.TemporaryDirectory() as directory:
    source = pathlib.Path(directory) / "text.txt"
    source.write_text(text)

    def train():
        SentencePieceTrainer.train(
            input=str(source), model_prefix=f"{directory}/peer", vocab_size=8000, num_threads=1,
            hard_vocab_limit=False, minloglevel=2)

    report("unigram-train", train, arguments.seconds)
    processor = SentencePieceProcessor(model_file=arguments.model or f"{directory}/peer.model")
    # A call for all lines spares Python's part of each.
    report("unigram-encode", lambda: processor.encode(lines, num_threads=1), arguments.seconds)
