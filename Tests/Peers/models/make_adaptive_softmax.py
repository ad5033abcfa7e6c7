"""Writes Tests/ApusModelsTests/Golden/adaptive_softmax.safetensors: PyTorch's adaptive softmax over
twenty classes with its loss, the gradients of states and weights, and all log-probabilities.

usage: make_adaptive_softmax.py

Needs torch and safetensors.
"""

import pathlib

import torch
from safetensors.torch import save_file

torch.manual_seed(5)
layer = torch.nn.AdaptiveLogSoftmaxWithLoss(16, 20, cutoffs=[6, 11], div_value=4.0)
x = torch.randn(9, 16, requires_grad=True)
targets = torch.tensor([0, 5, 6, 10, 11, 19, 3, 12, 6])
loss = layer(x, targets).loss
loss.backward()
tensors = {f"weights.{name}": value.detach() for name, value in layer.named_parameters()}
tensors |= {f"d.{name}": value.grad for name, value in layer.named_parameters()}
tensors |= {
    "x": x.detach(),
    "d.x": x.grad,
    "targets": targets.int(),
    "loss": loss.detach().reshape(1),
    "log_probabilities": layer.log_prob(x).detach(),
}
golden = pathlib.Path(__file__).parents[2] / "ApusModelsTests/Golden/adaptive_softmax.safetensors"
save_file({name: value.contiguous() for name, value in tensors.items()}, golden)
