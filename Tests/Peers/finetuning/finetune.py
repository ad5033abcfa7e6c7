"""Fine-tunes an encoder on one task as `apus finetune` does: mean of states, dropout, one linear map.

usage: python finetune.py TASK DATA ENCODER [--mode fp32|bf16] [--threads N] [--seed N] [--epochs N] [--steps N]

TASK is sst, stsb, mrpc, rte, cola or trec; DATA the directory of that set. AdamW (5e-5, decay 0.01 of
matrices), 50 steps of warm-up, linear fall, norms clipped at 1, batches of 32 of like length, padded.
Prints the seconds of training and the measures on the test data.
"""

import argparse
import csv
import os
import random
import time

import torch
import torch.nn.functional as F
from transformers import AutoModel, AutoTokenizer


def lines(*path):
    return open(os.path.join(*path), encoding="utf-8").read().splitlines()


def labelled(path):
    return [(text, None, label.split(":")[0]) for label, text in (line.split(" ", 1) for line in lines(path))]


def columns(path, text, pair, label, skip=0):
    rows = [line.split("\t") for line in lines(path)[skip:]]
    return [(row[text], None if pair is None else row[pair], row[label]) for row in rows]


def parallel(directory):
    return list(zip(*(lines(directory, name) for name in ("a.toks", "b.toks", "sim.txt"))))


def scored(path):
    return [(a, b, float(score)) for a, b, score in csv.reader(open(path, encoding="utf-8"))]


TASKS = {
    "sst": lambda d: (labelled(f"{d}/stsa/stsa.binary.train"), labelled(f"{d}/stsa/stsa.binary.test")),
    "trec": lambda d: (labelled(f"{d}/TREC.train"), labelled(f"{d}/TREC.test")),
    "stsb": lambda d: (scored(f"{d}/stsb-en-train.csv"), scored(f"{d}/stsb-en-test.csv")),
    "mrpc": lambda d: (parallel(f"{d}/train"), parallel(f"{d}/test")),
    "rte": lambda d: (columns(f"{d}/train.tsv", 1, 2, 3, 1), columns(f"{d}/dev.tsv", 1, 2, 3, 1)),
    "cola": lambda d: (columns(f"{d}/train.tsv", 3, None, 1), columns(f"{d}/dev.tsv", 3, None, 1)),
}
EPOCHS = {"sst": 3, "stsb": 4, "mrpc": 5, "rte": 5, "cola": 4, "trec": 5}


class Model(torch.nn.Module):
    def __init__(self, encoder, outputs):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(encoder)
        self.classifier = torch.nn.Linear(self.encoder.config.hidden_size, outputs)
        torch.nn.init.normal_(self.classifier.weight, std=0.02)
        torch.nn.init.zeros_(self.classifier.bias)

    def forward(self, batch):
        states = self.encoder(**batch).last_hidden_state
        mask = batch["attention_mask"][:, :, None]
        mean = (states * mask).sum(1) / mask.sum(1)
        return self.classifier(F.dropout(mean.float(), 0.1, self.training))


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

    training, test = TASKS[options.task](options.data)
    names = sorted({label for _, _, label in training}) if options.task != "stsb" else [None]
    tokenizer = AutoTokenizer.from_pretrained(options.encoder)
    model = Model(options.encoder, len(names))

    def encoded(rows):
        pairs = [[a for a, _, _ in rows]] + ([[b for _, b, _ in rows]] if rows[0][1] is not None else [])
        return tokenizer(*pairs, truncation=True, max_length=128)["input_ids"], [
            label if names == [None] else names.index(label) for _, _, label in rows
        ]

    def batch(rows, examples):
        some = {"input_ids": [examples[i] for i in rows]}
        padded = tokenizer.pad(some, return_tensors="pt")
        if options.task in ("stsb", "mrpc", "rte"):
            # The second segment begins behind the first [SEP].
            ids = padded["input_ids"]
            ends = (ids == tokenizer.sep_token_id).cumsum(1)
            before = ends - (ids == tokenizer.sep_token_id).long()
            padded["token_type_ids"] = ((before >= 1) & (padded["attention_mask"] == 1)).long()
        return dict(padded)

    ids, targets = encoded(training)
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0}], lr=5e-5)
    epochs = options.epochs or EPOCHS[options.task]
    total = options.steps or epochs * -(-len(ids) // 32)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / 50, (total - s) / max(1, total - 50)))

    def batches(rows):
        rows = sorted(rows, key=lambda i: len(ids[i]))
        groups = [rows[i : i + 32] for i in range(0, len(rows), 32)]
        shuffler.shuffle(groups)
        return groups

    model.train()
    start, step = time.time(), 0
    while step < total:
        order = list(range(len(ids)))
        shuffler.shuffle(order)
        windows = [order[i : i + 2048] for i in range(0, len(order), 2048)]
        for rows in (group for window in windows for group in batches(window)):
            if step == total:
                break
            with torch.autocast("cpu", torch.bfloat16, enabled=options.mode == "bf16"):
                outputs = model(batch(rows, ids))
            target = torch.tensor([targets[i] for i in rows])
            loss = F.mse_loss(outputs[:, 0].float(), target) if names == [None] else F.cross_entropy(outputs.float(), target)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
            optimizer.step()
            schedule.step()
            step += 1
    seconds = time.time() - start

    model.eval()
    ids, targets = encoded(test)
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    outputs = torch.zeros(len(ids), len(names))
    start = time.time()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=options.mode == "bf16"):
        for i in range(0, len(order), 32):
            rows = order[i : i + 32]
            outputs[rows] = model(batch(rows, ids)).float()
    print(f"{options.task} {options.mode} seed {options.seed}: {total} steps, {seconds:.1f} s; test in {time.time() - start:.2f} s")
    if names == [None]:
        from scipy.stats import pearsonr, spearmanr

        print("spearman", spearmanr(outputs[:, 0], targets)[0], "pearson", pearsonr(outputs[:, 0], targets)[0])
    else:
        from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

        found = outputs.argmax(1)
        print("accuracy", accuracy_score(targets, found), "macro_f1", f1_score(targets, found, average="macro"))
        print("matthews", matthews_corrcoef(targets, found))


main()
