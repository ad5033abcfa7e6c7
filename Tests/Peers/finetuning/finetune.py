"""Fine-tunes an encoder on one task as `apus finetune` does: one linear map on the mean of states, or on words.

usage: python finetune.py TASK DATA ENCODER [--mode fp32|bf16] [--threads N] [--seed N] [--epochs N] [--steps N]

TASK is sst, stsb, mrpc, rte, cola, trec, wikiqa or conll; DATA the directory of that set. AdamW (5e-5, decay 0.01
of matrices), 50 steps of warm-up, linear fall, norms clipped at 1, batches of like length, padded. Prints the
seconds of training and the measures on the test data.
"""

import argparse
import csv
import os
import random
import time

import torch
import torch.nn.functional as F
from transformers import AutoModel, AutoTokenizer

from kinds import Classification, Ranking, Similarity, Tagging


def lines(*path):
    # As Apus reads it: TREC has lines of Latin-1.
    return open(os.path.join(*path), encoding="utf-8", errors="replace").read().splitlines()


def labelled(path):
    return [(text, None, label.split(":")[0]) for label, text in (line.split(" ", 1) for line in lines(path))]


def columns(path, text, pair, label, skip=0):
    rows = [line.split("\t") for line in lines(path)[skip:]]
    return [(row[text], None if pair is None else row[pair], row[label]) for row in rows]


def parallel(directory, *names):
    return list(zip(*(lines(directory, f"{name}") for name in names)))


def scored(path):
    return [(a, b, float(score)) for a, b, score in csv.reader(open(path, encoding="utf-8"))]


def mrpc(directory):
    return parallel(directory, "a.toks", "b.toks", "sim.txt")


def wikiqa(directory):
    return parallel(directory, "id.txt", "a.toks", "b.toks", "sim.txt")


# The kind of task, its epochs, the examples of a batch, and its training and test data.
TASKS = {
    "sst": (Classification, 3, 32, lambda d: [labelled(f"{d}/stsa/stsa.binary.{p}") for p in ("train", "test")]),
    "trec": (Classification, 5, 32, lambda d: [labelled(f"{d}/TREC.{part}") for part in ("train", "test")]),
    "stsb": (Similarity, 4, 32, lambda d: [scored(f"{d}/stsb-en-{part}.csv") for part in ("train", "test")]),
    "mrpc": (Classification, 5, 32, lambda d: [mrpc(f"{d}/{part}") for part in ("train", "test")]),
    "rte": (Classification, 5, 32, lambda d: [columns(f"{d}/{part}.tsv", 1, 2, 3, 1) for part in ("train", "dev")]),
    "cola": (Classification, 4, 32, lambda d: [columns(f"{d}/{part}.tsv", 3, None, 1) for part in ("train", "dev")]),
    "wikiqa": (Ranking, 3, 4, lambda d: [wikiqa(f"{d}/{part}") for part in ("train", "test")]),
    "conll": (Tagging, 4, 32, lambda d: [Tagging.sentences(f"{d}/eng.{part}.gz") for part in ("train", "testb")]),
}


class Model(torch.nn.Module):
    """An encoder with a linear map on the mean of its states, or on the states of words."""

    def __init__(self, encoder, outputs):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(encoder)
        self.classifier = torch.nn.Linear(self.encoder.config.hidden_size, outputs)
        torch.nn.init.normal_(self.classifier.weight, std=0.02)
        torch.nn.init.zeros_(self.classifier.bias)

    def texts(self, batch):
        states = self.encoder(**batch).last_hidden_state
        mask = batch["attention_mask"][:, :, None]
        mean = (states * mask).sum(1) / mask.sum(1)
        return self.classifier(F.dropout(mean.float(), 0.1, self.training)).float()

    def words(self, batch, places):
        """The outputs of each word, whose first token stands at its place: [B, words, outputs]."""
        states = self.encoder(**batch).last_hidden_state.float()
        states = states.gather(1, places[:, :, None].expand(-1, -1, states.shape[2]))
        return self.classifier(F.dropout(states, 0.1, self.training)).float()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("data")
    parser.add_argument("encoder")
    parser.add_argument("--mode", default="bf16", choices=["fp32", "bf16"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--steps", type=int)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    shuffler = random.Random(options.seed)

    kind, epochs, size, data = TASKS[options.task]
    task = kind(*data(options.data), AutoTokenizer.from_pretrained(options.encoder))
    model = Model(options.encoder, task.output_count)
    parameters = [*model.parameters(), *task.parameters()]
    decayed = [p for p in parameters if p.ndim > 1]
    others = [p for p in parameters if p.ndim <= 1]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0}], lr=5e-5)
    lengths = task.lengths(task.training)
    total = options.steps or (options.epochs or epochs) * -(-len(lengths) // size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / 50, (total - s) / max(1, total - 50)))

    def batches(rows):
        rows = sorted(rows, key=lambda i: lengths[i])
        groups = [rows[i : i + size] for i in range(0, len(rows), size)]
        shuffler.shuffle(groups)
        return groups

    def precision():
        return torch.autocast("cpu", torch.bfloat16, enabled=options.mode == "bf16")

    model.train()
    start, step = time.time(), 0
    while step < total:
        order = list(range(len(lengths)))
        shuffler.shuffle(order)
        windows = [order[i : i + 64 * size] for i in range(0, len(order), 64 * size)]
        for rows in (group for window in windows for group in batches(window)):
            if step == total:
                break
            with precision():
                loss = task.loss(model, [task.training[i] for i in rows])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1)
            optimizer.step()
            schedule.step()
            step += 1
    seconds = time.time() - start

    model.eval()
    lengths = task.lengths(task.test)
    order = sorted(range(len(lengths)), key=lambda i: lengths[i])
    answers = [None] * len(lengths)
    start = time.time()
    with torch.inference_mode(), precision():
        for i in range(0, len(order), size):
            rows = order[i : i + size]
            for row, answer in zip(rows, task.answers(model, [task.test[j] for j in rows])):
                answers[row] = answer
    print(f"{options.task} {options.mode} seed {options.seed}: {total} steps, {seconds:.1f} s; test in {time.time() - start:.2f} s")
    for name, value in task.measures(answers).items():
        print(f"{name} {value:.4f}")


main()
