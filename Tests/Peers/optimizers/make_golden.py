"""Makes the golden values of the optimizers with PyTorch.

usage: make_golden.py OUTPUT.json        (made with torch 2.13)

Each optimizer takes six steps on one matrix of eight weights, in double precision. Weights and
gradients come from closed forms: weight i is sin(i + 1), its gradient at step s is
cos(0.7 i + 1.3 s) (1 + i / 4). LAMB, which PyTorch lacks, follows algorithm 2 of You et al. 2020
with the bias corrections of its section 3 and no bound on the norm.
"""

import json
import math
import sys

import torch

STEPS, COUNT, RATE = 6, 8, 0.05


def gradient(step):
    return [[math.cos(0.7 * i + 1.3 * step) * (1 + i / 4) for i in range(COUNT)]]


class LAMB(torch.optim.Optimizer):
    def __init__(self, parameters, lr, betas, eps, weight_decay):
        super().__init__(parameters, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state.update(step=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                state["step"] += 1
                b1, b2 = group["betas"]
                state["m"].mul_(b1).add_(p.grad, alpha=1 - b1)
                state["v"].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                m = state["m"] / (1 - b1 ** state["step"])
                v = state["v"] / (1 - b2 ** state["step"])
                direction = m / (v.sqrt() + group["eps"]) + group["weight_decay"] * p
                p.sub_(direction, alpha=group["lr"] * float(p.norm() / direction.norm()))


OPTIMIZERS = {
    "adamw": lambda p: torch.optim.AdamW(p, RATE, (0.9, 0.99), 1e-8, 0.1),
    "adam": lambda p: torch.optim.Adam(p, RATE, (0.9, 0.99), 1e-8, 0.1),
    "lamb": lambda p: LAMB(p, RATE, (0.9, 0.99), 1e-6, 0.1),
    "sgd": lambda p: torch.optim.SGD(p, RATE, weight_decay=0.1),
    "sgd-momentum": lambda p: torch.optim.SGD(p, RATE, momentum=0.9, weight_decay=0.1),
    "sgd-nesterov": lambda p: torch.optim.SGD(p, RATE, momentum=0.9, weight_decay=0.1, nesterov=True),
    "adagrad": lambda p: torch.optim.Adagrad(p, RATE, weight_decay=0.1, eps=1e-10),
    "adadelta": lambda p: torch.optim.Adadelta(p, RATE, rho=0.9, eps=1e-6, weight_decay=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, RATE, alpha=0.99, eps=1e-8, weight_decay=0.1),
    "rmsprop-momentum": lambda p: torch.optim.RMSprop(
        p, RATE, alpha=0.99, eps=1e-8, weight_decay=0.1, momentum=0.9
    ),
}


def trajectory(name):
    weight = torch.tensor([[math.sin(i + 1) for i in range(COUNT)]], dtype=torch.float64)
    weight.requires_grad_(True)
    optimizer = OPTIMIZERS[name]([weight])
    weights = []
    for step in range(STEPS):
        weight.grad = torch.tensor(gradient(step), dtype=torch.float64)
        optimizer.step()
        weights.append(weight.detach().flatten().tolist())
    return weights


with open(sys.argv[1], "w") as file:
    json.dump({name: trajectory(name) for name in OPTIMIZERS}, file, indent=1)
    file.write("\n")
