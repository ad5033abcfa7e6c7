"""Times SentencePiece on the text and the work of `apus bench unigram-encode` and `unigram-train`.

usage: tokenizer_unigram_bench.py [--text FILE] [--model FILE.model] [--seconds 5]

One thread. Prints the median of several passes by wall time and by processor time, which a busy
machine disturbs less. Without FILE the text is the made-up one of `apus bench`.
"""

import argparse
import itertools
import pathlib
import statistics
import tempfile
import time

from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from made_up_text import made_up_text

BYTES = 8_000_000


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

text = repeated(arguments.text.read_text(errors="replace") if arguments.text else made_up_text())
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
