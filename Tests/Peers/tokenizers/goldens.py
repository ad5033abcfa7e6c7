"""Writes the files of the folder goldens with Hugging Face tokenizers.

    python goldens.py

Texts are composed here.
"""

import json
import pathlib

import tokenizers
from tokenizers import (
    AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors,
    trainers,
)

OUT = pathlib.Path(__file__).resolve().parent / "goldens"
OUT.mkdir(exist_ok=True)

SUBJECTS = ["The old sailor", "A curious child", "My neighbour's cat", "The café owner",
            "Professor Müller", "Every second engine", "The naïve student", "An unhappy traveller"]
VERBS = ["watched", "repaired", "didn't believe", "was carrying", "re-read", "counted", "has lost"]
OBJECTS = ["the lighthouse", "seventeen kettles", "an unreadable letter", "the river's map",
           "12 of 48 lanterns", "a walking stick", "crème brûlée", "their unkindness"]
ENDS = [".", "!", " yesterday.", ", slowly.", "; nobody knew why.", " (again)?"]


def training_text():
    lines = []
    for i in range(1500):
        lines.append(
            f"{SUBJECTS[i * i % 8]} {VERBS[(i * 5 + i // 7) % 7]} "
            f"{OBJECTS[(i * 3 + i // 8) % 8]}{ENDS[(i + i // 11) % 6]}")
        if i % 9 == 0:
            lines.append("")
    return "\n".join(lines) + "\n"


TEXTS = [
    "", " ", "a", "Hello, world!", "  two  spaces ", "tab\tnewline\nreturn\r\nend", "\n\n\n", " \n x",
    "don't won't I'll we've they're I'd it's I'm 'tis 'Twas ''s", "DON'T WE'RE",
    "The old sailor watched the lighthouse.", "unhappy unkindness unreadable walking",
    "12345 3.14 1,000,000 2nd ½ ² Ⅷ ٣٤", "x=1;y=[2]{3}<4>|5|~`^$+\\/_-",
    "café naïve Müller crème brûlée", "cafe\u0301 nai\u0308ve A\u030a \u212b \u00c5 e\u0323\u0302 \u1ec7",
    "İstanbul ıssız ẞ ß ﬁ ǅ Σίσυφος ΟΔΟΣ", "Привет, мир! Ёлка и й", "中文字符 混合 English 日本語テスト カタカナ 한국어 각",
    "𠀀𪛟 㐀", "😀 👍🏽 👩‍👩‍👧‍👦 🇩🇪 ❤️", "مرحبا بالعالم שלום עולם \u202bRTL\u202c", "हिन्दी தமிழ் ไทย ກີບ",
    "nul\u0000byte bell\u0007 del\u007f c1\u0085x \u009f soft\u00adhyphen zwj\u200d bom\ufeff \ufffd",
    "nbsp\u00a0em\u2003thin\u2009ideographic\u3000line\u2028para\u2029end", "\u000b\u000c vertical",
    "“quoted” ‘single’ — dash … ellipsis", "a" * 99 + " " + "b" * 100 + " " + "c" * 101,
    "é" * 101 + " ok", "lighthouse" * 30, "<|endoftext|>", "one<|endoftext|>two <|endoftext|> three",
    "[CLS] [MASK] kettle[SEP] [mask] [UNK]", "trailing space ", "a  b   c    d", "\u00a0 x\u00a0\u00a0y",
    "\u3131\u1100\u1161\u11a8 \uac01", "\u0378\u1c89 \ua7cb", "\u0301start \u0300\u0301",
    "a\u0345\u0315\u0300\u05ae\u0062", "\ud7ff\ue000 \U0010ffff \ufdd0", "snake_case camelCase kebab-case",
    "http://example.org/?q=1&r=%20#top a@b.co", "She said: \"No.\" Then left...",
]
PAIRS = [("The old sailor", "watched the lighthouse."), ("", "x"), ("a b c", ""), ("é", "中")]


def byte_offsets(text, offsets):
    starts = [0]
    for c in text:
        starts.append(starts[-1] + len(c.encode()))
    return [[starts[a], starts[b]] for a, b in offsets]


def case(tok, text, pair=None):
    e = tok.encode(text, pair)
    result = {"text": text, "ids": e.ids}
    if pair is None:
        plain = tok.encode(text, add_special_tokens=False)
        result["plain"] = plain.ids
        result["offsets"] = byte_offsets(text, plain.offsets)
        result["decoded"] = tok.decode(e.ids)
        result["decoded_all"] = tok.decode(e.ids, skip_special_tokens=False)
    else:
        result["pair"] = pair
        result["type_ids"] = e.type_ids
    return result


def write(name, value):
    (OUT / name).write_text(json.dumps(value, indent=0, ensure_ascii=True) + "\n")


def save(name, tok):
    tok.save(str(OUT / f"{name}.tokenizer.json"))
    write(f"{name}.cases.json", [case(tok, t) for t in TEXTS] + [case(tok, *p) for p in PAIRS])


def bpe(prefix=False):
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    tok.post_processor = processors.ByteLevel(trim_offsets=not prefix)
    tok.decoder = decoders.ByteLevel()
    tok.train_from_iterator([text], trainers.BpeTrainer(
        vocab_size=600, min_frequency=2, special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return tok


SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def wordpiece(lowercase=True):
    tok = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tok.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tok.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tok.decoder = decoders.WordPiece()
    # The trainer numbers the ## characters in the order of a hash map, and ties depend on these
    # numbers. Handing them in as special tokens, in the order of the alphabet, makes it defined.
    words = [w for w, _ in tok.pre_tokenizer.pre_tokenize_str(tok.normalizer.normalize_str(text))]
    alphabet = sorted({c for w in words for c in w})
    inside = sorted({c for w in words for c in w[1:]})
    trained = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    trained.normalizer, trained.pre_tokenizer = tok.normalizer, tok.pre_tokenizer
    trained.train_from_iterator([text], trainers.WordPieceTrainer(
        vocab_size=260, min_frequency=2, show_progress=False,
        special_tokens=SPECIAL + alphabet + ["##" + c for c in inside]))
    tok.model = trained.model
    tok.add_special_tokens(SPECIAL)
    tok.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tok


def character():
    tok = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tok.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tok.decoder = decoders.Fuse()
    tok.train_from_iterator(
        [text], trainers.WordLevelTrainer(special_tokens=["[UNK]"], show_progress=False))
    return tok


def added():
    """Added tokens of every kind on top of the word pieces."""
    tok = wordpiece()
    tok.add_tokens([
        AddedToken("kettle", normalized=True), AddedToken("<word>", single_word=True, normalized=False),
        AddedToken("<left>", lstrip=True, normalized=False),
        AddedToken("<right>", rstrip=True, normalized=False)])
    return tok


text = training_text()
(OUT / "training.txt").write_text(text)
save("bpe", bpe())
save("bpe-prefix", bpe(prefix=True))
save("character", character())
save("wordpiece", wordpiece())
save("wordpiece-cased", wordpiece(lowercase=False))
tok = added()
tok.save(str(OUT / "added.tokenizer.json"))
write("added.cases.json", [case(tok, t) for t in [
    "a kettle Kettle KETTLE kettles", "<word> x<word> <word>x (<word>)", "a  <left>  b <left><left>",
    "a  <right>  b<right> <right>", "[MASK]<left> [SEP]", "[CLS] kettle <right>"]])
