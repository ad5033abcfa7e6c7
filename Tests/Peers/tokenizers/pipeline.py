"""Writes goldens/pipeline.json: what each step of Hugging Face's tokenizers makes of some texts.

    python pipeline.py
"""

import json
import pathlib

from tokenizers import Tokenizer

OUT = pathlib.Path(__file__).resolve().parent / "goldens"

TEXTS = [
    "", " ", "a", "  two  spaces ", "Hello, world!", "tab\tnewline\nreturn\r\n end", "don't I'LL we've",
    "x=1;y=[2]{3} $9.99... --", "12 345 \u0663\u0664\u00bd\u2167 x2y", "caf\u00e9 e\u0301 A\u030a\u212b o\u0323\u0302\u0301",
    "\u0130I\u0131 \u1e9e\u00df \ufb01 \u01c5 \u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
    "\u4e2d\u6587 \uff21\uff22 \u30ab\u30bf \uff76\uff9e \uac01\u1100\u1161\u11a8", "\U0001f44d\U0001f3fd \U0001f1e9\U0001f1ea \u2764\ufe0f",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u064e\u0631\u0652\u062d\u064e\u0628\u0627 \u0939\u093f\u0928\u094d\u0926\u0940 \u0e44\u0e17\u0e22",
    "nbsp\u00a0em\u2003id\u3000ls\u2028 zwj\u200d bom\ufeff", "\u201cq\u201d \u2018s\u2019 \u2014 \u2026 \u00bf\u00a1",
    "snake_case re-read a_1", "a--b,,c  d", "-x- y-", "aXXbXc", "\u1e9b\u0323 \u0344 \u2126 \u00b5 \u2460\u3300",
]


def normalizer(name, **fields):
    return {"type": name, **fields}


def sequence(*members):
    return {"type": "Sequence", "normalizers": list(members)}


def replaced(old, new, kind="String"):
    return normalizer("Replace", pattern={kind: old}, content=new)


NORMALIZERS = [
    normalizer("NFC"), normalizer("NFD"), normalizer("NFKC"), normalizer("NFKD"),
    normalizer("Lowercase"), normalizer("StripAccents"),
    normalizer("Strip", strip_left=True, strip_right=True),
    normalizer("Strip", strip_left=False, strip_right=True),
    normalizer("Prepend", prepend="\u2581"), replaced(" ", "\u2581"), replaced("e", ""),
    replaced("XX", "yyy"), replaced(" {2,}", " ", "Regex"), replaced(r"\s+", " ", "Regex"),
    sequence(normalizer("Prepend", prepend="\u2581"), replaced(" ", "\u2581")),
    sequence(normalizer("NFD"), normalizer("Lowercase"), normalizer("StripAccents")),
    sequence(normalizer("NFKC"), replaced(" {2,}", " ", "Regex"),
             normalizer("Strip", strip_left=True, strip_right=False), normalizer("Lowercase")),
    sequence(), sequence(normalizer("NFKD")),
]

EACH_CHARACTER = {"type": "Split", "pattern": {"Regex": r"[\s\S]"}, "behavior": "Isolated", "invert": False}


def pre(name, **fields):
    return {"type": name, **fields}


def split(text, behavior, invert=False):
    return pre("Split", pattern={"String": text}, behavior=behavior, invert=invert)


def steps(*members):
    return {"type": "Sequence", "pretokenizers": list(members)}


BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]


def byte_level(prefix, regex):
    return pre("ByteLevel", add_prefix_space=prefix, trim_offsets=True, use_regex=regex)


PRE_TOKENIZERS = [
    pre("Whitespace"), pre("WhitespaceSplit"), pre("BertPreTokenizer"),
    pre("Digits", individual_digits=True), pre("Digits", individual_digits=False),
    pre("CharDelimiterSplit", delimiter="-"), EACH_CHARACTER,
    *[pre("Punctuation", behavior=b) for b in BEHAVIORS],
    *[split("-", b) for b in BEHAVIORS], *[split(",,", b, True) for b in BEHAVIORS],
    split(" ", "MergedWithPrevious"), split(" ", "MergedWithNext"),
    *[byte_level(p, r) for p in (False, True) for r in (False, True)],
    steps(pre("Whitespace"), pre("Digits", individual_digits=True)),
    steps(pre("Digits", individual_digits=True), byte_level(False, True)),
    steps(pre("WhitespaceSplit"), byte_level(True, True)),
    steps(split(" ", "MergedWithNext"), pre("Punctuation", behavior="Isolated"), byte_level(True, False)),
    steps(pre("WhitespaceSplit")), steps(),
]

MODEL = {"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"}


def tokenizer(**parts):
    whole = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
             "pre_tokenizer": None, "post_processor": None, "decoder": None, "model": MODEL}
    return Tokenizer.from_str(json.dumps({**whole, **parts}))


def byte_offsets(text, offsets):
    starts = [0]
    for c in text:
        starts.append(starts[-1] + len(c.encode()))
    return [starts[i] for pair in offsets for i in pair]


normalized = []
for config in NORMALIZERS:
    tok = tokenizer(normalizer=config, pre_tokenizer=EACH_CHARACTER)
    normalized.append({"config": config, "results": [
        [tok.normalizer.normalize_str(t), byte_offsets(t, tok.encode(t).offsets)] for t in TEXTS]})

cut = []
for config in PRE_TOKENIZERS:
    pieces = tokenizer(pre_tokenizer=config).pre_tokenizer
    results = []
    for t in TEXTS:
        found = pieces.pre_tokenize_str(t)
        results.append([[p for p, _ in found], byte_offsets(t, [o for _, o in found])])
    cut.append({"config": config, "results": results})

TOKENS = [
    [], ["hello"], ["hel", "##lo", "wor", "##ld", "."], ["lo", "w</w>", "er</w>"],
    ["\u2581a", "\u2581b", "c"], ["<0xE4>", "<0xB8>", "<0xAD>", "x", "<0xE4>", "<0xB8>"], ["<0xZZ>", "<0x4>", "<0x41>"],
    ["h", "h", "<pad>", "h", "|", "|", "e", "<pad>", "<pad>", "'", "s"],
    ["\u0120a", "b\u0120", "\u00c3\u00a9", "\u00c3", "q", "\u4e2d"], [" a ", "  b", " ", "", "do", "n't"],
    ["\u2581\u2581x", "xx", "x"], ["#", "##", "###"],
]

DECODERS = [
    {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
    {"type": "WordPiece", "prefix": "##", "cleanup": True},
    {"type": "WordPiece", "prefix": "##", "cleanup": False},
    {"type": "BPEDecoder", "suffix": "</w>"}, {"type": "Fuse"}, {"type": "ByteFallback"},
    {"type": "Strip", "content": " ", "start": 1, "stop": 0}, {"type": "Strip", "content": "x", "start": 0, "stop": 2},
    {"type": "Strip", "content": " ", "start": 2, "stop": 1},
    {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
    {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": True},
    {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": False},
    {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"},
        {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
    {"type": "Sequence", "decoders": []},
]


def decode(config, tokens):
    try:
        return tokenizer(decoder=config).decoder.decode(tokens)
    except BaseException:  # the peer panics on tokens shorter than what is to be stripped
        return None


decoded = [{"config": c, "results": [decode(c, t) for t in TOKENS]} for c in DECODERS]

(OUT / "pipeline.json").write_text(json.dumps({
    "texts": TEXTS, "normalizers": normalized, "pre_tokenizers": cut, "tokens": TOKENS,
    "decoders": decoded}, indent=None, separators=(",", ":")).replace('{"config"', '\n{"config"') + "\n")
