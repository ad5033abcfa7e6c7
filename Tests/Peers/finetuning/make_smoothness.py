"""Writes smoothness.json: the smoothness-inducing loss of Jiang et al. 2020 over a table of word vectors.

usage: python make_smoothness.py OUTPUT

Four texts are means of their words' vectors, under one linear map. The change of the vectors climbs up the
divergence from the given answers, is normalised by the greatest value of each row, and stays within a bound.
"""

import json
import sys

import torch
import torch.nn.functional as F

TEXTS = [[0, 1, 2], [2, 4], [1], [4, 0, 0, 2]]
WORDS = [0, 1, 2, 4]
STEPS, STEP, BOUND, WEIGHT = 2, 0.01, 0.04, 1.5


def divergence(form, given, moved):
    if form == "choice":
        p, q = F.log_softmax(given, -1), F.log_softmax(moved, -1)
        rows = F.kl_div(q, p, log_target=True, reduction="none").sum(-1) + F.kl_div(
            p, q, log_target=True, reduction="none"
        ).sum(-1)
    elif form == "independent":
        rows = 0
        for sign in (1, -1):
            p, q = F.logsigmoid(sign * given), F.logsigmoid(sign * moved)
            rows = rows + (p.exp() * (p - q) + q.exp() * (q - p)).mean(-1)
    else:
        rows = (given - moved).square().mean(-1)
    return rows.mean()


def case(form):
    table = torch.sin(torch.arange(18.0) * 1.3 + 1).reshape(6, 3).requires_grad_()
    weight = torch.cos(torch.arange(6.0) * 0.7).reshape(2, 3).requires_grad_()

    def answers(change):
        moved = table + change
        return torch.stack([moved[ids].mean(0) for ids in TEXTS]) @ weight.T

    start = torch.zeros(6, 3)
    start[WORDS] = 0.05 * torch.sin(torch.arange(12.0) + 2).reshape(4, 3)
    change = start.clamp(-BOUND, BOUND)
    for _ in range(STEPS):
        change = change.detach().requires_grad_()
        (slope,) = torch.autograd.grad(divergence(form, answers(0).detach(), answers(change)), change)
        greatest = slope.abs().amax(-1, keepdim=True)
        change = change + STEP * torch.where(greatest > 0, slope / greatest.clamp_min(1e-30), 0)
        change = change.clamp(-BOUND, BOUND)
    change = change.detach()
    loss = WEIGHT * divergence(form, answers(0), answers(change))
    loss.backward()
    return {
        "loss": loss.item(),
        "table": table.grad.flatten().tolist(),
        "weight": weight.grad.flatten().tolist(),
    }


torch.set_default_dtype(torch.float64)
with open(sys.argv[1], "w") as output:
    json.dump({form: case(form) for form in ("choice", "independent", "numbers")}, output, indent=1)
    output.write("\n")
