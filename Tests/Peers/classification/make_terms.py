"""Writes goldens/terms.json: scikit-learn's TfidfVectorizer on a few texts, with each choice of features.

usage: make_terms.py

Each case has the settings, the vocabulary and for each text the ids and weights of its row. Limits are such
that no two terms of equal rank stand on both sides of them, since scikit-learn leaves open which it takes.
Needs scikit-learn.
"""

import json
import pathlib

import numpy
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import chi2

TEXTS = [
    ("space", "The shuttle left the launch pad; the crew waved. A launch, at last!"),
    ("space", "Orbit: 3.5 times around the Moon's far side, e.g. behind it -- x_1 = 22."),
    ("cars", "My old car's engine died. The ENGINE, not the car..."),
    ("cars", "Été à Zürich: l'ÎLE où l'on gagne; straße, 自動車 and ½ или АВТО"),
    ("cars", ""),
    ("space", "a b c ! ?"),
    ("cars", "engine engine engine car car the oil oil"),
]


def case(name, limit=None, by="frequency", **settings):
    settings = {"sublinear_tf": True, "lowercase": True, "ngram_range": (1, 1), **settings}
    texts = [text for _, text in TEXTS]
    counting = {key: value for key, value in settings.items() if key != "sublinear_tf"}
    counter = CountVectorizer(**counting)
    counts = counter.fit_transform(texts)
    names = numpy.array(counter.get_feature_names_out())
    vocabulary = None
    if limit is not None:
        labels = [label for label, _ in TEXTS]
        ranks = chi2(counts, labels)[0] if by == "chi-squared" else counts.sum(0).A1
        ordered = numpy.sort(ranks)[::-1]
        assert ordered[limit - 1] - ordered[limit] > 1e-9, f"{name}: equal ranks at the limit"
        vocabulary = sorted(names[numpy.argsort(-ranks)[:limit]])
        settings = {k: v for k, v in settings.items() if k not in ("min_df", "max_df")}
    vectorizer = TfidfVectorizer(vocabulary=vocabulary, **settings)
    rows = vectorizer.fit_transform(texts)
    rows.sort_indices()
    if limit is not None and by == "frequency":
        own = TfidfVectorizer(max_features=limit, **settings).fit(texts)
        assert list(own.get_feature_names_out()) == vocabulary
    return {
        "name": name, "limit": limit, "by": by,
        "words": list(settings["ngram_range"]), "lowercases": settings["lowercase"],
        "sublinear": settings["sublinear_tf"], "fewest": counting.get("min_df", 1),
        "share": counting.get("max_df", 1.0),
        "terms": list(vectorizer.get_feature_names_out()),
        "rows": [
            {"ids": row.indices.tolist(), "weights": row.data.tolist()}
            for row in (rows[index] for index in range(rows.shape[0]))
        ],
    }


CASES = [
    case("words"),
    case("pairs", ngram_range=(1, 2)),
    case("triples alone", ngram_range=(3, 3)),
    case("counts and capitals", sublinear_tf=False, lowercase=False),
    case("of two texts or more, and of a third at most", min_df=2, max_df=0.3),
    case("the most frequent", limit=2),
    case("the most telling", limit=4, by="chi-squared"),
]
path = pathlib.Path(__file__).parent / "goldens/terms.json"
path.write_text(
    json.dumps({"texts": TEXTS, "cases": CASES}, ensure_ascii=False, indent=1) + "\n")
print(path, path.stat().st_size)
