"""Writes the files of goldens that begin with unigram or sentencepiece, and those of goldens.py.

    python unigram_goldens.py [DIRECTORY OF SHARED DATA]

Unigram models of Hugging Face tokenizers and of SentencePiece, trained on texts of this project,
with what these libraries make of odd texts. With the directory of shared data, hashes of the ids
of those texts are written too (`sentencepiece.shared.json`), never the texts.
"""

import gzip
import json
import pathlib
import sys

from sentencepiece import SentencePieceProcessor, SentencePieceTrainer, sentencepiece_model_pb2
from tokenizers import (
    AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers,
)

from goldens import OUT, TEXTS, case, save, text, write

STORIES = pathlib.Path(__file__).resolve().parents[3] / "corpora/stories.txt"
ODD = TEXTS + [
    "\u2581", "a\u2581b \u2581c", "\u2581\u2581", "   ", "<unk> <s> </s>", "1.000.000,00 0000000 !!!!!",
    "\uff21\uff22\uff23 \u3231 \ufdfa \u2460", "e\u0301e\u0302\u0323 \u1112\u1161\u11ab", "the<x>the <y> <x><x>",
    "<0x41> <0xE4>", "zzzzqqqq \u4e2d\u6587\u4e2d the \u4e2d", "the  old   sailor    ", "\r\n\r\n x\r\ny", "\u200b\u200d\ufeff",
]


def hugging_face(name, byte_fallback=False, normalizer=None, **metaspace):
    tok = Tokenizer(models.Unigram())
    tok.normalizer = normalizer
    tok.pre_tokenizer = pre_tokenizers.Metaspace(**metaspace)
    tok.decoder = decoders.Metaspace(**metaspace)
    special = ["<unk>", "<s>", "</s>"]
    if byte_fallback:
        special += [f"<0x{byte:02X}>" for byte in range(256)]
    tok.train_from_iterator([text.replace("\n", " ")], trainers.UnigramTrainer(
        vocab_size=300 + 256 * byte_fallback, special_tokens=special, unk_token="<unk>",
        show_progress=False))
    if byte_fallback:
        # The trainer leaves the option unset; bytes are pieces of the model, not added tokens.
        vocab = [tuple(pair) for pair in json.loads(tok.to_str())["model"]["vocab"]]
        whole = Tokenizer(models.Unigram(vocab, unk_id=0, byte_fallback=True))
        whole.normalizer, whole.pre_tokenizer, whole.decoder = normalizer, tok.pre_tokenizer, tok.decoder
        whole.add_special_tokens(special[:3])
        tok = whole
    else:
        tok.add_tokens([AddedToken("<x>", normalized=False)])
        tok.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    if not byte_fallback:
        return save(name, tok)
    # Several bytes of a run of unknown characters share offsets there, here each has its own.
    tok.save(str(OUT / f"{name}.tokenizer.json"))
    cases = [case(tok, t) for t in TEXTS]
    for item in cases:
        item["offsets"] = None
    write(f"{name}.cases.json", cases)


hugging_face("unigram", normalizer=normalizers.Nmt())
hugging_face("unigram-first", prepend_scheme="first")
hugging_face("unigram-whole", prepend_scheme="never", split=False)
hugging_face("unigram-bytes", byte_fallback=True)


def digest(lists):
    """FNV-1a of 64 bits over ids, -1 behind each list."""
    state = 0xCBF29CE484222325
    for ids in lists:
        for value in [*ids, -1]:
            state = ((state ^ (value % 2**32)) * 0x100000001B3) % 2**64
    return str(state)


def sentence_piece(name, **settings):
    SentencePieceTrainer.train(
        input=str(STORIES), model_prefix=str(OUT / f"sentencepiece.{name}"), num_threads=1,
        minloglevel=2, **settings)
    (OUT / f"sentencepiece.{name}.vocab").unlink()
    processor = SentencePieceProcessor(model_file=str(OUT / f"sentencepiece.{name}.model"))
    cases = []
    for odd in ODD:
        ids = processor.encode(odd)
        cases.append({"text": odd, "ids": ids, "decoded": processor.decode(ids)})
    write(f"sentencepiece.{name}.cases.json", cases)
    return processor


processors_by_name = {
    "nmt": sentence_piece("nmt", vocab_size=1000),
    "plain": sentence_piece(
        "plain", vocab_size=700, normalization_rule_name="identity", byte_fallback=True,
        add_dummy_prefix=False, remove_extra_whitespaces=False,
        user_defined_symbols=["<x>", "the<y>", " old"], control_symbols=["<c>"], pad_id=3),
    "suffix": sentence_piece(
        "suffix", vocab_size=500, normalization_rule_name="identity",
        treat_whitespace_as_suffix=True, split_by_whitespace=False),
}
# Byte pairs, with which the texts that they are tested on have no runs that pieces overlap in.
sentence_piece("pairs", vocab_size=700, model_type="bpe")
sentence_piece(
    "pairs-bytes", vocab_size=800, model_type="bpe", normalization_rule_name="identity", byte_fallback=True,
    remove_extra_whitespaces=False, user_defined_symbols=["<x>", "the<y>", " old"], control_symbols=["<c>"])

# What Hugging Face makes of SentencePiece's character map.
model = sentencepiece_model_pb2.ModelProto()
model.ParseFromString((OUT / "sentencepiece.nmt.model").read_bytes())
precompiled = normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap)
nmt = normalizers.Nmt()
write("sentencepiece.precompiled.json", [
    {"text": t, "precompiled": precompiled.normalize_str(t), "nmt": nmt.normalize_str(t)} for t in ODD])

if len(sys.argv) > 1:
    data = pathlib.Path(sys.argv[1])
    files = {
        "naughty_strings": (data / "naughty_strings/blns.txt").read_bytes(),
        "war_and_peace": gzip.open(data / "war_and_peace/warandpeace.txt.gz").read(),
        "multi30k.de": gzip.open(data / "multi30k/task1/raw/val.de.gz").read(),
        "multi30k.fr": gzip.open(data / "multi30k/task1/raw/val.fr.gz").read(),
        "multi30k.cs": gzip.open(data / "multi30k/task1/raw/val.cs.gz").read(),
    }
    result = {}
    for name, content in files.items():
        lines = content.decode().split("\n")
        for kind, processor in processors_by_name.items():
            encoded = processor.encode(lines)
            # A hash for every 4096 lines, so that a difference shows where it is.
            result[f"{name} {kind}"] = [
                digest(encoded[start:start + 4096]) for start in range(0, len(lines), 4096)]
    write("sentencepiece.shared.json", result)
