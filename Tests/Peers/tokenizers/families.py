"""Writes the goldens of tokenizers of characters and words, and of truncation.

    python families.py

Makes goldens/NAME.tokenizer.json with NAME.cases.json, as goldens.py does for other families, and
goldens/truncation.json.
"""

import json

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from goldens import OUT, PAIRS, TEXTS, case, text

BYTES = [f"<0x{b:02X}>" for b in range(256)]


def trained(model, trainer, **parts):
    tok = Tokenizer(model)
    for name, part in parts.items():
        setattr(tok, name, part)
    tok.train_from_iterator(text.splitlines(), trainer)
    return tok


def openai():
    """As of the first GPT: words with a mark at their end."""
    # The trainer numbers the characters with </w> in the order of a hash map; see goldens.wordpiece.
    normalizer = normalizers.BertNormalizer(lowercase=True)
    pre = pre_tokenizers.BertPreTokenizer()
    words = [w for line in text.splitlines() for w, _ in pre.pre_tokenize_str(normalizer.normalize_str(line))]
    alphabet = sorted({c for w in words for c in w}) + sorted({w[-1] + "</w>" for w in words})
    tok = trained(
        models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"),
        trainers.BpeTrainer(vocab_size=300, special_tokens=["<unk>"] + alphabet, end_of_word_suffix="</w>",
                            show_progress=False),
        normalizer=normalizer, pre_tokenizer=pre, decoder=decoders.BPEDecoder())
    return without_added(tok, ["<unk>"])


def continuing():
    """Marks inside of words, and unknown characters fused."""
    pre = pre_tokenizers.Whitespace()
    words = [w for line in text.splitlines() for w, _ in pre.pre_tokenize_str(line)]
    alphabet = sorted({w[0] for w in words}) + sorted({"##" + c for w in words for c in w[1:]})
    tok = trained(
        models.BPE(unk_token="[UNK]", continuing_subword_prefix="##", fuse_unk=True),
        trainers.BpeTrainer(vocab_size=300, special_tokens=["[UNK]"] + alphabet,
                            continuing_subword_prefix="##", show_progress=False),
        pre_tokenizer=pre, decoder=decoders.WordPiece())
    return without_added(tok, ["[UNK]"])


def fallback():
    """As of Llama 2: bytes for unknown characters, whole texts as pieces."""
    tok = trained(
        models.BPE(), trainers.BpeTrainer(vocab_size=300, show_progress=False),
        pre_tokenizer=pre_tokenizers.Metaspace(prepend_scheme="always"))
    old = json.loads(tok.to_str())["model"]
    tokens = ["<unk>", "<s>", "</s>"] + BYTES + sorted(old["vocab"], key=old["vocab"].get)
    tok = Tokenizer(models.BPE(
        vocab={t: i for i, t in enumerate(tokens)}, merges=[tuple(m) for m in old["merges"]],
        unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tok.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tok.decoder = decoders.Sequence([
        decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tok.add_special_tokens(["<unk>", "<s>", "</s>"])
    tok.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    return tok


def without_added(tok, special):
    """The tokenizer without the added tokens that only made the trainer's order defined."""
    value = json.loads(tok.to_str())
    value["added_tokens"] = [t for t in value["added_tokens"] if t["content"] in special]
    return Tokenizer.from_str(json.dumps(value))


def ignoring():
    """As of Llama 3: whole words first, on bytes, with a sequence of post-processors."""
    tok = Tokenizer.from_file(str(OUT / "bpe.tokenizer.json"))
    value = json.loads(tok.to_str())
    value["model"]["ignore_merges"] = True
    value["model"]["vocab"]["\u0120xyz"] = 600
    value["model"]["vocab"]["Q\u00c3\u00a9"] = 601
    value["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [
        {"type": "Digits", "individual_digits": True},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}]}
    tok = Tokenizer.from_str(json.dumps(value))
    tok.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<|endoftext|> $A", pair="<|endoftext|> $A $B:1",
                                      special_tokens=[("<|endoftext|>", 0)])])
    return tok


def splitting(digits, **parts):
    """As of Llama 3 and Qwen 2: GPT-4's pattern, written out, before the bytes."""
    pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|" + digits +
               r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tok.decoder = decoders.ByteLevel()
    for name, part in parts.items():
        setattr(tok, name, part)
    # Numbers and newlines beside words, so that what the pattern cuts can be told from ids.
    tok.train_from_iterator([text + "12345 (again)!\n\n\tI'LL WE'RE\r\n" * 50], trainers.BpeTrainer(
        vocab_size=600, min_frequency=2, special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return tok


def roberta():
    tok = Tokenizer.from_file(str(OUT / "bpe.tokenizer.json"))
    tok.post_processor = processors.RobertaProcessing(
        ("<|endoftext|>", 0), ("!", 1), trim_offsets=True, add_prefix_space=False)
    return tok


def words(pre, lowercase, size):
    parts = {"normalizer": normalizers.Lowercase()} if lowercase else {}
    return trained(
        models.WordLevel(unk_token="[UNK]"),
        trainers.WordLevelTrainer(vocab_size=size, min_frequency=3, special_tokens=["[UNK]", "[PAD]"],
                                  show_progress=False), pre_tokenizer=pre, **parts)


# What GPT-4's pattern treats in its own way.
MORE = TEXTS[0::2][:14] + [
    "I'LL WE'RE it'S 'Twas'D a'\u017f x'\u017fx", "1234567 1\u00bd2\u0663\u0664 x12345y", "!!\n\n?\r\n .\n a",
    "a \n b\t\n\t c\r\rd  \n", "\thello  hello \u00a0hello\u2028x \u3000", "(a)[b]{c}--d ..e \u0301f", "  \n\n  \n   x", " 12345 (again)!\n\n\t"]


def save(name, tok):
    """Every second text is enough; long words of one kind are left to the other families."""
    tok.save(str(OUT / f"{name}.tokenizer.json"), pretty=False)
    texts = [t for t in TEXTS[1::2] if len(t) < 200] + ["\u4e2d\U0001f600\u4e2d a", " xyz Q\u00e9 xyzQ\u00e9 x2"]
    texts += MORE if name.startswith("bpe-words") else []
    cases = [case(tok, t) for t in texts] + [case(tok, *p) for p in PAIRS]
    if tok.normalizer and "NFC" in repr(tok.normalizer):
        # There a composed character has the place of its first part, here that of all.
        for item in cases:
            item["offsets"] = None
    (OUT / f"{name}.cases.json").write_text(json.dumps(cases, separators=(",", ":")).replace('{"text"', '\n{"text"') + "\n")


for name, make in (("bpe-suffix", openai), ("bpe-prefix-mark", continuing), ("bpe-fallback", fallback),
                   ("bpe-ignoring", ignoring), ("roberta", roberta),
                   ("bpe-words", lambda: splitting(r"\p{N}{1,3}")),
                   ("bpe-words-digit", lambda: splitting(r"\p{N}", normalizer=normalizers.NFC()))):
    save(name, make())
save("word", words(pre_tokenizers.Whitespace(), True, 60))
save("word-split", words(pre_tokenizers.WhitespaceSplit(), False, 1000))

LONG = "The old sailor watched the lighthouse, slowly."
SHORT = "An unhappy traveller"
cases = []
for name in ("wordpiece", "roberta", "bpe"):
    tok = Tokenizer.from_file(str(OUT / f"{name}.tokenizer.json"))
    for pair in (None, SHORT, LONG, ""):
        for strategy in ("longest_first", "only_first", "only_second"):
            for side in ("right", "left"):
                for length in (3, 4, 7, 8, 9, 15, 100):
                    for stride in (0, 2):
                        try:
                            tok.enable_truncation(length, stride=stride, strategy=strategy, direction=side)
                            e = tok.encode(LONG, pair)
                        except ValueError:  # it refuses strides that some texts would allow
                            continue
                        except BaseException:
                            e = None
                        # It leaves texts whole where the special tokens alone are too long; we refuse.
                        if length < tok.num_special_tokens_to_add(pair is not None):
                            e = None
                        windows = e and [
                            [w.ids, w.type_ids, [i for o in w.offsets for i in o], w.special_tokens_mask]
                            for w in [e] + e.overflowing]
                        cases.append({"tokenizer": name, "pair": pair, "options": json.loads(tok.to_str())["truncation"],
                                      "windows": windows})
kept = [c for i, c in enumerate(cases) if i % 11 in (0, 3)]
(OUT / "truncation.json").write_text(
    json.dumps({"text": LONG, "cases": kept}, separators=(",", ":")).replace('{"tokenizer"', '\n{"tokenizer"') + "\n")
