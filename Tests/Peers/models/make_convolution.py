"""Writes Tests/ApusModelsTests/Golden/convolution.safetensors: PyTorch's convolutions, pools and norms
of single sequences, with the gradients of every weight.

usage: make_convolution.py

A name is CASE.WHAT: the weights under PyTorch's names, and for each sequence, counted from 0, `x.0`, the
result `y.0`, the gradient `dy.0` that goes back, and what arrives, `d.x.0`; `d.` before a weight's name is
its gradient over all sequences. Channels come last, as in Apus. What looks at a whole batch (the norms)
runs over all sequences end to end, in training and then, as `after`, in evaluation. Needs torch and
safetensors.
"""

import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

LENGTHS, BINS = [5, 3, 9], 6


class BasicBlock(nn.Module):
    """Torchvision's, over time."""

    def __init__(self, size, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv1d(size, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm1d(outputs)
        self.conv2 = nn.Conv1d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm1d(outputs)
        self.downsample = nn.Sequential(
            nn.Conv1d(size, outputs, 1, stride, bias=False), nn.BatchNorm1d(outputs)
        )

    def forward(self, x):
        hidden = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(hidden + self.downsample(x))


CASES = {
    "conv": lambda: nn.Conv1d(4, 6, 3, padding=2),
    "conv-strided": lambda: nn.Conv1d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2),
    "conv-same": lambda: nn.Conv1d(4, 6, 4, padding="same"),
    "conv-depthwise": lambda: nn.Conv1d(4, 4, 3, padding=1, groups=4, bias=False),
    "plane": lambda: nn.Conv2d(2, 5, (3, 4), stride=(2, 1), padding=(1, 2)),
    "transposed": lambda: nn.ConvTranspose1d(
        4, 6, 3, stride=2, padding=1, output_padding=1, groups=2
    ),
    "max-pool": lambda: nn.MaxPool1d(3, stride=2, padding=1),
    "mean-pool": lambda: nn.AvgPool1d(3, stride=2, padding=1, count_include_pad=False),
}
torch.manual_seed(5)


def channels_first(x):
    """[T, C] or [T, F, C] to PyTorch's [1, C, T] or [1, C, T, F]."""
    return x.movedim(-1, 0).unsqueeze(0)


def channels_last(y):
    return y.squeeze(0).movedim(0, -1)


def weights_of(module, case):
    for weight in module.parameters():
        nn.init.uniform_(weight, -0.9, 0.9)
    return {f"{case}.{name}": weight.detach() for name, weight in module.named_parameters()}


def gradients_of(module, case):
    return {f"{case}.d.{name}": weight.grad for name, weight in module.named_parameters()}


def run(module, case, lengths):
    tensors = weights_of(module, case)
    size = 2 if case == "plane" else 4
    for index, length in enumerate(lengths):
        shape = (length, BINS, size) if case == "plane" else (length, size)
        x = torch.randn(shape, requires_grad=True)
        y = channels_last(module(channels_first(x)))
        dy = torch.randn_like(y)
        y.backward(dy)
        values = {"x": x, "y": y, "dy": dy, "d.x": x.grad}
        tensors |= {f"{case}.{name}.{index}": value for name, value in values.items()}
    return tensors | gradients_of(module, case)


def run_twice(module, case, length):
    """In training, then in evaluation with the moments that training left."""
    tensors = run(module, case, [length])
    running = {
        f"{case}.{name}": value.clone()
        for name, value in module.named_buffers()
        if "running" in name
    }
    module.eval()
    after = channels_last(module(channels_first(tensors[f"{case}.x.0"])))
    return tensors | running | {f"{case}.after": after}


def main():
    tensors = {}
    for case, make in CASES.items():
        tensors |= run(make(), case, LENGTHS)
    tensors |= run_twice(nn.BatchNorm1d(4), "norm", sum(LENGTHS))
    # One sequence: convolutions of several would need padding, which batch norms would count.
    tensors |= run_twice(BasicBlock(4, 6, 2), "residual", 9)
    path = pathlib.Path(__file__).parents[2] / "ApusModelsTests/Golden/convolution.safetensors"
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, path)


main()
