"""Times gensim's skip-gram on the text of `apus bench skip-gram`.

usage: word2vec_bench.py [--text FILE] [--runs 5] [--threads 2]

8 MB of a text, repeated or cut, or of the made-up one of `BenchText.swift`; 100 values, window 5, 5
negatives, words seen 5 times, one pass. The clock runs from lists of words in memory, which are made
before, to the vectors. Prints words a second (median). Needs gensim.
"""

import argparse
import statistics
import time

from gensim.models import Word2Vec

from made_up_text import made_up_text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--text")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    text = open(arguments.text, encoding="utf8").read() if arguments.text else made_up_text()
    text = (text * (1 + 8_000_000 // len(text)))[:8_000_000]
    sentences = [line.split() for line in text.split("\n")]
    count = sum(map(len, sentences))
    times = []
    for _ in range(arguments.runs):
        start = time.perf_counter()
        Word2Vec(
            sentences, vector_size=100, sg=1, negative=5, window=5, min_count=5, epochs=1,
            workers=arguments.threads,
        )
        times.append(time.perf_counter() - start)
    print(f"skip-gram gensim {arguments.threads} threads: {count / statistics.median(times):.0f} words/s")


if __name__ == "__main__":
    main()
