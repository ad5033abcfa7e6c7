"""Makes conlleval.json: counts of entities by the rules of conlleval, for random and broken tags.

usage: conlleval.py > conlleval.json

The program of the shared tasks goes over words with one flag, whether both the known and the guessed
entity began together and have agreed since; this does the same, word by word, and shares nothing with
sets of spans. S and E follow its later versions.
"""

import json
import random
from collections import Counter


def parts(tag):
    mark, _, kind = tag.partition("-")
    return mark, kind


def starts(before, now):
    (mark0, kind0), (mark, kind) = parts(before), parts(now)
    if mark == "O":
        return False
    if mark in "BS" or mark0 in "ESO":
        return True
    return kind0 != kind


def ends(before, now):
    (mark0, kind0), (mark, kind) = parts(before), parts(now)
    if mark0 == "O":
        return False
    if mark0 in "ES" or mark in "BSO":
        return True
    return kind0 != kind


def evaluate(known, guessed):
    found_known, found_guessed, correct = Counter(), Counter(), Counter()
    together = None
    last_known = last_guessed = "O"
    for now_known, now_guessed in [*zip(known, guessed), ("O", "O")]:
        end_known, end_guessed = ends(last_known, now_known), ends(last_guessed, now_guessed)
        if together is not None and (end_known or end_guessed):
            if end_known and end_guessed:
                correct[together] += 1
            together = None
        start_known = starts(last_known, now_known)
        start_guessed = starts(last_guessed, now_guessed)
        same_kind = parts(now_known)[1] == parts(now_guessed)[1]
        if start_known and start_guessed and same_kind:
            together = parts(now_known)[1]
        if start_known:
            found_known[parts(now_known)[1]] += 1
        if start_guessed:
            found_guessed[parts(now_guessed)[1]] += 1
        last_known, last_guessed = now_known, now_guessed
    return {
        kind: [found_known[kind], found_guessed[kind], correct[kind]]
        for kind in sorted(found_known | found_guessed)
    }


def main():
    draw = random.Random(4)
    cases = []
    for marks in ["I", "IB", "BI", "BIES"]:
        tags = ["O"] + [f"{mark}-{kind}" for mark in marks for kind in ["PER", "LOC"]]
        for _ in range(60):
            length = draw.randrange(1, 12)
            known = [draw.choice(tags) for _ in range(length)]
            guessed = [draw.choice(tags) if draw.random() < 0.25 else tag for tag in known]
            cases.append(
                {"expected": known, "predicted": guessed, "types": evaluate(known, guessed)}
            )
    print("[" + ",\n".join(json.dumps(case) for case in cases) + "]")


if __name__ == "__main__":
    main()
