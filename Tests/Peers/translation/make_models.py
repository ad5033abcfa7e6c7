"""Writes Tests/ApusModelsTests/Golden/translation/*.safetensors: small translators of PyTorch with
their inputs, logits, loss and gradients.

    python make_models.py ../../ApusModelsTests/Golden/translation
"""

import math
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

SOURCES = [[3, 4, 2], [5, 6, 3, 3, 4, 2], [2]]
INPUTS = [[1, 5, 7], [1, 6, 7, 8], [1, 4]]
V, S, H = 11, 7, 8


def wave(parameters):
    """Values from a closed form, so that no generator is needed."""
    index = 0
    for p in parameters:
        i = torch.arange(index, index + p.numel(), dtype=torch.float64)
        p.data = (0.4 * torch.sin(1.618033988 * i + torch.sin(0.37 * i))).reshape(p.shape).float()
        index += p.numel()


class Luong(nn.Module):
    """As in Tests/Peers/speed/train_bench.py: two layers, general attention, from zero states."""

    names = {
        "es.": "encoder.embed_tokens.", "et.": "decoder.embed_tokens.", "enc.": "encoder.rnn.",
        "dec.": "decoder.rnn.", "a.": "decoder.attention.query.", "c.": "decoder.combination.",
        "o.": "head.",
    }

    def __init__(s):
        super().__init__()
        s.es, s.et = nn.Embedding(S, H), nn.Embedding(V, H)
        s.enc = nn.LSTM(H, H // 2, 2, bidirectional=True, batch_first=True)
        s.dec = nn.LSTM(H, H, 2, batch_first=True)
        s.a, s.c, s.o = nn.Linear(H, H, bias=False), nn.Linear(2 * H, H), nn.Linear(H, V)

    def forward(s, x, y):
        m, _ = s.enc(s.es(x))
        d, _ = s.dec(s.et(y))
        w = (s.a(d) @ m.transpose(1, 2)).softmax(-1)
        return s.o(torch.tanh(s.c(torch.cat([w @ m, d], -1))))

    def named(s, tensors):
        for name, value in tensors:
            prefix = next(p for p in s.names if name.startswith(p))
            yield s.names[prefix] + name[len(prefix):], value


class Transformer(nn.Module):
    """nn.Transformer with embeddings times the root of their size, and interleaved sinusoids."""

    def __init__(s, pre):
        super().__init__()
        s.es, s.et = nn.Embedding(S, H), nn.Embedding(V, H)
        s.t = nn.Transformer(H, 2, 2, 2, 12, 0.0, batch_first=True, norm_first=pre)
        s.o = nn.Linear(H, V)
        if not pre:  # nn.Transformer has norms after the last blocks in both forms
            s.t.encoder.norm = s.t.decoder.norm = None

    def positions(s, n):
        p = torch.arange(n)[:, None] * torch.exp(-math.log(10000) * torch.arange(0, H, 2) / H)
        return torch.stack([p.sin(), p.cos()], -1).reshape(n, H)

    def forward(s, x, y):
        e = s.es(x) * math.sqrt(H) + s.positions(x.shape[1])
        d = s.et(y) * math.sqrt(H) + s.positions(y.shape[1])
        mask = nn.Transformer.generate_square_subsequent_mask(y.shape[1])
        return s.o(s.t(e, d, tgt_mask=mask, tgt_is_causal=True))

    def named(s, tensors):
        changes = [
            ("es.", "encoder.embed_tokens."), ("et.", "decoder.embed_tokens."), ("t.", ""),
            ("encoder.norm", "encoder.layer_norm"), ("decoder.norm", "decoder.layer_norm"),
            ("multihead_attn", "encoder_attn"), ("linear", "fc"),
        ]
        for name, value in tensors:
            if name.startswith("o."):
                yield "head." + name[2:], value
                continue
            for old, new in changes:
                name = name.replace(old, new) if old[-1] != "." else (
                    new + name[len(old):] if name.startswith(old) else name)
            if ".encoder" in name or name.startswith("encoder.layers"):
                name = name.replace("norm1", "self_attn_layer_norm").replace("norm2", "final_layer_norm")
            name = name.replace("norm1", "self_attn_layer_norm").replace(
                "norm2", "encoder_attn_layer_norm").replace("norm3", "final_layer_norm")
            if "in_proj_" in name:
                for part, rows in zip("qkv", value.chunk(3)):
                    yield name.replace("in_proj_", f"{part}_proj."), rows
            else:
                yield name, value


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    models = {"luong": Luong(), "transformer-pre": Transformer(True), "transformer-post": Transformer(False)}
    for name, model in models.items():
        wave(model.parameters())
        tensors = {f"weights.{n}": v.contiguous() for n, v in model.named(model.state_dict().items())}
        # Sequences one by one: nothing is padded.
        logits = torch.cat([model(torch.tensor([x]), torch.tensor([y]))[0] for x, y in zip(SOURCES, INPUTS)])
        targets = torch.arange(len(logits)) % V
        loss = F.cross_entropy(logits, targets, label_smoothing=0.1)
        loss.backward()
        gradients = [(n, p.grad) for n, p in model.named_parameters()]
        tensors |= {f"gradients.{n}": v.contiguous() for n, v in model.named(gradients)}
        tensors |= {"logits": logits.detach(), "loss": loss.detach().reshape(1)}
        save_file({n: v.clone() for n, v in tensors.items()}, folder / f"{name}.safetensors")


if __name__ == "__main__":
    main()
