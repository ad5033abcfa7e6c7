"""Writes Tests/ApusTrainingTests/Golden/translation_scores.json: BLEU and chrF as sacrebleu has them.

    python make_scores.py ../../ApusTrainingTests/Golden/translation_scores.json
"""

import json
import sys

import sacrebleu

CASES = {
    "sentences": (
        ["A man in an orange hat, staring at something.", "Two dogs run (fast) through 3,5 fields."],
        [["A man in an orange hat starring at something.", "Two dogs are running quickly through 3.5 fields."]],
    ),
    "entities and hyphens": (
        ["He said &quot;no&quot; &amp; left at 10-11 p.m. -- really?", "U.S.-based firms' 1,000.50 costs..."],
        [['He said "no" & left at 10 - 11 p.m. - really?', "U.S. based firms 1,000.50 costs ..."]],
    ),
    "other scripts": (
        ["Ein Männchen läuft über die Straße.", "这 是 一个 测试。", "мир\u00a0и труд, да!"],
        [["Ein Mann läuft über eine Straße.", "这是 一个 小 测试。", "мир и труд да !"]],
    ),
    "no matches": (["alpha beta", "gamma"], [["delta epsilon", "zeta eta theta"]]),
    "one order": (["the the the the"], [["the cat sat on the mat"]]),
    "short": (["one two"], [["one two"]]),
    "smoothed": (["a b c d e f", "x y"], [["a b z d q f", "y x w"]]),
    "empty": (["", "a b c d e"], [["nothing here at all", "a b c d e"]]),
    "two references": (
        ["the cat is on the mat", "a b c d f g"],
        [["there is a cat on the mat", "a b c d e"], ["the cat sits on the mat", "a b c d f g h"]],
    ),
    "longer and shorter": (
        ["it is a guide to action which ensures that the military always obeys the commands of the party"],
        [
            ["it is a guide to action that ensures that the military will forever heed party commands"],
            ["it is the guiding principle which guarantees the military forces always being under the command"],
            ["it is the practical guide for the army always to heed the directions of the party"],
        ],
    ),
}


def main():
    cases = []
    for name, (outputs, references) in CASES.items():
        cases.append(
            {
                "name": name,
                "outputs": outputs,
                "references": [list(line) for line in zip(*references)],
                "bleu": sacrebleu.corpus_bleu(outputs, references, force=True).score,
                "bleu_none": sacrebleu.corpus_bleu(outputs, references, tokenize="none", force=True).score,
                "chrf": sacrebleu.corpus_chrf(outputs, references).score,
            }
        )
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump({"sacrebleu": sacrebleu.__version__, "cases": cases}, file, ensure_ascii=False, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
