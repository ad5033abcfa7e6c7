"""Splits spooky_author and makes its training part imbalanced.

usage: make_spooky.py TRAIN.csv OUTPUT_DIRECTORY [RATIO]

Each sentence goes by the SHA-1 of its id to test (two tenths), validation (one tenth) or training.
Validation and test stay as they are. Of training, all of EAP is kept, and of HPL and MWS each as many
as EAP has divided by RATIO (20 unless said): those whose SHA-1 of "keep" and id is least. Files are
TSV with a header, for `apus train` and `apus evaluate`.
"""

import collections
import csv
import hashlib
import pathlib
import sys


def digest(text):
    return int(hashlib.sha1(text.encode()).hexdigest(), 16)


with open(sys.argv[1], newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
ratio = float(sys.argv[3]) if len(sys.argv) > 3 else 20
parts = collections.defaultdict(list)
for row in rows:
    tenth = digest(row["id"]) % 10
    parts["test" if tenth < 2 else "validation" if tenth == 2 else "train"].append(row)

counts = collections.Counter(row["author"] for row in parts["train"])
most = round(counts["EAP"] / ratio)
kept = [row for row in parts["train"] if row["author"] == "EAP"]
for author in ["HPL", "MWS"]:
    own = [row for row in parts["train"] if row["author"] == author]
    kept += sorted(own, key=lambda row: digest("keep" + row["id"]))[:most]
parts["train"] = sorted(kept, key=lambda row: digest("order" + row["id"]))

output = pathlib.Path(sys.argv[2])
output.mkdir(parents=True, exist_ok=True)
for name, part in parts.items():
    with open(output / f"{name}.tsv", "w", encoding="utf-8") as file:
        file.write("label\ttext\n")
        for row in part:
            file.write(f"{row['author']}\t{' '.join(row['text'].split())}\n")
    print(name, dict(sorted(collections.Counter(row["author"] for row in part).items())))
