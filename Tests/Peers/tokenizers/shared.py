"""Writes goldens/shared.json: hashes of the ids that Hugging Face tokenizers give shared texts.

    python shared.py DIRECTORY_OF_SHARED_DATA

A hash covers 100 lines, so that a test can say where ids differ. The texts are not written.
"""

import gzip
import json
import pathlib
import sys

import tokenizers

OUT = pathlib.Path(__file__).resolve().parent / "goldens"
BLOCK = 100
DATA = pathlib.Path(sys.argv[1])
VOCABULARIES = DATA / "tokenizers"


def bert(lowercase):
    return tokenizers.BertWordPieceTokenizer(
        str(VOCABULARIES / "bert_base_uncased/bert-vocab.txt"), lowercase=lowercase)


TOKENIZERS = {
    "bert": bert(True), "bert-cased": bert(False),
    "gpt2": tokenizers.ByteLevelBPETokenizer(
        str(VOCABULARIES / "gpt2/gpt2-vocab.json"), str(VOCABULARIES / "gpt2/gpt2-merges.txt")),
}
FILES = ["naughty_strings/blns.txt", "war_and_peace/warandpeace.txt.gz"] + [
    f"multi30k/task1/raw/train.{language}.gz" for language in ("en", "de", "fr", "cs")]


def digest(lists):
    """FNV-1a of 64 bits over ids, -1 behind each list, folded to 32 bits."""
    state = 0xCBF29CE484222325
    for ids in lists:
        for value in [*ids, 0xFFFFFFFF]:
            state = ((state ^ value) * 0x100000001B3) % 2**64
    return f"{(state >> 32) ^ (state & 0xFFFFFFFF):08x}"


result = []
for name in FILES:
    content = (DATA / name).read_bytes()
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode()
    lines = text.split("\n")
    for kind, tok in TOKENIZERS.items():
        ids = [e.ids for e in tok.encode_batch(lines, add_special_tokens=False)]
        blocks = [digest(ids[i:i + BLOCK]) for i in range(0, len(ids), BLOCK)]
        result.append({"file": name, "tokenizer": kind, "lines": BLOCK, "hashes": " ".join(blocks)})
        if "peace" in name:
            whole = tok.encode(text, add_special_tokens=False).ids
            result.append({"file": name, "tokenizer": kind, "lines": len(lines), "hashes": digest([whole])})
(OUT / "shared.json").write_text(
    json.dumps(result, separators=(",", ":")).replace('{"file"', '\n{"file"') + "\n")
