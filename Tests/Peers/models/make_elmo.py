"""Writes Tests/ApusModelsTests/Golden/elmo: a tiny ELMo in the layout of AllenNLP's published models
(options.json, weights.hdf5) with random weights, and what its layers give for some sentences.

usage: make_elmo.py

The forward pass follows the paper and the layout's conventions: 261 bytes and marks, words padded to the
full length, gates in the order input, new, forget, output with 1 added to the forget gate, memory and
projected states clipped. outputs.safetensors has `layer.0` to `layer.2` of all words end to end, without
the marks of sentences, and the gradients of the sum of all their squares with respect to some weights,
`d.` before the name. Needs torch, h5py and safetensors.
"""

import json
import pathlib

import h5py
import torch
from safetensors.torch import save_file

SENTENCES = [["The", "swift", "sleeps"], ["naïve", "!"], ["a"]]
FILTERS, CHARACTER, LENGTH, HIGHWAYS = [[1, 3], [3, 4]], 4, 12, 2
UNITS, STATES, LAYERS, CELL_CLIP, STATE_CLIP = 6, 5, 2, 0.8, 0.25
BEGIN_SENTENCE, END_SENTENCE, BEGIN_WORD, END_WORD, PADDING = 256, 257, 258, 259, 260


def weights():
    torch.manual_seed(7)
    features = sum(count for _, count in FILTERS)
    shapes = {"char_embed": [261, CHARACTER]}
    for index, (width, count) in enumerate(FILTERS):
        shapes[f"CNN/W_cnn_{index}"] = [1, width, CHARACTER, count]
        shapes[f"CNN/b_cnn_{index}"] = [count]
    for index in range(HIGHWAYS):
        for part in ["carry", "transform"]:
            shapes[f"CNN_high_{index}/W_{part}"] = [features, features]
            shapes[f"CNN_high_{index}/b_{part}"] = [features]
    shapes |= {"CNN_proj/W_proj": [features, STATES], "CNN_proj/b_proj": [STATES]}
    for direction in range(2):
        for layer in range(LAYERS):
            cell = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"
            shapes[f"{cell}/W_0"] = [2 * STATES, 4 * UNITS]
            shapes[f"{cell}/B"] = [4 * UNITS]
            shapes[f"{cell}/W_P_0"] = [UNITS, STATES]
    return {
        name: torch.empty(shape).uniform_(-0.9, 0.9).requires_grad_()
        for name, shape in shapes.items()
    }


def spelt(word):
    characters = [word] if isinstance(word, int) else list(word.encode()[: LENGTH - 2])
    ids = [BEGIN_WORD] + characters + [END_WORD]
    return ids + [PADDING] * (LENGTH - len(ids))


def words(w, sentence):
    """The vector of each word from its characters."""
    ids = torch.tensor([spelt(word) for word in [BEGIN_SENTENCE, *sentence, END_SENTENCE]])
    x = w["char_embed"][ids].transpose(1, 2)
    found = []
    for index in range(len(FILTERS)):
        kernel = w[f"CNN/W_cnn_{index}"][0].permute(2, 1, 0)
        found.append(torch.conv1d(x, kernel, w[f"CNN/b_cnn_{index}"]).amax(dim=2).relu())
    x = torch.cat(found, dim=1)
    for index in range(HIGHWAYS):
        high = f"CNN_high_{index}"
        gate = torch.sigmoid(x @ w[f"{high}/W_carry"] + w[f"{high}/b_carry"])
        changed = torch.relu(x @ w[f"{high}/W_transform"] + w[f"{high}/b_transform"])
        x = gate * changed + (1 - gate) * x
    return x @ w["CNN_proj/W_proj"] + w["CNN_proj/b_proj"]


def lstm(w, cell, inputs):
    state, memory, outputs = torch.zeros(STATES), torch.zeros(UNITS), []
    for x in inputs:
        sums = torch.cat([x, state]) @ w[f"{cell}/W_0"] + w[f"{cell}/B"]
        i, new, forget, out = sums.chunk(4)
        memory = torch.sigmoid(forget + 1) * memory + torch.sigmoid(i) * torch.tanh(new)
        memory = memory.clamp(-CELL_CLIP, CELL_CLIP)
        state = (torch.sigmoid(out) * torch.tanh(memory)) @ w[f"{cell}/W_P_0"]
        state = state.clamp(-STATE_CLIP, STATE_CLIP)
        outputs.append(state)
    return torch.stack(outputs)


def direction(w, number, x):
    """The layers of one direction; from the second on each is added to what went in."""
    layers = []
    for layer in range(LAYERS):
        steps = x.flip(0) if number else x
        y = lstm(w, f"RNN_{number}/RNN/MultiRNNCell/Cell{layer}/LSTMCell", steps)
        y = y.flip(0) if number else y
        x = y if layer == 0 else y + x
        layers.append(x)
    return layers


def main():
    place = pathlib.Path(__file__).parents[2] / "ApusModelsTests/Golden/elmo"
    w = weights()
    with h5py.File(place / "weights.hdf5", "w", libver="earliest") as file:
        for name, value in w.items():
            file.create_dataset(name, data=value.detach().numpy(), dtype="float32")
    options = {
        "lstm": {"use_skip_connections": True, "projection_dim": STATES, "cell_clip": CELL_CLIP,
                 "proj_clip": STATE_CLIP, "dim": UNITS, "n_layers": LAYERS},
        "char_cnn": {"activation": "relu", "filters": FILTERS, "n_highway": HIGHWAYS,
                     "embedding": {"dim": CHARACTER}, "n_characters": 262,
                     "max_characters_per_token": LENGTH},
    }
    (place / "options.json").write_text(json.dumps(options, indent=2) + "\n")
    layers = [[] for _ in range(LAYERS + 1)]
    for sentence in SENTENCES:
        x = words(w, sentence)
        both = [direction(w, number, x) for number in range(2)]
        layers[0].append(torch.cat([x, x], dim=1)[1:-1])
        for layer in range(LAYERS):
            layers[layer + 1].append(torch.cat([both[0][layer], both[1][layer]], dim=1)[1:-1])
    clipped = sum(int((layer[0].abs() == STATE_CLIP).sum()) for layer in layers[1:2])
    assert clipped > 0, "no state reaches its limit"
    layers = [torch.cat(rows) for rows in layers]
    sum(layer.square().sum() for layer in layers).backward()
    tensors = {f"layer.{index}": layer.detach() for index, layer in enumerate(layers)}
    cells = [f"RNN_{d}/RNN/MultiRNNCell/Cell{l}/LSTMCell" for d in range(2) for l in range(LAYERS)]
    kept = ["char_embed", "CNN_proj/W_proj"] + [f"{cell}/W_P_0" for cell in cells]
    tensors |= {f"d.{name}": w[name].grad for name in kept}
    save_file(tensors, place / "outputs.safetensors")


if __name__ == "__main__":
    main()
