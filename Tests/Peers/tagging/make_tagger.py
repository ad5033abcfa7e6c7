"""Writes Tests/ApusModelsTests/Golden/tagger.safetensors: a whole tagger in PyTorch, with the loss, the
best tags and the gradients of every weight.

usage: make_tagger.py

Words, the characters of each (an LSTM in both directions, or convolutions with tanh) and their case go
through an LSTM in both directions and a linear map into a conditional random field with the rules of
IOB2. A name is CASE.WHAT: the weights under Apus's names, `emissions`, `losses` of each sentence, `best`
tags by trying all, and `d.` before each weight's name. Needs torch and safetensors.
"""

import itertools
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
IDS = [[3, 0, 5, 1], [2], [4, 4, 6, 2, 1]]
SPELLINGS = [[[1, 2, 3], [4], [5, 5, 1, 2, 6], [1, 2]], [[7]], [[2, 2], [2, 2], [3, 0, 1], [7], [1, 2]]]
CASINGS = [[2, 0, 1, 6], [3], [0, 0, 4, 5, 0]]
LABELS = [[1, 2, 0, 3], [0], [3, 4, 4, 1, 2]]
WORDS, CHARACTERS, CASES = 7, 8, 7
SIZES = {"words": 5, "characters": 4, "spelling": 3, "casings": 2, "hidden": 6}


def allowed(former, latter):
    """Whether IOB2 has a tag behind another; None stands for the begin and the end."""
    return latter is None or not latter.startswith("I-") or (
        former is not None and former[2:] == latter[2:])


class Tagger(nn.Module):
    def __init__(self, characters):
        super().__init__()
        self.kind = characters
        self.words = nn.Embedding(WORDS, SIZES["words"])
        self.characters = nn.Embedding(CHARACTERS, SIZES["characters"])
        self.casings = nn.Embedding(CASES, SIZES["casings"])
        if characters == "lstm":
            self.spelling = nn.LSTM(SIZES["characters"], SIZES["spelling"], bidirectional=True)
        else:
            self.spelling = nn.Conv1d(SIZES["characters"], SIZES["spelling"], 3, padding=2)
        spelt = SIZES["spelling"] * (2 if characters == "lstm" else 1)
        self.rnn = nn.LSTM(
            SIZES["words"] + spelt + SIZES["casings"], SIZES["hidden"], bidirectional=True)
        self.classifier = nn.Linear(2 * SIZES["hidden"], len(TAGS))
        self.transitions = nn.Parameter(torch.empty(len(TAGS), len(TAGS)))
        self.starts = nn.Parameter(torch.empty(len(TAGS)))
        self.ends = nn.Parameter(torch.empty(len(TAGS)))
        for weight in self.parameters():
            nn.init.uniform_(weight, -0.9, 0.9)

    def spelt(self, spelling):
        x = self.characters(torch.tensor(spelling))
        if self.kind == "lstm":
            _, (last, _) = self.spelling(x)
            return last.reshape(-1)
        return torch.tanh(self.spelling(x.T[None]).amax(dim=2)[0])

    def emissions(self, ids, spellings, casings):
        x = torch.cat(
            [self.words(torch.tensor(ids)), torch.stack([self.spelt(s) for s in spellings]),
             self.casings(torch.tensor(casings))], dim=1)
        return self.classifier(self.rnn(x)[0])

    def rules(self):
        """Transitions, starts and ends, with −∞ where the scheme says no."""
        none = torch.tensor(float("-inf"))
        zero = torch.tensor(0.0)
        def rule(former, latter):
            return zero if allowed(former, latter) else none
        between = torch.stack([torch.stack([rule(a, b) for b in TAGS]) for a in TAGS])
        first = torch.stack([rule(None, b) for b in TAGS])
        return self.transitions + between, self.starts + first, self.ends

    def score(self, emissions, labels):
        transitions, starts, ends = self.rules()
        score = starts[labels[0]] + ends[labels[-1]]
        for index, label in enumerate(labels):
            score = score + emissions[index, label]
        for former, latter in zip(labels, labels[1:]):
            score = score + transitions[former, latter]
        return score

    def loss(self, emissions, labels):
        """−ln P of the labels: over all sequences, one by one."""
        everything = itertools.product(range(len(TAGS)), repeat=len(labels))
        kept = [list(s) for s in everything if self.possible(s)]
        scores = torch.stack([self.score(emissions, s) for s in kept])
        best = kept[int(scores.argmax())]
        return torch.logsumexp(scores, dim=0) - self.score(emissions, labels), best

    @staticmethod
    def possible(labels):
        names = [None] + [TAGS[label] for label in labels]
        return all(allowed(a, b) for a, b in zip(names, names[1:]))


def named(model):
    names = {"transitions": "classifier.chain.transitions",
             "starts": "classifier.chain.start_transitions",
             "ends": "classifier.chain.end_transitions"}
    for name, weight in model.named_parameters():
        head = name.split(".")[0]
        inside = ["words", "characters", "casings", "spelling"]
        yield names.get(name, f"embeddings.{name}" if head in inside else name), weight


def main():
    torch.manual_seed(11)
    tensors = {}
    for case in ["lstm", "cnn"]:
        model = Tagger(case)
        emissions = [model.emissions(*x) for x in zip(IDS, SPELLINGS, CASINGS)]
        results = [model.loss(e, labels) for e, labels in zip(emissions, LABELS)]
        losses = torch.stack([loss for loss, _ in results])
        losses.sum().backward()
        best = [label for _, labels in results for label in labels]
        tensors |= {f"{case}.{name}": weight.detach() for name, weight in named(model)}
        tensors |= {f"{case}.d.{name}": weight.grad for name, weight in named(model)}
        tensors |= {
            f"{case}.emissions": torch.cat(emissions).detach(),
            f"{case}.losses": losses.detach(),
            f"{case}.best": torch.tensor(best, dtype=torch.int32),
        }
    path = pathlib.Path(__file__).parents[2] / "ApusModelsTests/Golden/tagger.safetensors"
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)


if __name__ == "__main__":
    main()
