"""Makes the golden values of the measures with scikit-learn.

usage: make_metrics.py OUTPUT.json        (made with scikit-learn 1.9.1)

Inputs come from closed forms; scores are rounded to Float32, and some are equal. Spans follow the
rules of SQuAD's evaluation script 2.0, ranks those of trec_eval, and the calibration error the
definition of Guo et al. 2017: each in a few lines of their own below.
"""

import collections
import json
import math
import re
import string
import sys
import warnings

import numpy as np
from sklearn import metrics

warnings.filterwarnings("ignore")


def wave(count, seed):
    return [math.sin(1.618 * i + seed + math.sin(0.37 * i)) for i in range(count)]


def rounded(values, digits=2):
    """Float32 values of which some are equal."""
    return [float(np.float32(round(v, digits))) for v in values]


def classification(name, expected, predicted):
    score = lambda f, **k: f(expected, predicted, zero_division=0, **k)
    labels = sorted(set(expected) | set(predicted))
    return dict(
        name=name, expected=expected, predicted=predicted,
        accuracy=metrics.accuracy_score(expected, predicted),
        macro_f1=score(metrics.f1_score, average="macro"),
        micro_f1=score(metrics.f1_score, average="micro"),
        weighted_f1=score(metrics.f1_score, average="weighted"),
        macro_precision=score(metrics.precision_score, average="macro"),
        macro_recall=score(metrics.recall_score, average="macro"),
        labels=labels,
        precision=list(score(metrics.precision_score, average=None, labels=labels)),
        recall=list(score(metrics.recall_score, average=None, labels=labels)),
        f1=list(score(metrics.f1_score, average=None, labels=labels)),
        matthews=metrics.matthews_corrcoef(expected, predicted))


def classifications():
    three = [int(abs(9 * v)) % 3 for v in wave(60, 1)]
    close = [t if w > -0.3 else (t + 1) % 3 for t, w in zip(three, wave(60, 2))]
    two = [int(v > 0.4) for v in wave(50, 3)]
    guess = [t if w > -0.5 else 1 - t for t, w in zip(two, wave(50, 4))]
    return [
        classification("three", three, close), classification("two", two, guess),
        classification("right", three, three), classification("one class", [0] * 9, [0] * 9),
        classification("one predicted", two, [0] * 50),
        classification("never predicted", [0, 1, 2, 3, 3], [0, 1, 1, 0, 1]),
        classification("never expected", [0, 1, 1, 0], [2, 1, 3, 0]),
        classification("all wrong", [0, 1, 0, 1], [1, 0, 1, 0]),
    ]


def binary(name, scores, positives):
    both = 0 < sum(positives) < len(positives)
    return dict(
        name=name, scores=scores, positives=[bool(p) for p in positives],
        auc=metrics.roc_auc_score(positives, scores) if both else None,
        average_precision=metrics.average_precision_score(positives, scores))


def binaries():
    labels = [int(v > 0.3) for v in wave(80, 5)]
    scores = rounded([v + 0.7 * y for v, y in zip(wave(80, 6), labels)])
    return [
        binary("plain", scores, labels), binary("coarse", rounded(scores, 0), labels),
        binary("all equal", [0.5] * 6, [0, 1, 0, 0, 1, 1]),
        binary("no yes", [0.1, 0.2, 0.3], [0, 0, 0]), binary("only yes", [0.1, 0.2, 0.3], [1, 1, 1]),
        binary("perfect", [0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1]),
        binary("reversed", [0.4, 0.3, 0.2, 0.1], [0, 0, 1, 1]),
    ]


def probabilities(count, classes, seed, labels, pull=1.0):
    logits = np.array(wave(count * classes, seed)).reshape(count, classes) * 2
    for row, label in enumerate(labels):
        logits[row, label] += pull
    p = np.exp(logits)
    return (p / p.sum(axis=1, keepdims=True)).astype(np.float32)


def calibration_error(p, labels, bins):
    confidence, predicted = p.max(axis=1).astype(np.float64), p.argmax(axis=1)
    right = (predicted == labels).astype(float)
    error = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return error


def multiclass(name, count, classes, seed):
    labels = [int(abs(17 * v)) % classes for v in wave(count, seed)]
    p = probabilities(count, classes, seed + 1, labels)
    p64 = p.astype(np.float64)
    p64 /= p64.sum(axis=1, keepdims=True)
    area = (
        metrics.roc_auc_score(labels, p[:, 1]) if classes == 2
        else metrics.roc_auc_score(labels, p64, multi_class="ovr", average="macro"))
    brier = metrics.brier_score_loss(labels, p64[:, 1] if classes == 2 else p64)
    return dict(
        name=name, probabilities=[[float(v) for v in row] for row in p], labels=labels, auc=area,
        brier=brier, ece_10=calibration_error(p, np.array(labels), 10),
        ece_15=calibration_error(p, np.array(labels), 15))


def gains(name, scores, relevances):
    out = dict(name=name, scores=scores, relevances=relevances)
    for gain in ["linear", "exponential"]:
        values = relevances if gain == "linear" else [2.0**r - 1 for r in relevances]
        for k in [None, 1, 3, 10]:
            out[f"{gain}_{k or 'all'}"] = metrics.ndcg_score([values], [scores], k=k)
    return out


def all_gains():
    relevances = [float(int(abs(4 * v))) for v in wave(12, 8)]
    scores = rounded([0.3 * r + v for r, v in zip(relevances, wave(12, 9))], 1)
    return [
        gains("plain", scores, relevances), gains("equal scores", [1.0] * 5, [3.0, 0.0, 1.0, 2.0, 0.0]),
        gains("nothing relevant", [0.3, 0.2, 0.1], [0.0, 0.0, 0.0]),
        gains("best", [3.0, 2.0, 1.0], [2.0, 1.0, 0.0]),
    ]


def rankings():
    """Distinct scores, so that ties play no part: MAP and MRR of trec_eval."""
    queries = []
    for q in range(12):
        count = 3 + q % 7
        scores = [float(np.float32(v)) for v in wave(count, 10 + q)]
        relevant = [v > 0.4 for v in wave(count, 30 + q)]
        queries.append((scores, relevant))
    queries.append(([0.5, 0.25], [False, False]))

    def one(scores, relevant):
        order = sorted(range(len(scores)), key=lambda i: -scores[i])
        places = [place + 1 for place, i in enumerate(order) if relevant[i]]
        if not places:
            return None
        return sum((n + 1) / p for n, p in enumerate(places)) / len(places), 1 / places[0]

    results = [one(*q) for q in queries]
    answered = [r for r in results if r]
    return dict(
        queries=[dict(scores=s, relevant=r) for s, r in queries],
        map=sum(r[0] for r in answered) / len(answered),
        mrr=sum(r[1] for r in answered) / len(answered),
        map_of_all=sum(r[0] for r in answered) / len(queries),
        mrr_of_all=sum(r[1] for r in answered) / len(queries))


def words(text):
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def span_f1(predicted, right):
    p, r = words(predicted), words(right)
    if not p or not r:
        return float(p == r)
    same = sum((collections.Counter(p) & collections.Counter(r)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(p), same / len(r)
    return 2 * precision * recall / (precision + recall)


def spans():
    cases = [
        ("the Eiffel Tower", ["Eiffel tower", "Tower of Eiffel"]),
        ("in 1889.", ["1889", "the year 1889"]), ("", []), ("", ["a"]), ("nothing", []),
        ("", ["something"]), ("The  A an", [""]), ("U.S.A.", ["usa", "United States"]),
        ("an apple a day", ["apple day day", "day"]), ("l’a vu", ["l’ vu", "vu"]),
        ("Zürich—the city", ["zürich— city"]), ("cat cat dog", ["cat dog dog"]),
        ("$5 million", ["5 million dollars", "$5million"]), ("x_y the_z", ["xy thez"]),
        ("Ⅷ the ２a", ["ⅷ ２a"]),
    ]
    out = []
    for predicted, answers in cases:
        right = [a for a in answers if words(a)] or [""]
        out.append(
            dict(
                predicted=predicted, answers=answers,
                exact=max(float(words(predicted) == words(a)) for a in right),
                f1=max(span_f1(predicted, a) for a in right)))
    return out


def multi_label(name, expected, predicted):
    score = lambda average: metrics.f1_score(expected, predicted, average=average, zero_division=0)
    return dict(
        name=name, expected=[[bool(v) for v in r] for r in expected],
        predicted=[[bool(v) for v in r] for r in predicted], macro_f1=score("macro"),
        micro_f1=score("micro"), sample_f1=score("samples"),
        subset_accuracy=metrics.accuracy_score(expected, predicted))


def multi_labels():
    expected = (np.array(wave(120, 12)).reshape(30, 4) > 0.3).astype(int)
    predicted = (np.array(wave(120, 13)).reshape(30, 4) + expected > 0.5).astype(int)
    sparse = expected.copy()
    sparse[:, 2] = 0
    silent = predicted.copy()
    silent[:, 2] = 0
    return [
        multi_label("plain", expected, predicted), multi_label("a label never", sparse, silent),
        multi_label("nothing", np.zeros((3, 2), int), np.zeros((3, 2), int)),
        multi_label("right", expected, expected),
    ]


golden = dict(
    classification=classifications(), binary=binaries(),
    multiclass=[multiclass("four", 40, 4, 20), multiclass("two", 40, 2, 24)], gain=all_gains(),
    ranking=rankings(), span=spans(), multi_label=multi_labels())
with open(sys.argv[1], "w") as file:
    json.dump(golden, file, ensure_ascii=False)
    file.write("\n")
