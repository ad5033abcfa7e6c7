"""Writes Tests/ApusTensorsTests/Golden/ctc.safetensors: PyTorch's CTC losses in double precision with
the gradient of their sum, for sequences of unequal length, with repeated labels and with none, and
with a blank in the middle of the classes.

usage: make_ctc.py

Needs torch and safetensors.
"""

import pathlib

import torch
from safetensors.torch import save_file

BLANK, CLASSES = 4, 9
LENGTHS = [40, 7, 1, 25, 90]
TARGETS = [[1, 1, 2, 3, 3, 3, 8, 0], [5, 6, 5, 6], [], [7], [0, 1, 2, 3, 5, 6, 7, 8] * 4]

torch.manual_seed(3)
x = (4 * torch.randn(sum(LENGTHS), CLASSES, dtype=torch.float64)).float()
wide = x.double().requires_grad_()
padded = torch.nn.utils.rnn.pad_sequence(wide.split(LENGTHS))
losses = torch.nn.functional.ctc_loss(
    padded.log_softmax(-1),
    torch.tensor(sum(TARGETS, [])),
    torch.tensor(LENGTHS),
    torch.tensor([len(target) for target in TARGETS]),
    blank=BLANK,
    reduction="none",
)
losses.sum().backward()
tensors = {
    "logits": x,
    "lengths": torch.tensor(LENGTHS).int(),
    "targets": torch.tensor(sum(TARGETS, [])).int(),
    "target_lengths": torch.tensor([len(target) for target in TARGETS]).int(),
    "losses": losses.detach().float(),
    "gradient": wide.grad.float(),
}
golden = pathlib.Path(__file__).parents[2] / "ApusTensorsTests/Golden/ctc.safetensors"
save_file({name: value.contiguous() for name, value in tensors.items()}, golden)
