"""Compares two ways of training over the same seeds.

usage: compare_runs.py MEASURE BASE.json... -- OTHER.json...

Each file is what `apus evaluate --json` printed; the files of both ways stand in the order of the
seeds. Prints means, deviations, the paired t-test and Wilcoxon's signed-rank test, both two-sided.
"""

import json
import statistics
import sys

from scipy import stats

measure, files = sys.argv[1], sys.argv[2:]
border = files.index("--")


def values(paths):
    return [json.load(open(path))[measure] for path in paths]


base, other = values(files[:border]), values(files[border + 1:])
assert len(base) == len(other)
for name, found in [("base", base), ("other", other)]:
    print(f"{name}: mean {statistics.mean(found):.4f}, deviation {statistics.stdev(found):.4f}, "
          + " ".join(f"{v:.4f}" for v in found))
gains = [b - a for a, b in zip(base, other)]
print(f"gain: mean {statistics.mean(gains):.4f}, " + " ".join(f"{v:+.4f}" for v in gains))
print(f"paired t-test: p = {stats.ttest_rel(other, base).pvalue:.2g}; "
      f"Wilcoxon: p = {stats.wilcoxon(other, base).pvalue:.2g}")
