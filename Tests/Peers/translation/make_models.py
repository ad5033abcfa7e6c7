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


class Decoder(nn.Module):
    """The other forms: a bidirectional encoder of two layers, a decoder of two that starts from maps of
    its last states, cell by cell so that each step can see what came of the one before."""

    def __init__(s, cell, form, score=None, fed=False):
        super().__init__()
        s.cell, s.form, s.score, s.fed = cell, form, score, fed
        s.es, s.et = nn.Embedding(S, H), nn.Embedding(V, H)
        s.enc = (nn.LSTM if cell == "lstm" else nn.GRU)(H, H // 2, 2, bidirectional=True, batch_first=True)
        more = H if form == "context" or fed else 0
        s.dec = (nn.LSTM if cell == "lstm" else nn.GRU)(H + more, H, 2)
        s.bh = nn.ModuleList(nn.Linear(H, H) for _ in range(2))
        if cell == "lstm":
            s.bm = nn.ModuleList(nn.Linear(H, H) for _ in range(2))
        if score == "additive":
            s.aq, s.ak = nn.Linear(H, H, bias=False), nn.Linear(H, H, bias=False)
        if score == "concat":
            s.aw = nn.Parameter(torch.empty(H, 2 * H))
        if score in ["additive", "concat"]:
            s.av = nn.Parameter(torch.empty(H))
        if score == "general":
            s.a = nn.Linear(H, H, bias=False)
        if form != "state":
            s.c = nn.Linear(3 * H if form == "context" else 2 * H, H)
        s.o = nn.Linear(H, V)

    def attended(s, d, m):
        """What a state [H] sees in the memory [M, H]."""
        if s.score == "general":
            scores = m @ s.a(d)
        elif s.score == "additive":
            scores = torch.tanh(s.aq(d) + s.ak(m)) @ s.av
        else:
            scores = torch.tanh(torch.cat([d.expand(len(m), H), m], -1) @ s.aw.T) @ s.av
        return scores.softmax(-1) @ m

    def forward(s, x, y):
        m, last = s.enc(s.es(x))
        joined = lambda t, i: torch.cat([t[2 * i], t[2 * i + 1]], -1)
        if s.cell == "lstm":
            h, c = last
            state = (
                torch.stack([b(joined(h, i)).tanh() for i, b in enumerate(s.bh)]),
                torch.stack([b(joined(c, i)).tanh() for i, b in enumerate(s.bm)]))
        else:
            h = last
            state = torch.stack([b(joined(h, i)).tanh() for i, b in enumerate(s.bh)])
        summary, fed, outputs = joined(h, 1), torch.zeros(1, H), []
        for token in y[0]:
            # A decoder of states alone gets the start every time.
            e = s.et(token if s.form != "state" else torch.tensor(1))[None]
            parts = [e] + ([summary] if s.form == "context" else []) + ([fed] if s.fed else [])
            d, state = s.dec(torch.cat(parts, -1)[None], state)
            d = d[0]
            if s.form == "context":
                d = torch.tanh(s.c(torch.cat([d, summary, e], -1)))
            elif s.form == "attention":
                d = torch.tanh(s.c(torch.cat([s.attended(d[0], m[0])[None], d], -1)))
            fed = d
            outputs.append(s.o(d))
        return torch.stack(outputs, 1)

    def named(s, tensors):
        names = Luong.names | {
            "aq.": "decoder.attention.query.", "ak.": "decoder.attention.key.",
            "aw": "decoder.attention.weight", "av": "decoder.attention.score.weight",
        }
        for name, value in tensors:
            if name[:2] in ["bh", "bm"]:
                kind, layer, part = name.split(".")
                yield f"bridge.{layer}.{'hidden' if kind == 'bh' else 'memory'}.{part}", value
            else:
                prefix = max((p for p in names if name.startswith(p)), key=len)
                yield names[prefix] + name[len(prefix):], value


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
    models = {
        "luong": Luong(), "transformer-pre": Transformer(True), "transformer-post": Transformer(False),
        "state": Decoder("lstm", "state"), "context": Decoder("gru", "context"),
        "fed-concat": Decoder("lstm", "attention", "concat", fed=True),
        "additive": Decoder("gru", "attention", "additive"),
        "fed-general": Decoder("gru", "attention", "general", fed=True),
    }
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
