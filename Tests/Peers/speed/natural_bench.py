"""Times PyTorch's training steps on sentences of natural lengths, packed, in length buckets.

usage: natural_bench.py natural-conll --data eng.train.gz
       natural_bench.py natural-multi30k --source train.en.gz --target train.de.gz
       [--mode fp32|bf16] [--seconds 10] [--threads 2]

Sentences, batches, models and the amount of mathematics are those of `apus bench` under the same names:
sorted by length, cut into batches, of which some are taken, spread evenly over all lengths. Sequences
are packed, so that no LSTM, projection or loss works on padding. Prints name, mode, items a second
(median of passes over all batches), milliseconds a pass, and the peak memory of the process.
"""

import argparse
import contextlib
import gzip
import resource
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence, pad_sequence

VOCABULARY = 10_000


def lines_of(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        return file.read().splitlines()


def tagged_sentences(path):
    sentences, rows = [], []
    for line in [*lines_of(path), ""]:
        columns = line.split()
        if columns and columns[0] != "-DOCSTART-":
            rows.append((columns[0], columns[-1]))
        elif rows:
            sentences.append(rows)
            rows = []
    return [[word for word, _ in rows] for rows in sentences], [[tag for _, tag in rows] for rows in sentences]


def numbered(texts, first=0, limit=None):
    """The words of each text by the order in which they first come, and how many numbers there are."""
    known, ids = {}, []
    for words in texts:
        for word in words:
            if word not in known and (limit is None or first + len(known) < limit):
                known[word] = first + len(known)
        ids.append([known.get(word, 0) for word in words])
    return ids, first + len(known)


def batches(lengths, size, count):
    order = sorted(range(len(lengths)), key=lambda index: (lengths[index], index))
    groups = [order[start : start + size] for start in range(0, len(order) - size + 1, size)]
    return [groups[index * 37 % count * len(groups) // count] for index in range(count)]


def packed(sequences):
    """Packed sequences, longest first as packing wants them."""
    tensors = [torch.tensor(ids) for ids in sequences]
    lengths = torch.tensor([len(ids) for ids in sequences])
    return pack_padded_sequence(pad_sequence(tensors), lengths)


def mapped(sequences, function):
    return PackedSequence(function(sequences.data), sequences.batch_sizes)


class Tagger(nn.Module):
    def __init__(self, vocabulary, labels, size=100):
        super().__init__()
        self.words, self.head = nn.Embedding(vocabulary, size), nn.Linear(2 * size, labels)
        self.network = nn.LSTM(size, size, bidirectional=True)

    def loss(self, words, labels):
        outputs, _ = self.network(mapped(words, self.words))
        return F.cross_entropy(self.head(outputs.data).float(), labels.data)


class Translator(nn.Module):
    """Luong et al. 2015: a bidirectional encoder and a decoder with general attention."""

    def __init__(self, size=512):
        super().__init__()
        self.sources, self.targets = nn.Embedding(VOCABULARY, size), nn.Embedding(VOCABULARY, size)
        self.encoder = nn.LSTM(size, size // 2, 2, bidirectional=True)
        self.decoder = nn.LSTM(size, size, 2)
        self.attention = nn.Linear(size, size, bias=False)
        self.combination, self.head = nn.Linear(2 * size, size), nn.Linear(size, VOCABULARY)

    def loss(self, sources, source_order, inputs, targets):
        """Sources and inputs are packed each longest first; `source_order` has for each input the place
        of its source."""
        memory, lengths = pad_packed_sequence(
            self.encoder(mapped(sources, self.sources))[0], batch_first=True
        )
        memory, lengths = memory[source_order], lengths[source_order]
        states, _ = self.decoder(mapped(inputs, self.targets))
        padded, state_lengths = pad_packed_sequence(mapped(states, self.attention), batch_first=True)
        absent = torch.arange(memory.shape[1])[None, :] >= lengths[:, None]
        scores = padded @ memory.transpose(1, 2)
        weights = scores.masked_fill(absent[:, None, :], float("-inf")).softmax(-1)
        seen = pack_padded_sequence(weights @ memory, state_lengths, batch_first=True)
        joined = torch.tanh(self.combination(torch.cat([seen.data, states.data], -1)))
        return F.cross_entropy(self.head(joined).float(), targets.data)


def tagging(options):
    words, tags = tagged_sentences(options.data)
    word_ids, vocabulary = numbered(words)
    label_ids, labels = numbered(tags)
    model, examples, tokens = Tagger(vocabulary, labels), [], 0
    for numbers in batches([len(sentence) for sentence in words], 32, 64):
        numbers = sorted(numbers, key=lambda number: -len(words[number]))
        examples.append(
            (packed([word_ids[n] for n in numbers]), packed([label_ids[n] for n in numbers]))
        )
        tokens += sum(len(words[number]) for number in numbers)
    return model, examples, tokens, "tokens"


def translation(options):
    sources, _ = numbered([line.split(" ") for line in lines_of(options.source)], 3, VOCABULARY)
    targets, _ = numbered([line.split(" ") for line in lines_of(options.target)], 3, VOCABULARY)
    lengths = [max(len(source), len(target) + 1) for source, target in zip(sources, targets)]
    model, examples, tokens = Translator(), [], 0
    for numbers in batches(lengths, 64, 16):
        by_source = sorted(numbers, key=lambda number: -len(sources[number]))
        by_target = sorted(numbers, key=lambda number: -len(targets[number]))
        examples.append(
            (
                packed([sources[n] for n in by_source]),
                torch.tensor([by_source.index(n) for n in by_target]),
                packed([[1] + targets[n] for n in by_target]),
                packed([targets[n] + [2] for n in by_target]),
            )
        )
        tokens += sum(len(targets[number]) + 1 for number in numbers)
    return model, examples, tokens, "target tokens"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workload", choices=["natural-conll", "natural-multi30k"])
    parser.add_argument("--data")
    parser.add_argument("--source")
    parser.add_argument("--target")
    parser.add_argument("--mode", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    prepare = tagging if options.workload == "natural-conll" else translation
    model, examples, tokens, unit = prepare(options)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)

    def run():
        for example in examples:
            optimizer.zero_grad(set_to_none=True)
            is_bf16 = options.mode == "bf16"
            context = torch.autocast("cpu", torch.bfloat16) if is_bf16 else contextlib.nullcontext()
            with context:
                loss = model.loss(*example)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()

    run()
    times, end = [], time.perf_counter() + options.seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    median = statistics.median(times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{options.workload} {options.mode} {tokens / median:.1f} {unit}/s "
        f"{1000 * median:.2f} ms/pass {peak:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
