"""Writes the golden file of answers to questions: windows over contexts and the tokens that answer in each, as transformers'
tokenizers and the preparation of its question answering example have them; the best span of all windows by trying each; and what
the best threshold of no answer gives, by trying each lead.

usage: python make_answers.py REPOSITORY
Scores of tokens come from closed forms, which the test repeats.
"""

import json
import math
import os
import string
import sys
from collections import Counter

from transformers import PreTrainedTokenizerFast

ROOT = sys.argv[1]
LONGEST = 6
tokenizer = PreTrainedTokenizerFast(tokenizer_file=os.path.join(ROOT, "vocab", "wordpiece.json"))

LEAD = "The river rises in the hills. Its spring lies under an old oak, and nobody knows how deep it is. "
QUESTIONS = [  # question, context, answer (the last of that text), most tokens, shared tokens
    ("Where does the river rise?", LEAD, "in the hills", 64, 16),
    ("What lies under the oak?", LEAD * 2 + "The end.", "Its spring", 40, 10),
    ("How deep is it?", LEAD * 2 + "A café « naïve » sells tea — 5 € a cup.", "5 €", 36, 8),
    ("Who sells it?", LEAD + "A café « naïve » sells tea — 5 € a cup. " + LEAD, "A café « naïve »", 32, 30),
    ("Who knows?", LEAD * 3, None, 40, 12),
    ("Which tree stands above the spring of the river?", LEAD + "日本の川 is Japanese. 🦊 runs.", "🦊", 44, 12),
    ("Why?", "No reason.", None, 24, 4),
    ("What is an oak?", LEAD + "extraordinarily", "extraordinar", 30, 5),
]


def begin_score(question, window, token):
    return 3 * math.sin(1.3 * token + 0.7 * window + question) + (8 if token == 0 else 0)


def end_score(question, window, token):
    return 3 * math.sin(0.9 * token + 1.1 * window + 2 * question + 1)


def windows_of(question, context, start, end, limit, stride):
    room = limit - 3 - len(tokenizer.tokenize(question))
    encoded = tokenizer(
        question, context, truncation="only_second", max_length=limit, stride=min(stride, room // 2),
        return_overflowing_tokens=True, return_offsets_mapping=True, return_token_type_ids=True)
    for index, ids in enumerate(encoded["input_ids"]):
        places = [i for i, s in enumerate(encoded.sequence_ids(index)) if s == 1]
        offsets = encoded["offset_mapping"][index]
        target = None
        if start is not None and offsets[places[0]][0] <= start and offsets[places[-1]][1] >= end:
            first, last = places[0], places[-1]
            while first <= places[-1] and offsets[first][0] <= start:
                first += 1
            while last >= places[0] and offsets[last][1] >= end:
                last -= 1
            target = [first - 1, last + 1]
        yield ids, encoded["token_type_ids"][index], places, offsets, target


golden = []
for number, (question, context, answer, limit, stride) in enumerate(QUESTIONS):
    start = context.rindex(answer) if answer else None
    end = start + len(answer) if answer else None
    length = lambda characters: len(context[:characters].encode())
    best, nothing, windows = None, math.inf, []
    for window, (ids, types, places, offsets, target) in enumerate(windows_of(question, context, start, end, limit, stride)):
        windows.append({
            "ids": ids, "segments": types, "first": places[0], "target": target,
            "offsets": [[length(offsets[i][0]), length(offsets[i][1])] for i in places]})
        nothing = min(nothing, begin_score(number, window, 0) + end_score(number, window, 0))
        for i in places:
            for j in places:
                score = begin_score(number, window, i) + end_score(number, window, j)
                if i <= j < i + LONGEST and (best is None or score > best[0]):
                    best = (score, offsets[i][0], offsets[j][1])
    found = context[best[1]:best[2]]
    golden.append({
        "question": question, "context": context, "answer": answer or "", "start": length(start) if answer else -1,
        "limit": limit, "stride": stride, "windows": windows, "score": best[0], "nothing": nothing,
        "begin": length(best[1]), "end": length(best[2]), "found": found})


def words(text):
    kept = "".join(c for c in text.lower() if c not in string.punctuation).split()
    return [word for word in kept if word not in ("a", "an", "the")]


def exact(right, given):
    return float(words(right) == words(given))


def f1(right, given):
    right, given = words(right), words(given)
    if not right or not given:
        return float(right == given)
    return 2 * (Counter(right) & Counter(given)).total() / (len(right) + len(given))


def best_sum(measure):
    """The most that a threshold can give: each lead as a threshold, and one below all."""
    leads = [g["nothing"] - g["score"] for g in golden]
    sums = []
    for threshold in [min(leads) - 1] + leads:
        given = ["" if lead > threshold else g["found"] for g, lead in zip(golden, leads)]
        sums.append(sum(measure(g["right"], text) for g, text in zip(golden, given)))
    return max(sums)


# The span that was found is taken as right for some questions, so that the threshold has something to choose.
for number, g in enumerate(golden):
    g["right"] = g["found"] if number in (0, 3, 5) else g["answer"]

path = os.path.join(ROOT, "Tests", "ApusTrainingTests", "Golden", "answers.json")
with open(path, "w") as file:
    sums = {"f1": best_sum(f1), "exact": best_sum(exact)}
    json.dump({"longest": LONGEST, "sums": sums, "questions": golden}, file, ensure_ascii=False, separators=(",", ":"))
    file.write("\n")
