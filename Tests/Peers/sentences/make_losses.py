"""Writes Tests/ApusTrainingTests/Golden/similarity_losses.json: losses and gradients of embeddings.

    python make_losses.py ../../ApusTrainingTests/Golden/similarity_losses.json

What sentence-transformers has comes from there; centre loss and margin softmaxes are written here
from their papers.
"""

import json
import math
import sys

import sentence_transformers
import torch
import torch.nn.functional as F
from sentence_transformers.sentence_transformer import losses

ROWS, SIZE, CLASSES = 6, 8, 4
SCORES = [0.9, 0.1, 0.5, 0.5, 0.0, 1.0]
BINARY = [1, 0, 1, 1, 0, 0]
LABELS = [0, 2, 1, 3, 2, 0]


def wave(rows, phase):
    return [[math.sin(0.7 * i * i + 1.3 * j + phase) + 0.3 * math.cos(2.1 * j - i) for j in range(SIZE)] for i in range(rows)]


def tensors(count, rows=ROWS):
    return [torch.tensor(wave(rows, 0.9 * k), dtype=torch.float64, requires_grad=True) for k in range(count)]


def large_margin(features, weights, labels, margin, plainness, normalises):
    lengths = features.norm(dim=1, keepdim=True)
    weight_lengths = torch.ones(1, len(weights), dtype=torch.float64) if normalises else weights.norm(dim=1)[None]
    cosines = F.normalize(features) @ F.normalize(weights).T
    logits = []
    for row, label in enumerate(labels):
        angle = torch.acos(cosines[row, label])
        k = math.floor(angle.item() * margin / math.pi)
        psi = (-1) ** k * torch.cos(margin * angle) - 2 * k
        target = (plainness * cosines[row, label] + psi) / (1 + plainness)
        others = [target if c == label else cosines[row, c] for c in range(len(weights))]
        logits.append(torch.stack(others))
    return F.cross_entropy(torch.stack(logits) * lengths * weight_lengths, torch.tensor(labels), reduction="sum")


def additive(features, weights, labels, margin, scale, angular):
    cosines = F.normalize(features) @ F.normalize(weights).T
    onehot = F.one_hot(torch.tensor(labels), len(weights)).bool()
    if angular:
        turned = torch.cos(torch.acos(cosines) + margin)
        changed = torch.where(cosines > math.cos(math.pi - margin), turned, cosines - margin * math.sin(margin))
    else:
        changed = cosines - margin
    return F.cross_entropy(scale * torch.where(onehot, changed, cosines), torch.tensor(labels), reduction="sum")


class Matryoshka:
    """MatryoshkaLoss's sum over dimensions on embeddings that are there already."""

    def __init__(self, loss, dimensions, weights):
        self.loss, self.dimensions, self.weights = loss, dimensions, weights

    def __call__(self, embeddings, labels):
        from sentence_transformers.sentence_transformer.losses.matryoshka import shrink

        return sum(
            w * self.loss([shrink(e, d) for e in embeddings], labels)
            for d, w in zip(self.dimensions, self.weights)
        )


def main():
    scores = torch.tensor(SCORES, dtype=torch.float64)
    binary = torch.tensor(BINARY, dtype=torch.float64)
    peer = lambda loss: loss.compute_loss_from_embeddings
    ranking = peer(losses.MultipleNegativesRankingLoss(None))
    symmetric = peer(losses.MultipleNegativesSymmetricRankingLoss(None))
    cosine = lambda e, l: F.mse_loss(torch.cosine_similarity(e[0], e[1]), l)
    cases = {
        "ranking": (2, lambda e: ranking(e, None)),
        "ranking with negatives": (4, lambda e: ranking(e, None)),
        "symmetric ranking": (2, lambda e: symmetric(e, None)),
        "cosent": (2, lambda e: peer(losses.CoSENTLoss(None))(e, scores)),
        "cosine": (2, lambda e: cosine(e, scores)),
        "contrastive": (2, lambda e: peer(losses.ContrastiveLoss(None))(e, binary)),
        "online contrastive": (2, lambda e: peer(losses.OnlineContrastiveLoss(None))(e, binary)),
        "triplet": (3, lambda e: peer(losses.TripletLoss(None))(e, None)),
        "matryoshka": (2, lambda e: Matryoshka(ranking, [8, 4, 2], [1, 0.5, 0.25])(e, None)),
        "centres": (1, lambda e, w: ((e[0] - w[LABELS]) ** 2).sum() / 2),
        "large margin 1": (1, lambda e, w: large_margin(e[0], w, LABELS, 1, 0, False)),
        "large margin 3": (1, lambda e, w: large_margin(e[0], w, LABELS, 3, 0, False)),
        "large margin 4 mixed": (1, lambda e, w: large_margin(e[0], w, LABELS, 4, 2, False)),
        "angular margin 2": (1, lambda e, w: large_margin(e[0], w, LABELS, 2, 0, True)),
        "angular margin 4 mixed": (1, lambda e, w: large_margin(e[0], w, LABELS, 4, 5, True)),
        "additive margin": (1, lambda e, w: additive(e[0], w, LABELS, 0.35, 20, False)),
        "additive angular margin": (1, lambda e, w: additive(e[0], w, LABELS, 0.5, 20, True)),
    }
    written = []
    for name, (count, loss) in cases.items():
        inputs = tensors(count)
        if loss.__code__.co_argcount == 2:
            weights = torch.tensor(wave(CLASSES, 5.1), dtype=torch.float64, requires_grad=True)
            value = loss(inputs, weights)
            inputs.append(weights)
        else:
            value = loss(inputs)
        gradients = torch.autograd.grad(value, inputs)
        written.append(
            {
                "name": name,
                "inputs": [x.flatten().tolist() for x in inputs],
                "loss": value.item(),
                "gradients": [g.flatten().tolist() for g in gradients],
            }
        )
    golden = {
        "sentence_transformers": sentence_transformers.__version__,
        "size": SIZE,
        "scores": SCORES,
        "binary": BINARY,
        "labels": LABELS,
        "cases": written,
    }
    rounded = json.loads(json.dumps(golden), parse_float=lambda x: round(float(x), 9))
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(rounded, file)
        file.write("\n")


main()
