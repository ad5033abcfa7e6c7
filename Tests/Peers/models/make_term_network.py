"""Writes Tests/ApusModelsTests/Golden/term-network.safetensors: PyTorch's multilayer perceptron over sparse
rows, with its logits and the gradients of a summed cross-entropy.

usage: make_term_network.py

A name is CASE.WHAT: weights under the names that Apus has (`w.NAME`), the gradient of each as `d.NAME`, the
logits in training without dropout (`logits`), and of the case with batch norm also the running moments behind
that step (`after.NAME`) and the logits in evaluation (`evaluation`). Rows and weights are waves. Needs torch
and safetensors.
"""

import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

TERMS, SIZE, LABELS = 11, 6, 3
IDS = torch.tensor([0, 3, 7, 2, 10, 1, 3, 5, 9])
OFFSETS = torch.tensor([0, 3, 3, 5])  # texts of 3, 0, 2 and 4 terms
WEIGHTS = torch.tensor([0.5, 0.7, 0.1, 0.9, 0.4, 0.3, 0.6, 0.2, 0.8])
TARGETS = torch.tensor([2, 0, 1, 2])


def wave(shape, seed):
    count = torch.Size(shape).numel()
    return torch.sin(0.7 * torch.arange(count) + seed).reshape(shape)


tensors = {}
for case, normed in [("plain", False), ("normed", True)]:
    bag = nn.EmbeddingBag(TERMS, SIZE, mode="sum")
    bias = nn.Parameter(wave([SIZE], 2))
    layer, head = nn.Linear(SIZE, SIZE), nn.Linear(SIZE, LABELS)
    norms = [nn.BatchNorm1d(SIZE), nn.BatchNorm1d(SIZE)] if normed else []
    named = {
        "terms.weight": bag.weight, "terms.bias": bias,
        "layers.1.weight": layer.weight, "layers.1.bias": layer.bias,
        "classifier.weight": head.weight, "classifier.bias": head.bias,
    }
    for index, norm in enumerate(norms):
        named |= {f"norms.{index}.weight": norm.weight, f"norms.{index}.bias": norm.bias}
    with torch.no_grad():
        for index, value in enumerate(named.values()):
            value.copy_(wave(value.shape, index))

    def logits():
        x = bag(IDS, OFFSETS, per_sample_weights=WEIGHTS) + bias
        x = torch.relu(norms[0](x) if normed else x)
        x = layer(x)
        return head(torch.relu(norms[1](x) if normed else x))

    for name, value in named.items():
        tensors[f"{case}.w.{name}"] = value.detach().clone()
    result = logits()
    tensors[f"{case}.logits"] = result.detach()
    nn.functional.cross_entropy(result, TARGETS, reduction="sum").backward()
    for name, value in named.items():
        tensors[f"{case}.d.{name}"] = value.grad.clone()
    for index, norm in enumerate(norms):
        tensors[f"{case}.after.norms.{index}.running_mean"] = norm.running_mean.clone()
        tensors[f"{case}.after.norms.{index}.running_var"] = norm.running_var.clone()
        norm.eval()
    if normed:
        tensors[f"{case}.evaluation"] = logits().detach()

path = pathlib.Path(__file__).parents[2] / "ApusModelsTests/Golden/term-network.safetensors"
save_file({name: value.contiguous() for name, value in tensors.items()}, path)
print(path, path.stat().st_size)
