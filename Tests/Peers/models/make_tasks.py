"""Writes the golden file of the heads of fine-tuned models: what PyTorch makes of the states of a tiny BERT.

usage: python make_tasks.py TESTS
Heads have random weights; each has its outputs, a loss and that loss's gradient of the encoder's last norm.
"""

import os
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import BertModel

ROOT = sys.argv[1]
LENGTHS = [(4, 3), (5, 4), (3, 2), (2, 6)]  # tokens of the first and second part of each text
LOOKS = 3
torch.manual_seed(1)
torch.set_default_dtype(torch.float64)

bert = BertModel.from_pretrained(os.path.join(ROOT, "ApusModelsTests", "Golden", "encoders", "bert-classifier")).double().eval()
SIZE = bert.config.hidden_size
GAIN = dict(bert.named_parameters())["encoder.layer.1.output.LayerNorm.weight"]
tensors = {}


def weight(name, *shape):
    value = torch.randn(*shape) * 0.3
    tensors["w." + name] = value
    return value


def record(name, outputs, loss):
    tensors[name] = outputs.detach()
    tensors[name + ".loss"] = loss.detach()
    tensors[name + ".gradient"] = torch.autograd.grad(loss, GAIN, retain_graph=True)[0]


ids = [torch.tensor([2 + (5 * i + 7 * k) % 37 for i in range(a + b)], dtype=torch.int32) for k, (a, b) in enumerate(LENGTHS)]
segments = [torch.tensor([0] * a + [1] * b) for a, b in LENGTHS]
states = [bert(i[None], token_type_ids=s[None]) for i, s in zip(ids, segments)]
last = [s.last_hidden_state[0] for s in states]
tensors["ids"] = torch.cat(ids)

# Classes of texts: by the pooler, by the mean, and by attention over states.
head = weight("pooler.classifier.weight", 3, SIZE)
bias = weight("pooler.classifier.bias", 3)
labels = torch.tensor([0, 2, 1, 1])
logits = torch.cat([s.pooler_output for s in states]) @ head.T + bias
record("pooler", logits, F.cross_entropy(logits, labels, label_smoothing=0.1, reduction="sum"))

head = weight("mean.classifier.weight", 3, SIZE)
bias = weight("mean.classifier.bias", 3)
logits = torch.stack([s.mean(0) for s in last]) @ head.T + bias
record("mean", logits, F.cross_entropy(logits, labels, reduction="sum"))

# Several labels of a text.
targets = torch.tensor([[1.0, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0]])
record("several", logits, F.binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(1).sum())

# Candidates: two queries with three and one of them, by relevance.
head = weight("ranking.classifier.weight", 1, SIZE)
bias = weight("ranking.classifier.bias", 1)
scores = torch.stack([s[0] for s in last]) @ head.T + bias
first = scores[:3, 0].log_softmax(0)
record("ranking", scores, -(torch.tensor([0.25, 0.0, 0.75]) * first).sum() - scores[3:, 0].log_softmax(0)[0])
record("choice", scores, -scores[:2, 0].log_softmax(0)[1] - scores[2:, 0].log_softmax(0)[0])
record("similarity", scores, ((scores[:, 0] - torch.tensor([1.0, 2, 3, 4])) ** 2).sum())

# Begin and end of an answer; none for the second text.
head = weight("answers.classifier.weight", 2, SIZE)
bias = weight("answers.classifier.bias", 2)
spans = [s @ head.T + bias for s in last]
places = [(4, 6), (0, 0), (3, 3), (2, 7)]
loss = sum(-(x[:, 0].log_softmax(0)[b] + x[:, 1].log_softmax(0)[e]) / 2 for x, (b, e) in zip(spans, places))
record("answers", torch.cat(spans), loss)

# Stochastic answers without dropout: the second part leads, the first is looked at.
key = weight("looks.looks.summary.key.weight", SIZE, SIZE)
key_bias = weight("looks.looks.summary.key.bias", SIZE)
context = weight("looks.looks.summary.context", SIZE)
query = weight("looks.looks.query.weight", SIZE, SIZE)
cell = torch.nn.GRUCell(SIZE, SIZE)
names = {"weight_ih": cell.weight_ih, "weight_hh": cell.weight_hh, "bias_ih": cell.bias_ih, "bias_hh": cell.bias_hh}
for name, value in names.items():
    tensors[f"w.looks.looks.state.{name}_l0"] = value.detach()
head = weight("looks.looks.classifier.weight", 2, 4 * SIZE)
bias = weight("looks.looks.classifier.bias", 2)
answers = []
for values, (a, b) in zip(last, LENGTHS):
    one, two = values[:a], values[a:]
    state = (((two @ key.T + key_bias).tanh() @ context).softmax(0)[:, None] * two).sum(0)
    sum_of_looks = 0
    for look in range(LOOKS):
        seen = ((one @ (query @ state)).softmax(0)[:, None] * one).sum(0)
        if look > 0:
            state = cell(seen[None], state[None])[0]
        both = torch.cat([state, seen, (state - seen).abs(), state * seen])
        sum_of_looks = sum_of_looks + (head @ both + bias).softmax(0)
    answers.append((sum_of_looks / LOOKS).log())
logits = torch.stack(answers)
record("looks", logits, F.cross_entropy(logits, torch.tensor([0, 1, 1, 0]), reduction="sum"))

save_file({k: v.float().contiguous() if v.is_floating_point() else v for k, v in tensors.items()}, os.path.join(ROOT, "ApusTrainingTests", "Golden", "tasks.safetensors"))
