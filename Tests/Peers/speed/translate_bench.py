"""Beam search of width 5 by PyTorch: the models of `apus bench translate-seq2seq` and
`translate-transformer`, or one that Apus trained, in batches of sentences of like length.

usage: translate_bench.py seq2seq|transformer [--mode fp32|bf16] [--threads 2] [--seconds 20]
                          [--batch 32] [--model DIR --text FILE] [--output FILE]
Prints: name mode sentences/s, from the median time. With --output the translations are written.

Scores are those of Apus: the sum of log-probabilities by GNMT's length, 0.6. A sentence is done when
five translations have ended and none that goes on scores more; it then leaves the batch.

Needs torch, and safetensors and tokenizers for --model.
"""

import argparse
import json
import math
import random
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

BEAM, PENALTY, COUNT, STEPS = 5, 0.6, 512, 14
VOCABULARY = {"seq2seq": 10_000, "transformer": 8_000}


class Recurrent(nn.Module):
    """A bidirectional LSTM encoder, an LSTM decoder and general attention (Luong et al. 2015)."""

    def __init__(s, sources, targets, embedding, size, encoder_layers, decoder_layers):
        super().__init__()
        s.es, s.et = nn.Embedding(sources, embedding), nn.Embedding(targets, embedding)
        s.enc = nn.LSTM(embedding, size // 2, encoder_layers, bidirectional=True, batch_first=True)
        s.dec = nn.LSTM(embedding, size, decoder_layers)
        s.bh = nn.ModuleList(nn.Linear(size, size) for _ in range(decoder_layers))
        s.bm = nn.ModuleList(nn.Linear(size, size) for _ in range(decoder_layers))
        s.a, s.c = nn.Linear(size, size, bias=False), nn.Linear(2 * size, size)
        s.o = nn.Linear(size, targets)

    names = [
        ("es.", "encoder.embed_tokens."), ("et.", "decoder.embed_tokens."), ("enc.", "encoder.rnn."),
        ("dec.", "decoder.rnn."), ("a.", "decoder.attention.query."), ("c.", "decoder.combination."),
        ("o.", "head."),
    ]

    def load(s, tensors):
        state = {}
        for name in s.state_dict():
            if name.startswith("b"):
                kind, layer, part = name.split(".")
                state[name] = tensors[f"bridge.{layer}.{'hidden' if kind == 'bh' else 'memory'}.{part}"]
            else:
                short, long = next(p for p in s.names if name.startswith(p[0]))
                state[name] = tensors[long + name[len(short):]]
        s.load_state_dict(state)

    def start(s, x, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(s.es(x), lengths, True, enforce_sorted=False)
        out, (h, c) = s.enc(packed)
        s.memory = nn.utils.rnn.pad_packed_sequence(out, True)[0]
        s.hidden = torch.arange(x.shape[1])[None] >= lengths[:, None]
        last = s.enc.num_layers - 1
        join = lambda t, i: torch.cat([t[2 * min(i, last)], t[2 * min(i, last) + 1]], -1)
        s.h = torch.stack([b(join(h, i)).tanh() for i, b in enumerate(s.bh)])
        s.m = torch.stack([b(join(c, i)).tanh() for i, b in enumerate(s.bm)])

    def step(s, tokens, position):
        """Logits of the beams of each sentence: tokens [B, W] → [B, W, V]."""
        b, w = tokens.shape
        out, (s.h, s.m) = s.dec(s.et(tokens.reshape(1, -1)), (s.h, s.m))
        d = out.reshape(b, w, -1)
        scores = torch.bmm(s.a(d), s.memory.transpose(1, 2))
        weights = scores.masked_fill(s.hidden[:, None], -math.inf).softmax(-1)
        return s.o(torch.tanh(s.c(torch.cat([torch.bmm(weights, s.memory), d], -1))))

    def select(s, rows):
        """The beams of these numbers, in this order."""
        s.h, s.m = s.h.index_select(1, rows), s.m.index_select(1, rows)

    def keep(s, sentences):
        s.memory, s.hidden = s.memory[sentences], s.hidden[sentences]


class Transformer(nn.Module):
    """Pre-norm blocks with sinusoids; keys and values of all steps are kept."""

    def __init__(s, vocabulary, size, layers, heads, wide):
        super().__init__()
        s.e, s.size, s.heads = nn.Embedding(vocabulary, size), size, heads
        s.t = nn.Transformer(size, heads, layers, layers, wide, 0.0, batch_first=True, norm_first=True)
        s.bias = nn.Parameter(torch.zeros(vocabulary))
        p = torch.arange(512)[:, None] * torch.exp(-math.log(10000) * torch.arange(0, size, 2) / size)
        s.register_buffer("table", torch.stack([p.sin(), p.cos()], -1).reshape(512, size), False)

    def load(s, tensors):
        state = {"e.weight": tensors["embed_tokens.weight"], "bias": tensors["head.bias"]}
        for name in s.state_dict():
            if not name.startswith("t."):
                continue
            long = name[2:].replace("multihead_attn", "encoder_attn").replace("linear", "fc")
            if "layers" in long:
                norms = {"norm1": "self_attn_layer_norm", "norm2": "encoder_attn_layer_norm", "norm3": "final_layer_norm"}
                if long.startswith("encoder"):
                    norms["norm2"] = "final_layer_norm"
                for short, full in norms.items():
                    long = long.replace(short, full)
            else:
                long = long.replace(".norm.", ".layer_norm.")
            if "in_proj_" in long:
                state[name] = torch.cat([tensors[long.replace("in_proj_", f"{k}_proj.")] for k in "qkv"])
            else:
                state[name] = tensors[long]
        s.load_state_dict(state)

    def split(s, x):
        return x.reshape(*x.shape[:2], s.heads, -1).transpose(1, 2)

    def start(s, x, lengths):
        hidden = torch.arange(x.shape[1])[None] >= lengths[:, None]
        embedded = s.e(x) * math.sqrt(s.size) + s.table[: x.shape[1]]
        memory = s.t.encoder(embedded, src_key_padding_mask=hidden)
        s.mask = torch.zeros(hidden.shape, dtype=memory.dtype).masked_fill(hidden, -math.inf)[:, None, None]
        s.seen, s.cache = [], [None] * len(s.t.decoder.layers)
        for layer in s.t.decoder.layers:
            a = layer.multihead_attn
            kv = F.linear(memory, a.in_proj_weight[s.size:], a.in_proj_bias[s.size:])
            s.seen.append([s.split(part) for part in kv.chunk(2, -1)])

    def step(s, tokens, position):
        b, w = tokens.shape
        x = s.e(tokens).reshape(b * w, 1, -1) * math.sqrt(s.size) + s.table[position]
        for i, layer in enumerate(s.t.decoder.layers):
            a = layer.self_attn
            q, k, v = map(s.split, F.linear(layer.norm1(x), a.in_proj_weight, a.in_proj_bias).chunk(3, -1))
            if s.cache[i] is not None:
                k, v = torch.cat([s.cache[i][0], k], 2), torch.cat([s.cache[i][1], v], 2)
            s.cache[i] = [k, v]
            x = x + a.out_proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b * w, 1, -1))
            a = layer.multihead_attn
            q = F.linear(layer.norm2(x), a.in_proj_weight[: s.size], a.in_proj_bias[: s.size])
            # The beams of a sentence are queries of one source.
            seen = F.scaled_dot_product_attention(s.split(q.reshape(b, w, -1)), *s.seen[i], attn_mask=s.mask)
            x = x + a.out_proj(seen.transpose(1, 2).reshape(b * w, 1, -1))
            x = x + layer.linear2(layer.linear1(layer.norm3(x)).relu())
        return F.linear(s.t.decoder.norm(x).reshape(b, w, -1), s.e.weight, s.bias)

    def select(s, rows):
        s.cache = [[t.index_select(0, rows) for t in layer] for layer in s.cache]

    def keep(s, sentences):
        s.mask = s.mask[sentences]
        s.seen = [[t[sentences] for t in layer] for layer in s.seen]


def divisor(length):
    return ((5 + length) / 6) ** PENALTY


def search(model, sources, start, end, steps=None):
    """The best translation of each source; with `steps`, of that many tokens exactly."""
    lengths = torch.tensor([len(x) for x in sources])
    model.start(nn.utils.rnn.pad_sequence([torch.tensor(x) for x in sources], True, end), lengths)
    count = len(sources)
    limit = torch.full((count,), steps) if steps else 2 * lengths + 50
    results, best = [[] for _ in sources], [-math.inf] * count
    numbers = torch.arange(count)
    ended = torch.full((count, BEAM), -math.inf)  # scores of what has ended, the best first
    # Only the first step has one beam.
    tokens, texts = torch.full((count, 1), start), torch.empty(count, 1, 0, dtype=torch.long)
    sums = torch.zeros(count, 1)
    for position in range(int(limit.max())):
        logits = model.step(tokens, position).float()
        vocabulary = logits.shape[-1]
        probabilities = logits.log_softmax(-1)
        if steps and position + 1 < steps:
            probabilities[..., end] = -math.inf
        top, places = (probabilities + sums[..., None]).flatten(1).topk(2 * BEAM)
        parents, chosen = places // vocabulary, places % vocabulary
        length = position + 1
        is_last = (limit[numbers] == length)[:, None]
        ends = (chosen == end) | is_last
        finished = torch.where(ends[:, :BEAM], top[:, :BEAM] / divisor(length), -math.inf)
        for row in finished.gt(ended[:, -1:]).any(1).nonzero().flatten().tolist():
            column = int(finished[row].argmax())
            number, score = int(numbers[row]), float(finished[row, column])
            if score > best[number]:
                best[number] = score
                results[number] = texts[row, parents[row, column]].tolist()
                if chosen[row, column] != end:
                    results[number].append(int(chosen[row, column]))
        ended = torch.cat([ended, finished], 1).topk(BEAM)[0]
        # The best five that go on.
        order = torch.where(ends, -math.inf, top).topk(BEAM)
        sums, parents, tokens = order[0], parents.gather(1, order[1]), chosen.gather(1, order[1])
        done = is_last[:, 0] | (sums[:, 0] / divisor(length) <= ended[:, -1])
        live = (~done).nonzero().flatten()
        if len(live) == 0:
            break
        width = texts.shape[1]
        texts = torch.cat([texts.gather(1, parents[..., None].expand(-1, -1, position)), tokens[..., None]], 2)
        if len(live) < len(done):
            model.keep(live)
            numbers, ended, sums, tokens, texts = numbers[live], ended[live], sums[live], tokens[live], texts[live]
        model.select((live[:, None] * width + parents[live]).flatten())
    return results


def made_up(name):
    model = (
        Recurrent(10_000, 10_000, 128, 256, 1, 1) if name == "seq2seq" else Transformer(8_000, 256, 3, 4, 512))
    generator = random.Random(1)
    sources = [
        [3 + generator.randrange(VOCABULARY[name] - 3) for _ in range(5 + generator.randrange(16))] + [2]
        for _ in range(COUNT)
    ]
    return model, sources, 1, 2, None


def loaded(directory, text):
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    config = json.load(open(f"{directory}/config.json"))
    if config["architecture"] == "recurrent":
        model = Recurrent(
            config["source_vocab_size"], config["target_vocab_size"], config["embedding_size"],
            config["hidden_size"], config["encoder_layers"], config["decoder_layers"])
    else:
        model = Transformer(
            config["target_vocab_size"], config["hidden_size"], config["encoder_layers"],
            config["attention_heads"], config["intermediate_size"])
    model.load(load_file(f"{directory}/model.safetensors"))
    end = config["eos_token_id"]
    tokenizer = Tokenizer.from_file(f"{directory}/source_tokenizer.json")
    with open(text) as lines:
        sources = [tokenizer.encode(line.rstrip("\n")).ids + [end] for line in lines]
    target = Tokenizer.from_file(f"{directory}/target_tokenizer.json")
    return model, sources, config["decoder_start_token_id"], end, target


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=list(VOCABULARY))
    parser.add_argument("--mode", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--model")
    parser.add_argument("--text")
    parser.add_argument("--output")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    if arguments.model:
        model, sources, start, end, tokenizer = loaded(arguments.model, arguments.text)
    else:
        model, sources, start, end, tokenizer = made_up(arguments.name)
    model = model.eval().to(torch.bfloat16 if arguments.mode == "bf16" else torch.float32)
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    batches = [order[i : i + arguments.batch] for i in range(0, len(order), arguments.batch)]

    def run():
        results = [[] for _ in sources]
        for batch in batches:
            found = search(model, [sources[i] for i in batch], start, end, None if tokenizer else STEPS)
            for i, tokens in zip(batch, found):
                results[i] = tokens
        return results

    times = []
    with torch.inference_mode():
        results = run()
        stop = time.perf_counter() + arguments.seconds
        while len(times) < 3 or time.perf_counter() < stop:
            begin = time.perf_counter()
            run()
            times.append(time.perf_counter() - begin)
    if arguments.output and tokenizer:
        with open(arguments.output, "w") as file:
            file.writelines(tokenizer.decode(tokens) + "\n" for tokens in results)
    rate = len(sources) / statistics.median(times)
    print(f"translate-{arguments.name} {arguments.mode} {rate:.1f} sentences/s")


main()
