"""Writes Tests/ApusDecodingTests/Golden: a made-up text, language models of its words and characters
with modified Kneser-Ney smoothing as plainly as they can be computed (text.txt, words.arpa,
characters.arpa), what KenLM scores by the first one, and what pyctcdecode reads in made-up
posteriors without and with hot words, and a plain search with KenLM's scores (logits.safetensors,
readings.json).

usage: make_decoding.py

Needs numpy, safetensors, kenlm and pyctcdecode.
"""

import collections
import heapq
import json
import math
import pathlib

import kenlm
import numpy
from pyctcdecode import build_ctcdecoder
from safetensors.numpy import save_file

golden = pathlib.Path(__file__).parents[2] / "ApusDecodingTests/Golden"
random = numpy.random.default_rng(11)


def made_up_sentences(count):
    syllables = ["ka", "mo", "ri", "ten", "lu", "sa", "vo", "pi"]
    words = sorted({"".join(random.choice(syllables, random.integers(1, 4))) for _ in range(90)})
    random.shuffle(words)
    weights = numpy.array([1 / (rank + 2) for rank in range(len(words))])
    sentences = []
    for _ in range(count):
        word = random.choice(len(words), p=weights / weights.sum())
        sentence = [words[word]]
        while random.random() < 0.8:
            # What follows a word depends on it, so that longer n-grams are of use.
            word = (7 * word + random.choice(4)) % len(words) if random.random() < 0.6 else random.choice(
                len(words), p=weights / weights.sum()
            )
            sentence.append(words[word])
        sentences.append(sentence)
    return sentences


def smoothed(sentences, order):
    """Chen & Goodman 1998, §3: probability and back-off weight of each n-gram, base 10."""
    raw = collections.Counter()
    for sentence in sentences:
        tokens = ["<s>", *sentence, "</s>"]
        for n in range(1, order + 1):
            raw.update(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
    befores = collections.defaultdict(set)
    for gram in raw:
        if len(gram) > 1:
            befores[gram[1:]].add(gram[0])
    count = {
        gram: raw[gram] if len(gram) == order or gram[0] == "<s>" else len(befores[gram]) for gram in raw
    }
    count[("<s>",)] = 0
    discounts = []
    for n in range(1, order + 1):
        t = collections.Counter(c for gram, c in count.items() if len(gram) == n)
        y = t[1] / (t[1] + 2 * t[2]) if t[1] else 0
        d = [k - (k + 1) * y * t[k + 1] / t[k] if t[k] else -1 for k in (1, 2, 3)]
        sound = all(0 <= x <= k for x, k in zip(d, (1, 2, 3)))
        discounts.append([0, *(d if sound else (0.5, 1, 1.5))])
    behind = collections.defaultdict(list)
    for gram in count:
        behind[gram[:-1]].append(gram)
    vocabulary = {gram[0] for gram in raw if len(gram) == 1} - {"<s>"} | {"<unk>"}

    def discount(gram):
        return discounts[len(gram) - 1][min(count[gram], 3)]

    def backoff(context):
        grams = behind.get(context)
        if not grams:
            return 1
        return sum(discount(gram) for gram in grams) / sum(count[gram] for gram in grams)

    def probability(gram):
        context = gram[:-1]
        lower = probability(gram[1:]) if context else 1 / len(vocabulary)
        own = (count.get(gram, 0) - (discount(gram) if gram in count else 0)) / sum(
            count[other] for other in behind[context]
        )
        return own + backoff(context) * lower

    levels = [[] for _ in range(order)]
    for gram in sorted(set(count) | {("<unk>",)}):
        p = -99 if gram == ("<s>",) else math.log10(probability(gram))
        levels[len(gram) - 1].append((p, gram, math.log10(backoff(gram)) if len(gram) < order else None))
    return levels, discounts


def write_arpa(levels, path):
    with open(path, "w") as file:
        print("\\data\\", file=file)
        for n, level in enumerate(levels, 1):
            print(f"ngram {n}={len(level)}", file=file)
        for n, level in enumerate(levels, 1):
            print(f"\n\\{n}-grams:", file=file)
            for p, gram, b in level:
                print(f"{p:.7g}\t{' '.join(gram)}" + ("" if b is None else f"\t{b:.7g}"), file=file)
        print("\n\\end\\", file=file)


def search_with_words(logits, tokens, model, vocabulary, alpha, beta, width=100):
    """Hannun et al. 2014, arXiv:1408.2873; prefixes that end with a blank are kept apart from others.

    pyctcdecode with a language model loses readings that are better by its own score.
    """
    beginnings = {word[:end] for word in vocabulary for end in range(len(word) + 1)}
    start = kenlm.State()
    model.BeginSentenceWrite(start)
    known = {(): (0, start)}

    def ended(words):
        if words not in known:
            score, state = ended(words[:-1])
            behind = kenlm.State()
            p = model.BaseScore(state, words[-1], behind) - (0 if words[-1] in vocabulary else 10)
            known[words] = score + alpha * math.log(10) * p + beta, behind
        return known[words]

    def language(prefix):
        *words, rest = prefix.split(" ")
        return ended(tuple(filter(None, words)))[0] - (0 if rest in beginnings else 10)

    rows = logits.astype(float)
    rows -= numpy.logaddexp.reduce(rows, axis=1, keepdims=True)
    followed = {("", True): 0.0}
    for row in rows:
        sums = {}
        for (prefix, is_blank), score in followed.items():
            for label, token in enumerate(tokens):
                if label == 0:
                    key = prefix, True
                elif token == " ":
                    key = prefix if prefix[-1:] in ("", " ") else prefix + " ", False
                elif prefix[-1:] == token and not is_blank:
                    key = prefix, False
                else:
                    key = prefix + token, False
                sums[key] = numpy.logaddexp(sums.get(key, -math.inf), score + row[label])
        best = heapq.nlargest(width, sums, key=lambda key: sums[key] + language(key[0]))
        followed = {key: sums[key] for key in best}
    readings = {}
    for (prefix, _), score in followed.items():
        readings[prefix.strip()] = numpy.logaddexp(readings.get(prefix.strip(), -math.inf), score)

    def total(text):
        score, state = ended(tuple(text.split()))
        return readings[text] + score + alpha * math.log(10) * model.BaseScore(state, "</s>", kenlm.State())

    text = max(readings, key=total)
    return {"text": text, "acoustic": readings[text], "score": total(text)}


sentences = made_up_sentences(240)
(golden / "text.txt").write_text("".join(" ".join(s) + "\n" for s in sentences))
words, discounts = smoothed(sentences, 3)
write_arpa(words, golden / "words.arpa")
characters = [list("▁".join(sentence)) for sentence in sentences]
write_arpa(smoothed(characters, 4)[0], golden / "characters.arpa")

letters = ["", " ", *sorted({c for s in sentences for w in s for c in w})]
spoken = [" ".join(sentences[i] + sentences[i + 1]) for i in (3, 50, 121)]
logits = {}
for index, text in enumerate(spoken):
    rows = []
    for character in text:
        for label in [letters.index(character)] * random.integers(1, 3) + [0] * random.integers(1, 3):
            row = random.standard_normal(len(letters)) * 1.4
            row[label] += 5.5
            rows.append(row)
    logits[f"logits.{index}"] = numpy.array(rows, numpy.float32)
save_file(logits, golden / "logits.safetensors")

model = kenlm.Model(str(golden / "words.arpa"))
vocabulary = sorted({word for sentence in sentences for word in sentence})
plain = build_ctcdecoder(letters)
hot = ["".join(sorted(vocabulary)[5]), sorted(vocabulary)[9]]
readings = []
for row in logits.values():
    entry = {"fused": search_with_words(row, letters, model, set(vocabulary), 0.7, 1.1)}
    for name, hotwords in (("plain", None), ("hot", hot)):
        best = plain.decode_beams(row, beam_width=100, beam_prune_logp=-1000, token_min_logp=-1000,
                                    hotwords=hotwords)[0]
        entry[name] = {"text": best[0], "acoustic": best[-2], "score": best[-1]}
        text = plain.decode(row, beam_width=100, hotwords=hotwords)
        entry[name + ", best"] = {"text": text, "acoustic": 0, "score": 0}
    readings.append(entry)
tests = [sentences[0], ["xyzzy", *sentences[1]], [*sentences[5][:2], "foo", *sentences[7]]]
json.dump(
    {
        "letters": letters,
        "spoken": spoken,
        "hot": hot,
        "alpha": 0.7,
        "beta": 1.1,
        "readings": readings,
        "discounts": [d[1:] for d in discounts],
        "sentences": [
            {"words": s, "scores": [[p, n] for p, n, _ in model.full_scores(" ".join(s))]} for s in tests
        ],
    },
    open(golden / "readings.json", "w"),
    indent=1,
)
