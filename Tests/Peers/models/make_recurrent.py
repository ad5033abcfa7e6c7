"""Writes Tests/ApusModelsTests/Golden/recurrent.safetensors: PyTorch's recurrent networks over a batch
of unequal lengths, with the gradients of every weight.

usage: make_recurrent.py

A name is CASE.WHAT: the weights under PyTorch's names, `x` (all elements end to end), the first
states `h0` and `c0`, the results `y`, `hn` and `cn`, the gradient `dy` that goes back, and what arrives:
`d.x` and `d.` before each weight's name. Needs torch and safetensors.
"""

import pathlib

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

LENGTHS, INPUT, SIZE, LAYERS = [5, 1, 7, 3], 3, 4, 2
CASES = {
    "tanh": lambda: nn.RNN(INPUT, SIZE, LAYERS, bidirectional=True),
    "relu": lambda: nn.RNN(INPUT, SIZE, LAYERS, nonlinearity="relu"),
    "gru": lambda: nn.GRU(INPUT, SIZE, LAYERS, bidirectional=True),
    "lstm": lambda: nn.LSTM(INPUT, SIZE, LAYERS, bidirectional=True),
    "lstm-projected": lambda: nn.LSTM(INPUT, SIZE, LAYERS, bidirectional=True, proj_size=2),
    "lstm-no-bias": lambda: nn.LSTM(INPUT, SIZE, LAYERS, bias=False),
}


def elements(padded):
    """The elements of [T, B, C] end to end, without padding."""
    return torch.cat([padded[:length, index] for index, length in enumerate(LENGTHS)])


def main():
    torch.manual_seed(5)
    tensors = {"lengths": torch.tensor(LENGTHS, dtype=torch.int32)}
    for case, make in CASES.items():
        network = make()
        for weight in network.parameters():
            nn.init.uniform_(weight, -0.9, 0.9)
        x = torch.randn(max(LENGTHS), len(LENGTHS), INPUT, requires_grad=True)
        directions = 2 if network.bidirectional else 1
        state_size = network.proj_size or SIZE
        first = torch.randn(LAYERS * directions, len(LENGTHS), state_size)
        memory = torch.randn(LAYERS * directions, len(LENGTHS), SIZE)
        is_lstm = isinstance(network, nn.LSTM)
        packed = pack_padded_sequence(x, torch.tensor(LENGTHS), enforce_sorted=False)
        packed, last = network(packed, (first, memory) if is_lstm else first)
        y, _ = pad_packed_sequence(packed)
        dy = torch.randn_like(y)
        y.backward(dy)
        tensors |= {f"{case}.{name}": weight for name, weight in network.named_parameters()}
        tensors |= {f"{case}.d.{name}": weight.grad for name, weight in network.named_parameters()}
        tensors |= {
            f"{case}.x": elements(x),
            f"{case}.h0": first,
            f"{case}.y": elements(y),
            f"{case}.dy": elements(dy),
            f"{case}.d.x": elements(x.grad),
            f"{case}.hn": last[0] if is_lstm else last,
        }
        if is_lstm:
            tensors |= {f"{case}.c0": memory, f"{case}.cn": last[1]}
    path = pathlib.Path(__file__).parents[2] / "ApusModelsTests/Golden/recurrent.safetensors"
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, path)


main()
