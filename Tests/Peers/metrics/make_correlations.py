"""Writes Tests/ApusTrainingTests/Golden/correlations.json: correlations as SciPy has them.

    python make_correlations.py ../../ApusTrainingTests/Golden/correlations.json
"""

import json
import math
import sys

import scipy
from scipy.stats import pearsonr, rankdata, spearmanr

CASES = {
    "waves": ([math.sin(0.7 * i) for i in range(50)], [math.cos(0.3 * i) + 0.1 * i for i in range(50)]),
    "ties": ([i % 5 for i in range(40)], [(i * i) % 7 for i in range(40)]),
    "scores of STS": ([i % 21 / 4 for i in range(60)], [math.tanh((i % 21) / 9) + 0.2 * math.sin(i) for i in range(60)]),
    "opposite": ([1, 2, 3, 4, 5], [9, 7, 5, 3, 1]),
    "monotone": ([1, 2, 3, 4, 5], [1, 8, 27, 64, 125]),
    "two": ([0.25, 0.75], [3, -1]),
    "large": ([1e200 * math.sin(i) for i in range(20)], [1e-200 * math.sin(i + 0.5) for i in range(20)]),
    "far from zero": ([1e6 + math.sin(i) for i in range(20)], [1e6 + math.sin(1.3 * i) for i in range(20)]),
}


def main():
    cases = []
    for name, (first, second) in CASES.items():
        cases.append(
            {
                "name": name,
                "first": first,
                "second": second,
                "pearson": float(pearsonr(first, second).statistic),
                "spearman": float(spearmanr(first, second).statistic),
                "ranks": rankdata(second).tolist(),
            }
        )
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump({"scipy": scipy.__version__, "cases": cases}, file, indent=1)
        file.write("\n")


main()
