"""Fine-tunes a directory of sentence-transformers on scored pairs in PyTorch, as the recipe
sentence-similarity does: CoSENT with scale 20, 4 epochs, batches of 16 of like length, AdamW 2e-5 with
100 steps of warm-up and a linear way down, gradients clipped to 1.

usage: finetune_sts.py DIRECTORY TRAIN.csv TEST.csv [--seed 1] [--threads 1]

Rows are first,second,score. Prints Spearman's correlation on the test rows before and after, and the
seconds of training.
"""

import argparse
import csv
import os
import random
import time

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from scipy.stats import spearmanr
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import CoSENTLoss
from transformers import get_linear_schedule_with_warmup

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("directory")
parser.add_argument("train")
parser.add_argument("test")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--epochs", type=int, default=4)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)
draw = random.Random(options.seed)


def rows(path):
    return [(a, b, float(score)) for a, b, score in csv.reader(open(path, encoding="utf-8"))]


train, test = rows(options.train), rows(options.test)
model = SentenceTransformer(options.directory, device="cpu")


def score():
    model.eval()
    first, second = (model.encode([r[i] for r in test], normalize_embeddings=True) for i in (0, 1))
    return 100 * spearmanr((first * second).sum(1), [r[2] for r in test]).statistic


print(f"before {score():.2f}", flush=True)
loss = CoSENTLoss(model)
decayed = [p for p in model.parameters() if p.dim() > 1]
others = [p for p in model.parameters() if p.dim() <= 1]
optimizer = torch.optim.AdamW([{"params": decayed}, {"params": others, "weight_decay": 0}], lr=2e-5)
steps = options.epochs * ((len(train) + 15) // 16)
schedule = get_linear_schedule_with_warmup(optimizer, 100, steps)
start, clock = time.perf_counter(), time.process_time()
for _ in range(options.epochs):
    draw.shuffle(train)
    batches = []
    for window in range(0, len(train), 1024):
        near = sorted(train[window : window + 1024], key=lambda r: len(r[0]) + len(r[1]))
        batches += [near[i : i + 16] for i in range(0, len(near), 16)]
    draw.shuffle(batches)
    model.train()
    for batch in batches:
        features = [model.preprocess([r[i] for r in batch]) for i in (0, 1)]
        value = loss(features, torch.tensor([r[2] for r in batch]))
        optimizer.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        schedule.step()
print(f"after {score():.2f}, {time.perf_counter() - start:.0f} s, processor {time.process_time() - clock:.0f} s")
