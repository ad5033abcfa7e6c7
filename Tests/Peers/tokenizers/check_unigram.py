"""Compares Unigram tokenizers of Apus with SentencePiece and Hugging Face tokenizers.

    python check_unigram.py APUS DIRECTORY_OF_SHARED_DATA

Each program trains on the same text. Tokenizers that Apus wrote are read by the peers, those of
the peers by Apus, and the ids of every line must be equal. Then the tokens that the vocabularies of
Apus and SentencePiece need for each text are counted. Exits with 1 if ids differ.
"""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

apus, data = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
STORIES = pathlib.Path(__file__).resolve().parents[3] / "corpora/stories.txt"
TEXTS = {f"multi30k.{language}": data / f"multi30k/task1/raw/val.{language}.gz"
         for language in ("en", "de", "fr", "cs")}
TEXTS["war_and_peace"] = data / "war_and_peace/warandpeace.txt.gz"
TEXTS["naughty_strings"] = data / "naughty_strings/blns.txt"
SIZE = 4000


def content(path):
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        # A line is what Apus reads as one.
        return file.read().replace(b"\r", b"").decode(errors="replace")


def of_apus(model, path):
    lines = subprocess.run(
        [apus, "tokenizer", "encode", model, "--input", path, "--json", "--no-special"],
        check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def train_hugging_face(path, output):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train([str(path)], trainers.UnigramTrainer(
        vocab_size=SIZE, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False))
    tokenizer.save(str(output))


differing = 0
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    sources = {}
    for text, path in TEXTS.items():
        lines = content(path).removesuffix("\n").split("\n")
        sources[text] = folder / f"{text}.txt"
        sources[text].write_bytes(("\n".join(lines) + "\n").encode())
    corpora = {text: sources[text] for text in ("multi30k.de", "war_and_peace")} | {"stories": STORIES}
    for corpus, source in corpora.items():
        for output in ("apus.json", "apus.model"):
            subprocess.run(
                [apus, "tokenizer", "train", "--kind", "unigram", "--vocabulary-size", str(SIZE),
                 "--documents", "lines", "--output", folder / output, source],
                check=True, capture_output=True)
        SentencePieceTrainer.train(
            input=str(source), model_prefix=str(folder / "peer"), vocab_size=SIZE, num_threads=1,
            hard_vocab_limit=False, minloglevel=2)
        train_hugging_face(source, folder / "peer.json")
        for text, path in sources.items():
            lines = path.read_bytes().decode().removesuffix("\n").split("\n")
            counts = {}
            for model in ("apus.json", "apus.model", "peer.json", "peer.model"):
                ours = of_apus(folder / model, path)
                if model.endswith(".json"):
                    tokenizer = Tokenizer.from_file(str(folder / model))
                    theirs = [e.ids for e in tokenizer.encode_batch(lines, add_special_tokens=False)]
                else:
                    theirs = SentencePieceProcessor(model_file=str(folder / model)).encode(lines)
                wrong = sum(a != b for a, b in zip(ours, theirs)) + abs(len(ours) - len(theirs))
                differing += wrong
                counts[model] = sum(map(len, ours))
                if wrong:
                    print(f"{corpus} {model} {text}: {wrong} of {len(lines)} lines differ")
            ratio = counts["apus.json"] / counts["peer.model"]
            print(f"{corpus} on {text}: {len(lines)} lines, {ratio:.4f} of SentencePiece's tokens",
                  flush=True)
sys.exit(differing > 0)
