"""Writes Tests/ApusModelsTests/Golden/deepspeech.safetensors: Deep Speech 1 and 2 as PyTorch modules with
random weights, their logits, CTC losses and the gradients of every weight.

usage: make_deepspeech.py

Every sequence goes through the network by itself, so that nothing is padded; only the batch norms of
Deep Speech 2 see all elements of the batch together, and nothing else. A name is CASE.WHAT: the weights
under Apus's names, `trained` and `evaluated` (logits of both modes, in this order: the running moments
of the second are those that the first left), `losses` and `d.` before each weight's name (of the sum of
the losses in training), `running.` before the names of moments after it. `frames` are the same for all.
Needs torch and safetensors.
"""

import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

LENGTHS, BINS, SYMBOLS = [9, 1, 24], 12, 7
TARGETS = [[2, 2], [3], [1, 4, 4, 6, 5]]


def clipped_relu(x):
    return x.clamp(0, 20)


class DeepSpeech1(nn.Module):
    def __init__(self, cell, size=8, context=2):
        super().__init__()
        self.layers = nn.ModuleList(
            [nn.Conv1d(BINS, size, 2 * context + 1, padding=context)]
            + [nn.Linear(size, size) for _ in range(3)])
        self.recurrent = cell(size, size, bidirectional=True)
        self.head = nn.Linear(size, SYMBOLS)

    def forward(self, sequences):
        return [self.logits(x) for x in sequences]

    def logits(self, x):
        x = clipped_relu(self.layers[0](x.T[None])[0].T)
        for layer in self.layers[1:3]:
            x = clipped_relu(layer(x))
        both, _ = self.recurrent(x)
        forward, backward = both.chunk(2, dim=1)
        return self.head(clipped_relu(self.layers[3](forward + backward)))


class PlaneStep(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride):
        super().__init__()
        self.conv = nn.Conv2d(
            inputs, outputs, kernel, stride, [size // 2 for size in kernel], bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, planes):
        found = [self.conv(x) for x in planes]
        lengths = [x.shape[2] for x in found]
        together = clipped_relu(self.norm(torch.cat(found, dim=2)))
        return list(together.split(lengths, dim=2))


class DeepSpeech2(nn.Module):
    def __init__(self, cell, bidirectional, lookahead, size=6, layers=2):
        super().__init__()
        self.convolutions = nn.ModuleList(
            [PlaneStep(1, 3, (5, 3), (2, 2)), PlaneStep(3, 4, (3, 5), (1, 2))])
        width = size * (2 if bidirectional else 1)
        self.recurrent = nn.ModuleList(
            cell(4 * 3 if index == 0 else width, size, bidirectional=bidirectional)
            for index in range(layers))
        for network in self.recurrent[1:]:
            network.norm = nn.BatchNorm1d(width)
        self.lookahead = (
            nn.Conv1d(width, width, lookahead + 1, groups=width, bias=False) if lookahead else None)
        self.head = nn.Linear(width, SYMBOLS)

    def forward(self, sequences):
        planes = [x[None, None] for x in sequences]
        for step in self.convolutions:
            planes = step(planes)
        # [1, C, T, F] with the channels of a bin side by side.
        elements = [x[0].permute(1, 2, 0).flatten(1) for x in planes]
        for index, network in enumerate(self.recurrent):
            if index > 0:
                lengths = [len(x) for x in elements]
                elements = network.norm(torch.cat(elements)).split(lengths)
            elements = [network(x)[0] for x in elements]
        if self.lookahead:
            ahead = self.lookahead.kernel_size[0] - 1
            elements = [
                clipped_relu(self.lookahead(nn.functional.pad(x.T[None], (0, ahead)))[0].T)
                for x in elements]
        return [self.head(x) for x in elements]


def relu_layer(*sizes, **options):
    return nn.RNN(*sizes, nonlinearity="relu", **options)


CASES = {
    "deepspeech1": lambda: DeepSpeech1(relu_layer),
    "deepspeech1-lstm": lambda: DeepSpeech1(nn.LSTM),
    "deepspeech2": lambda: DeepSpeech2(nn.GRU, True, 0),
    "deepspeech2-streaming": lambda: DeepSpeech2(nn.LSTM, False, 2),
}


def ctc(logits, targets):
    return nn.functional.ctc_loss(
        logits.log_softmax(1)[:, None], torch.tensor([targets]), [len(logits)], [len(targets)],
        reduction="sum")


def main():
    torch.manual_seed(13)
    frames = torch.randn(sum(LENGTHS), BINS)
    tensors = {"frames": frames}
    for case, make in CASES.items():
        model = make().train()
        with torch.no_grad():
            # Values away from the zeros and ones that norms start at, so many as to be clipped some.
            for weight in model.parameters():
                weight.add_(0.4 * torch.randn_like(weight))
        tensors |= {f"{case}.{name}": value.clone() for name, value in model.state_dict().items()}
        trained = model(frames.split(LENGTHS))
        losses = torch.stack([ctc(x, targets) for x, targets in zip(trained, TARGETS)])
        losses.sum().backward()
        tensors |= {f"{case}.d.{name}": weight.grad for name, weight in model.named_parameters()}
        tensors |= {
            f"{case}.running.{name}": value for name, value in model.state_dict().items()
            if "running" in name}
        tensors |= {f"{case}.trained": torch.cat(trained), f"{case}.losses": losses}
        with torch.no_grad():
            tensors[f"{case}.evaluated"] = torch.cat(model.eval()(frames.split(LENGTHS)))
    tensors = {
        name: tensor.detach().contiguous() for name, tensor in tensors.items()
        if not name.endswith("num_batches_tracked")}
    path = pathlib.Path(__file__).parents[2] / "ApusModelsTests/Golden/deepspeech.safetensors"
    save_file(tensors, path)


if __name__ == "__main__":
    main()
