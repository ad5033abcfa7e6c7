"""The kinds of tasks that finetune.py learns: what goes into the model, the loss, and the measures."""

import gzip

import torch
import torch.nn.functional as F


class Texts:
    """Texts or pairs of texts, of at most 128 tokens."""

    def __init__(self, training, test, tokenizer):
        self.tokenizer = tokenizer
        self.training, self.test = self.examples(training), self.examples(test)

    def parameters(self):
        return []

    def lengths(self, examples):
        return [len(ids) for ids, _ in examples]

    def ids(self, texts, pairs):
        sides = [texts] if pairs[0] is None else [texts, pairs]
        return self.tokenizer(*sides, truncation=True, max_length=128)["input_ids"]

    def padded(self, ids):
        batch = dict(self.tokenizer.pad({"input_ids": ids}, return_tensors="pt"))
        # The second segment begins behind the first [SEP].
        ends = (batch["input_ids"] == self.tokenizer.sep_token_id).long()
        batch["token_type_ids"] = ((ends.cumsum(1) - ends >= 1) & (batch["attention_mask"] == 1)).long()
        return batch

    def examples(self, rows):
        texts, pairs, targets = zip(*rows)
        return list(zip(self.ids(list(texts), list(pairs)), map(self.target, targets)))


class Classification(Texts):
    def __init__(self, training, test, tokenizer):
        self.names = sorted({label for _, _, label in training})
        self.output_count = len(self.names)
        self.target = self.names.index
        super().__init__(training, test, tokenizer)

    def loss(self, model, examples):
        ids, targets = zip(*examples)
        return F.cross_entropy(model.texts(self.padded(ids)), torch.tensor(targets))

    def answers(self, model, examples):
        return model.texts(self.padded([ids for ids, _ in examples])).argmax(1).tolist()

    def measures(self, answers):
        from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

        targets = [target for _, target in self.test]
        measures = {
            "accuracy": accuracy_score(targets, answers),
            "macro_f1": f1_score(targets, answers, average="macro"),
            "matthews": matthews_corrcoef(targets, answers),
        }
        if len(self.names) == 2:
            measures["f1"] = f1_score(targets, answers)
        return measures


class Similarity(Texts):
    output_count = 1
    target = staticmethod(float)

    def loss(self, model, examples):
        ids, targets = zip(*examples)
        return F.mse_loss(model.texts(self.padded(ids))[:, 0], torch.tensor(targets))

    def answers(self, model, examples):
        return model.texts(self.padded([ids for ids, _ in examples]))[:, 0].tolist()

    def measures(self, answers):
        from scipy.stats import pearsonr, spearmanr

        targets = [target for _, target in self.test]
        return {"spearman": spearmanr(answers, targets)[0], "pearson": pearsonr(answers, targets)[0]}


class Ranking(Texts):
    """The candidates of a query are one example; queries without a right one are left out."""

    output_count = 1

    def examples(self, rows):
        queries = {}
        for query, text, candidate, relevance in rows:
            queries.setdefault(query, []).append((text, candidate, float(relevance)))
        examples = []
        for candidates in queries.values():
            texts, pairs, relevances = zip(*candidates)
            if any(relevances):
                examples.append((self.ids(list(texts), list(pairs)), relevances))
        return examples

    def lengths(self, examples):
        return [sum(map(len, ids)) for ids, _ in examples]

    def scores(self, model, examples):
        scores = model.texts(self.padded([ids for passages, _ in examples for ids in passages]))[:, 0]
        return scores.split([len(relevances) for _, relevances in examples])

    def loss(self, model, examples):
        losses = []
        for scores, (_, relevances) in zip(self.scores(model, examples), examples):
            relevances = torch.tensor(relevances)
            losses.append(-(relevances / relevances.sum() * scores.log_softmax(0)).sum())
        return torch.stack(losses).mean()

    def answers(self, model, examples):
        return [scores.tolist() for scores in self.scores(model, examples)]

    def measures(self, answers):
        precisions, ranks = [], []
        for scores, (_, relevances) in zip(answers, self.test):
            order = sorted(range(len(scores)), key=lambda i: -scores[i])
            places = [place for place, i in enumerate(order, 1) if relevances[i] > 0]
            precisions.append(sum(found / place for found, place in enumerate(places, 1)) / len(places))
            ranks.append(1 / places[0])
        return {"map": sum(precisions) / len(precisions), "mrr": sum(ranks) / len(ranks)}


class Tagging:
    """The tags of words in IOBES by a linear chain CRF on the first token of each word."""

    @staticmethod
    def sentences(path):
        """Sentences of (word, tag) in IOBES, from columns whose last has tags in IOB1."""
        sentences, rows = [], []
        for line in [*gzip.open(path, "rt", encoding="utf-8"), "\n"]:
            fields = line.split()
            if fields and fields[0] != "-DOCSTART-":
                rows.append((fields[0], fields[-1]))
            elif rows:
                words, tags = zip(*rows)
                sentences.append((words, iobes(spans(tags), len(tags))))
                rows = []
        return sentences

    def __init__(self, training, test, tokenizer):
        self.tokenizer = tokenizer
        self.names = sorted({tag for _, tags in training for tag in tags})
        self.output_count = len(self.names)
        self.training, self.test = self.examples(training), self.examples(test)
        self.transitions = torch.nn.Parameter(torch.zeros(self.output_count, self.output_count))
        self.starts = torch.nn.Parameter(torch.zeros(self.output_count))
        self.ends = torch.nn.Parameter(torch.zeros(self.output_count))

    def parameters(self):
        return [self.transitions, self.starts, self.ends]

    def examples(self, sentences):
        examples = []
        for words, tags in sentences:
            pieces = [self.tokenizer(word, add_special_tokens=False)["input_ids"] for word in words]
            pieces = [piece or [self.tokenizer.unk_token_id] for piece in pieces]
            ids, places = [self.tokenizer.cls_token_id], []
            for piece in pieces:
                places.append(len(ids))
                ids += piece
            examples.append((ids + [self.tokenizer.sep_token_id], places, tags))
        return examples

    def lengths(self, examples):
        return [len(ids) for ids, _, _ in examples]

    def emissions(self, model, examples):
        batch = dict(self.tokenizer.pad({"input_ids": [ids for ids, _, _ in examples]}, return_tensors="pt"))
        counts = torch.tensor([len(places) for _, places, _ in examples])
        places = torch.zeros(len(examples), int(counts.max()), dtype=torch.long)
        for row, (_, some, _) in enumerate(examples):
            places[row, : len(some)] = torch.tensor(some)
        return model.words(batch, places), counts

    def loss(self, model, examples):
        emissions, counts = self.emissions(model, examples)
        tags = torch.zeros(emissions.shape[:2], dtype=torch.long)
        for row, (_, _, names) in enumerate(examples):
            tags[row, : len(names)] = torch.tensor([self.names.index(name) for name in names])
        with torch.autocast("cpu", enabled=False):
            rows = torch.arange(len(examples))
            right = self.starts[tags[:, 0]] + emissions[rows, 0, tags[:, 0]]
            alpha = self.starts + emissions[:, 0]
            for t in range(1, emissions.shape[1]):
                runs = (t < counts).float()
                right = right + runs * (self.transitions[tags[:, t - 1], tags[:, t]] + emissions[rows, t, tags[:, t]])
                following = (alpha[:, :, None] + self.transitions).logsumexp(1) + emissions[:, t]
                alpha = torch.where(runs[:, None] > 0, following, alpha)
            right = right + self.ends[tags[rows, counts - 1]]
            losses = (alpha + self.ends).logsumexp(1) - right
        return (losses / counts).mean()

    def answers(self, model, examples):
        emissions, counts = self.emissions(model, examples)
        return [self.best(scores[:count]) for scores, count in zip(emissions, counts.tolist())]

    def best(self, emissions):
        score, back = self.starts + emissions[0], []
        for emission in emissions[1:]:
            score, before = (score[:, None] + self.transitions).max(0)
            back.append(before)
            score = score + emission
        tag = int((score + self.ends).argmax())
        tags = [tag]
        for before in reversed(back):
            tags.append(int(before[tags[-1]]))
        return [self.names[tag] for tag in reversed(tags)]

    def measures(self, answers):
        right = found = expected = 0
        for answer, (_, _, tags) in zip(answers, self.test):
            one, other = set(spans(answer)), set(spans(tags))
            right, found, expected = right + len(one & other), found + len(one), expected + len(other)
        precision, recall = right / max(1, found), right / expected
        return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(1e-9, precision + recall)}


def spans(tags):
    """Entities (type, first, last) of tags in IOB1, IOB2 or IOBES, as conlleval.pl cuts them."""
    found, start, kind = [], None, None
    for place, tag in enumerate([*tags, "O"]):
        mark, _, name = tag.partition("-")
        ends = mark in "OBS" or name != kind or (place > 0 and tags[place - 1][0] in "ES")
        if start is not None and ends:
            found.append((kind, start, place - 1))
            start, kind = None, None
        if mark != "O" and start is None:
            start, kind = place, name
    return found


def iobes(entities, count):
    tags = ["O"] * count
    for kind, first, last in entities:
        for place in range(first, last + 1):
            mark = "S" if first == last else "B" if place == first else "E" if place == last else "I"
            tags[place] = f"{mark}-{kind}"
    return tags
