"""Times PyTorch's training steps on the shapes of `apus bench`.

usage: train_bench.py WORKLOAD|all [--mode fp32|bf16|compile|compile-bf16] [--seconds 10] [--threads 2]

The shapes are the contract: the same batch, the same optimizer and the same mathematics under the
same names. Prints a line a workload: name, mode, items a second (median step), milliseconds a step,
and the peak memory of the process.
"""

import argparse
import contextlib
import resource
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from deepspeech2 import DeepSpeech2


class Block(nn.Module):
    """Attention and feed-forward with pre-norm (GPT) or post-norm (BERT)."""

    def __init__(self, size, heads, is_gpt):
        super().__init__()
        self.heads, self.is_gpt = heads, is_gpt
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(size), nn.LayerNorm(size)
        self.query_key_value, self.projection = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.expand, self.contract = nn.Linear(size, 4 * size), nn.Linear(4 * size, size)

    def attend(self, x):
        batch, steps, size = x.shape
        query, key, value = (
            part.view(batch, steps, self.heads, size // self.heads).transpose(1, 2)
            for part in self.query_key_value(x).split(size, dim=2)
        )
        y = F.scaled_dot_product_attention(query, key, value, is_causal=self.is_gpt)
        return self.projection(y.transpose(1, 2).reshape(batch, steps, size))

    def feed_forward(self, x):
        return self.contract(F.gelu(self.expand(x), approximate="tanh"))

    def forward(self, x):
        if self.is_gpt:
            x = x + self.attend(self.attention_norm(x))
            return x + self.feed_forward(self.feed_forward_norm(x))
        x = self.attention_norm(x + self.attend(x))
        return self.feed_forward_norm(x + self.feed_forward(x))


class GPT(nn.Module):
    def __init__(self, vocabulary, context, size, layers, heads):
        super().__init__()
        self.words, self.positions = nn.Embedding(vocabulary, size), nn.Embedding(context, size)
        self.blocks = nn.ModuleList(Block(size, heads, is_gpt=True) for _ in range(layers))
        self.norm = nn.LayerNorm(size)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids):
        x = self.words(ids) + self.positions.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.words.weight.T


class BERT(nn.Module):
    """A masked language model whose vocabulary projection runs on the masked positions alone."""

    def __init__(self, vocabulary, context, size, layers, heads):
        super().__init__()
        self.words, self.positions = nn.Embedding(vocabulary, size), nn.Embedding(context, size)
        self.segments, self.norm = nn.Embedding(2, size), nn.LayerNorm(size)
        self.blocks = nn.ModuleList(Block(size, heads, is_gpt=False) for _ in range(layers))
        self.transform, self.transform_norm = nn.Linear(size, size), nn.LayerNorm(size)
        self.head = nn.Linear(size, vocabulary)
        self.head.weight = self.words.weight
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids, masked):
        x = self.words(ids) + self.positions.weight[: ids.shape[1]] + self.segments.weight[0]
        x = self.norm(x)
        for block in self.blocks:
            x = block(x)
        x = F.gelu(self.transform(x.flatten(0, 1)[masked]), approximate="tanh")
        return self.head(self.transform_norm(x))


class LSTMLanguageModel(nn.Module):
    """Two LSTM layers whose states go from batch to batch, as in Zaremba et al. 2014."""

    def __init__(self, vocabulary, size):
        super().__init__()
        self.words, self.head = nn.Embedding(vocabulary, size), nn.Linear(size, vocabulary)
        self.network, self.dropout = nn.LSTM(size, size, 2, dropout=0.5), nn.Dropout(0.5)
        self.states = None

    def forward(self, ids):
        outputs, states = self.network(self.dropout(self.words(ids)), self.states)
        self.states = tuple(state.detach() for state in states)
        return self.head(self.dropout(outputs))


class Tagger(nn.Module):
    """A label for each word from an LSTM in both directions."""

    def __init__(self, vocabulary, size, labels):
        super().__init__()
        self.words, self.head = nn.Embedding(vocabulary, size), nn.Linear(2 * size, labels)
        self.network = nn.LSTM(size, size, bidirectional=True, batch_first=True)

    def forward(self, ids):
        return self.head(self.network(self.words(ids))[0])


class Translator(nn.Module):
    """LSTM encoder in both directions and decoder of two layers each, Luong's general attention."""

    def __init__(self, vocabulary, size):
        super().__init__()
        self.sources, self.targets = nn.Embedding(vocabulary, size), nn.Embedding(vocabulary, size)
        self.encoder = nn.LSTM(size, size // 2, 2, bidirectional=True, batch_first=True)
        self.decoder = nn.LSTM(size, size, 2, batch_first=True)
        self.attention = nn.Linear(size, size, bias=False)
        self.combination, self.head = nn.Linear(2 * size, size), nn.Linear(size, vocabulary)

    def forward(self, sources, inputs):
        memory, _ = self.encoder(self.sources(sources))
        states, _ = self.decoder(self.targets(inputs))
        weights = (self.attention(states) @ memory.transpose(1, 2)).softmax(-1)
        seen = torch.cat([weights @ memory, states], -1)
        return self.head(torch.tanh(self.combination(seen)))


# vocabulary, sequence length, size, batch
LSTM_SHAPES = {
    "lstm-lm-small": (10000, 20, 200, 20),
    "lstm-lm-medium": (10000, 35, 650, 20),
    "lstm-lm-large": (10000, 35, 1500, 20),
}
# vocabulary, labels, sequence length, size, batch
TAGGER_SHAPES = {"bilstm-tagger": (20000, 17, 30, 100, 32)}
# vocabulary, sequence length, size, batch
TRANSLATOR_SHAPES = {"seq2seq": (10000, 20, 512, 64)}
# vocabulary, sequence length, size, layers, heads, batch
GPT_SHAPES = {
    "gpt-char": (65, 64, 128, 4, 4, 12),
    "gpt2-124m-64": (50257, 64, 768, 12, 12, 4),
    "gpt2-124m-256": (50257, 256, 768, 12, 12, 4),
}
BERT_SHAPES = {
    "bert-mini": (30522, 128, 256, 4, 4, 32),
    "bert-base": (30522, 128, 768, 12, 12, 8),
}
# Utterances, their frames of 10 ms, bins, symbols with the blank, and letters.
SPEECH_SHAPES = {"deepspeech2": (8, 600, 161, 29, 80)}


def workload(name):
    """The model, its optimizer, the norm of clipping, a function that computes the loss, and how many items of
    which unit a step has."""
    generator = torch.Generator().manual_seed(0)

    def random_ids(*shape, vocabulary):
        return torch.randint(0, vocabulary, shape, generator=generator)

    def cross_entropy(logits, targets):
        return F.cross_entropy(logits.flatten(0, -2).float(), targets.flatten())

    if name in LSTM_SHAPES:
        vocabulary, steps, size, batch = LSTM_SHAPES[name]
        model = LSTMLanguageModel(vocabulary, size)
        ids = random_ids(steps, batch, vocabulary=vocabulary)
        targets = random_ids(steps, batch, vocabulary=vocabulary)
        optimizer = torch.optim.SGD(model.parameters(), 1.0)
        return model, optimizer, 5.0, lambda: cross_entropy(model(ids), targets), ids.numel(), "tokens"
    if name in TAGGER_SHAPES:
        vocabulary, labels, steps, size, batch = TAGGER_SHAPES[name]
        model = Tagger(vocabulary, size, labels)
        ids = random_ids(batch, steps, vocabulary=vocabulary)
        targets = random_ids(batch, steps, vocabulary=labels)
        optimizer = torch.optim.Adam(model.parameters(), 1e-3)
        return model, optimizer, 5.0, lambda: cross_entropy(model(ids), targets), ids.numel(), "tokens"
    if name in TRANSLATOR_SHAPES:
        vocabulary, steps, size, batch = TRANSLATOR_SHAPES[name]
        model = Translator(vocabulary, size)
        sources = random_ids(batch, steps, vocabulary=vocabulary)
        inputs = random_ids(batch, steps, vocabulary=vocabulary)
        targets = random_ids(batch, steps, vocabulary=vocabulary)
        optimizer = torch.optim.Adam(model.parameters(), 1e-3)
        return model, optimizer, 5.0, lambda: cross_entropy(model(sources, inputs), targets), inputs.numel(), "tokens"
    if name in GPT_SHAPES:
        vocabulary, steps, size, layers, heads, batch = GPT_SHAPES[name]
        model = GPT(vocabulary, steps, size, layers, heads)
        ids = random_ids(batch, steps, vocabulary=vocabulary)
        targets = random_ids(batch, steps, vocabulary=vocabulary)
        optimizer = torch.optim.AdamW(model.parameters(), 3e-4)
        return model, optimizer, 1.0, lambda: cross_entropy(model(ids), targets), ids.numel(), "tokens"
    if name in SPEECH_SHAPES:
        batch, frames, bins, symbols, labels = SPEECH_SHAPES[name]
        model = DeepSpeech2(bins, symbols=symbols)
        sound = torch.randn(batch, frames, bins, generator=generator)
        targets = 1 + random_ids(batch, labels, vocabulary=symbols - 1)
        lengths = torch.full((batch,), frames // 2), torch.full((batch,), labels)
        optimizer = torch.optim.SGD(model.parameters(), 1e-4, momentum=0.9)

        def ctc():
            probabilities = model(sound).float().log_softmax(-1).transpose(0, 1)
            return F.ctc_loss(probabilities, targets, *lengths, zero_infinity=True)

        return model, optimizer, 100.0, ctc, batch * frames / 100, "audio seconds"
    vocabulary, steps, size, layers, heads, batch = BERT_SHAPES[name]
    model = BERT(vocabulary, 512, size, layers, heads)
    ids = random_ids(batch, steps, vocabulary=vocabulary)
    masked = torch.randperm(batch * steps, generator=generator)[: batch * steps * 15 // 100]
    labels = random_ids(len(masked), vocabulary=vocabulary)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4)
    return model, optimizer, 1.0, lambda: cross_entropy(model(ids, masked), labels), ids.numel(), "tokens"


def measure(name, mode, seconds):
    torch.manual_seed(0)
    model, optimizer, clip_norm, loss_function, item_count, unit = workload(name)
    compute = torch.compile(loss_function) if "compile" in mode else loss_function
    is_bf16 = "bf16" in mode

    def step():
        optimizer.zero_grad(set_to_none=True)
        context = torch.autocast("cpu", torch.bfloat16) if is_bf16 else contextlib.nullcontext()
        with context:
            loss = compute()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        optimizer.step()

    for _ in range(3):
        step()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    median = statistics.median(times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name} {mode} {item_count / median:.1f} {unit}/s {1000 * median:.2f} ms/step {peak:.0f} MB",
        flush=True,
    )


def main():
    names = [*GPT_SHAPES, *BERT_SHAPES, *LSTM_SHAPES, *TAGGER_SHAPES, *TRANSLATOR_SHAPES, *SPEECH_SHAPES]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workload", choices=[*names, "all"])
    parser.add_argument("--mode", default="fp32")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for name in names if options.workload == "all" else [options.workload]:
        measure(name, options.mode, options.seconds)


if __name__ == "__main__":
    main()
