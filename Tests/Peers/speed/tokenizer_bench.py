"""Times `apus bench` and its peers on tokenizers, alternately, on one text.

usage: tokenizer_bench.py APUS [--text FILE] [--rounds 5] [--threads 1] [--vocabulary vocab.txt]

Workloads: word pieces with BERT's vocabulary (or trained on the text where there is none), byte-level
BPE of 16,000 tokens trained on the text, and its training. The text is 8 MB of FILE, or the made-up
one of made_up_text.py. Prints MB/s: the median of the rounds of each, and their ratio.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

from made_up_text import made_up_text

MEGABYTES = 8


def lines_of(path):
    text = pathlib.Path(path).read_text(encoding="utf8") if path else made_up_text()
    size = MEGABYTES * 1_000_000
    whole = (text * (1 + size // len(text.encode()))).encode()[:size]
    return whole.decode(errors="replace").split("\n")


def word_pieces(vocabulary, lines):
    from tokenizers import BertWordPieceTokenizer

    if vocabulary:
        return BertWordPieceTokenizer(vocabulary)
    tokenizer = BertWordPieceTokenizer()
    tokenizer.train_from_iterator(lines, vocab_size=30522, min_frequency=1, show_progress=False)
    return tokenizer


def train_bpe(lines):
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=16000, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer


def tiktoken_of(tokenizer):
    """The same tokens with tiktoken, whose ranks are the ids."""
    import tiktoken
    from tokenizers import pre_tokenizers

    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    byte_of = {chr(byte): byte for byte in visible}
    byte_of |= {chr(256 + place): byte for place, byte in enumerate(hidden)}
    assert set(byte_of) == set(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = json.loads(tokenizer.to_str())["model"]["vocab"]
    ranks = {bytes(byte_of[c] for c in token): id for token, id in vocabulary.items()}
    pattern = (
        r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
    return tiktoken.Encoding("bench", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def apus_speed(program, workload, threads, options):
    result = subprocess.run(
        [program, "bench", workload, "--threads", str(threads), "--seconds", "2", "--json", *options],
        capture_output=True, text=True, check=True)
    return json.loads(result.stdout)["items_per_second"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("apus")
    parser.add_argument("--text")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--vocabulary")
    arguments = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if arguments.threads > 1 else "false"
    os.environ["RAYON_NUM_THREADS"] = str(arguments.threads)
    lines = lines_of(arguments.text)
    pieces = word_pieces(arguments.vocabulary, lines)
    pairs = train_bpe(lines)
    tiktoken = tiktoken_of(pairs)
    text = ["--text", arguments.text] if arguments.text else []
    vocabulary = ["--tokenizer", arguments.vocabulary] if arguments.vocabulary else []
    workloads = [
        ("wordpiece-encode", "tokenizers", lambda: pieces._tokenizer.encode_batch_fast(lines), vocabulary),
        ("bpe-encode", "tiktoken", lambda: [tiktoken.encode_ordinary(line) for line in lines], []),
        ("bpe-encode", "tokenizers", lambda: pairs.encode_batch_fast(lines), []),
        ("bpe-train", "tokenizers", lambda: train_bpe(lines), []),
    ]
    for name, peer, work, options in workloads:
        theirs, ours = [], []
        for _ in range(arguments.rounds):
            theirs.append(MEGABYTES / seconds(work))
            ours.append(apus_speed(arguments.apus, name, arguments.threads, text + options))
        fast, slow = statistics.median(ours), statistics.median(theirs)
        print(f"{name}: Apus {fast:.1f}, {peer} {slow:.2f} MB/s, {fast / slow:.1f} x", flush=True)


if __name__ == "__main__":
    main()
