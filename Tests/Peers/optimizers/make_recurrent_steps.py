"""Writes Tests/ApusTrainingTests/Golden/recurrent.safetensors: ten steps of PyTorch's example of a
recurrent language model with tied embeddings, on rows of a text whose states go from batch to batch,
with the penalties of AWD-LSTM on activations and their changes.

usage: make_recurrent_steps.py

It holds the first and the last weights under the model's names behind `first.` and `last.`, the ids of
all batches [10, rows, steps + 1], and the `losses`, `totals` and `norms` of the ten steps. Needs torch
and safetensors.
"""

import pathlib

import torch
import torch.nn as nn
from safetensors.torch import save_file

VOCABULARY, SIZE, ROWS, STEPS = 23, 6, 4, 5
RATE, CLIP, ACTIVATION, CHANGE = 2.0, 0.25, 2.0, 1.0


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Embedding(VOCABULARY, SIZE)
        self.rnn = nn.LSTM(SIZE, SIZE, 2, batch_first=True)
        self.decoder = nn.Linear(SIZE, VOCABULARY)
        self.decoder.weight = self.encoder.weight

    def forward(self, ids, states):
        outputs, states = self.rnn(self.encoder(ids), states)
        return self.decoder(outputs), outputs, states


torch.manual_seed(11)
model = Model()
tensors = {f"first.{name}": p.detach().clone() for name, p in model.named_parameters()}
text = torch.randint(VOCABULARY, (ROWS, 10 * STEPS + 1))
ids, losses, totals, norms = [], [], [], []
states = None
for step in range(10):
    batch = text[:, step * STEPS : (step + 1) * STEPS + 1]
    logits, outputs, states = model(batch[:, :-1], states)
    states = tuple(state.detach() for state in states)
    loss = nn.functional.cross_entropy(logits.reshape(-1, VOCABULARY), batch[:, 1:].reshape(-1))
    change = (outputs[:, 1:] - outputs[:, :-1]).pow(2).mean()
    total = loss + ACTIVATION * outputs.pow(2).mean() + CHANGE * change
    model.zero_grad()
    total.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= RATE * parameter.grad
    ids.append(batch)
    losses.append(loss.detach())
    totals.append(total.detach())
    norms.append(norm)
tensors |= {f"last.{name}": p.detach() for name, p in model.named_parameters()}
tensors |= {
    "ids": torch.stack(ids).int(),
    "losses": torch.stack(losses),
    "totals": torch.stack(totals),
    "norms": torch.stack(norms),
}
golden = pathlib.Path(__file__).parents[2] / "ApusTrainingTests/Golden/recurrent.safetensors"
save_file({name: value.contiguous() for name, value in tensors.items()}, golden)
