"""Writes Sources/ApusText/Unicode/UnicodeRanges.swift.

The character classes that decide where Hugging Face's tokenizers cut text come from several
libraries with different Unicode versions, so they are measured: every scalar is put through the
normalizer or pre-tokenizer in question.

    python unicode_tables.py > ../../../Sources/ApusText/Unicode/UnicodeRanges.swift
"""

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
clean = normalizers.BertNormalizer(**off | dict(clean_text=True))
spaced = normalizers.BertNormalizer(**off | dict(handle_chinese_chars=True))
stripped = normalizers.BertNormalizer(**off | dict(strip_accents=True))
decomposed = normalizers.NFD()
bert = pre_tokenizers.BertPreTokenizer()
words = pre_tokenizers.Whitespace()


def matcher(pattern):
    split = pre_tokenizers.Split(Regex(pattern), "removed")
    return lambda c: not split.pre_tokenize_str(c)


classes = {
    "letter": ("`\\\\p{L}` of GPT-2's pattern.", matcher(r"\p{L}")),
    "number": ("`\\\\p{N}` of GPT-2's pattern.", matcher(r"\p{N}")),
    "whitespace": (
        "`\\\\s` of GPT-2's pattern; also what BERT's pre-tokenizer drops.",
        matcher(r"\s"),
    ),
    "punctuation": (
        "What BERT's pre-tokenizer isolates.",
        lambda c: len(bert.pre_tokenize_str("a" + c + "a")) == 3,
    ),
    "word": (
        "`\\\\w` of the pre-tokenizer Whitespace.",
        lambda c: len(words.pre_tokenize_str("a" + c)) == 1 and words.pre_tokenize_str(c) != [],
    ),
    "unclean": ("What BERT's normalizer removes.", lambda c: clean.normalize_str(c) == ""),
    "ideograph": ("What BERT's normalizer puts spaces around.", lambda c: spaced.normalize_str(c) != c),
    "nonspacingMark": (
        "Marks that BERT's normalizer strips.",
        lambda c: stripped.normalize_str(c) == "",
    ),
    "decomposable": (
        "What canonical decomposition changes.",
        lambda c: decomposed.normalize_str(c) != c,
    ),
}


def ranges(test):
    found = []
    for value in range(0x110000):
        if 0xD800 <= value < 0xE000 or not test(chr(value)):
            continue
        if found and found[-1][1] == value:
            found[-1][1] += 1
        else:
            found.append([value, value + 1])
    return found


print("// Measured on Hugging Face tokenizers", tokenizers.__version__)
print("// by Tests/Peers/tokenizers/unicode_tables.py; each pair of numbers is a half-open range.")
print()
print("enum UnicodeRanges {")
for position, (name, (comment, test)) in enumerate(classes.items()):
    if position:
        print()
    print(f"  /// {comment}".replace("\\\\", "\\"))
    print(f"  static let {name}: [UInt32] = [")
    line = "   "
    for low, high in ranges(test):
        item = f" {low:#x}, {high:#x},"
        if len(line) + len(item) > 100:
            print(line)
            line = "   "
        line += item
    print(line)
    print("  ]")
print("}")
