"""Prints the focal loss of PyTorch, for LossTests.swift.        (made with torch 2.13)

Logits are the wave of the test's operands: 2 sin(1.618033988 i + 2.3 + sin(0.37 i)), in Float64.
"""

import math

import torch

logits = torch.tensor(
    [2 * math.sin(1.618_033_988 * i + 2.3 + math.sin(0.37 * i)) for i in range(12)],
    dtype=torch.float64,
).reshape(3, 4).requires_grad_()
targets = torch.tensor([1, 3, 0])
weights = torch.tensor([0.5, 2, 1, 4], dtype=torch.float64)
plain = torch.nn.functional.cross_entropy(logits, targets, weight=weights, reduction="none")
p = logits.softmax(1).gather(1, targets[:, None])[:, 0]
loss = (1 - p) ** 2 * plain
loss.sum().backward()
print([round(v, 9) for v in loss.tolist()])
print([round(v, 9) for v in logits.grad.flatten().tolist()])
