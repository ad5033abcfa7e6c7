"""Checks that what Apus writes loads in Hugging Face tokenizers and gives the same ids there.

    python check_written.py APUS TEXT...

APUS is the built program and each TEXT a file of UTF-8, gzip or not. A tokenizer of each kind is
trained on the first lines of all, saved as tokenizer.json, that of lower-case word pieces as vocab.txt
too and that of byte pairs as vocab.json and merges.txt, and read here; then both encode every line of
every text, single and as pairs cut to 40 tokens with windows. Prints the number of lines compared;
exits with 1 at the first difference.
"""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

import tokenizers

APUS, TEXTS = sys.argv[1], [pathlib.Path(path) for path in sys.argv[2:]]
FOLDER = pathlib.Path(tempfile.mkdtemp())
KINDS = {
    "bpe": ["--vocabulary-size", "2000"], "bpe-prefix": ["--vocabulary-size", "2000", "--prefix-space"],
    "wordpiece": ["--vocabulary-size", "2000"],
    "wordpiece-cased": ["--vocabulary-size", "2000", "--no-lowercase", "--alphabet-limit", "200"],
    "unigram": ["--vocabulary-size", "1000", "--byte-fallback"], "word": ["--minimum-count", "3"],
    "character": [],
}


def apus(*arguments):
    done = subprocess.run([APUS, "tokenizer", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{arguments}: {done.stderr}")
    return done.stdout


def lines_of(path):
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return [line.removesuffix("\r") for line in text.split("\n")]


def compare(name, saved, theirs, texts):
    """Compares ids of lines, and of each line with the next as a pair."""
    count = 0
    for path, lines in texts.items():
        pairs = FOLDER / "pairs.jsonl"
        pairs.write_text("".join(
            json.dumps({"text": a, "pair": b}) + "\n" for a, b in zip(lines, lines[1:])))
        theirs.no_truncation()
        ours = apus("encode", saved, "--input", pairs, "--json").splitlines()
        for line, ids, encoding in zip(lines[:-1], ours, theirs.encode_batch(lines[:-1]), strict=True):
            if json.loads(ids) != encoding.ids:
                sys.exit(f"{name}, {path}: {line!r}\n{ids}\n{encoding.ids}")
            count += 1
        theirs.enable_truncation(40, stride=3, strategy="longest_first")
        ours = apus("encode", saved, "--input", pairs, "--json", "--offsets", "--pair-key", "pair",
                    "--max-length", 40, "--windows", "--stride", 3, "--threads", 2).splitlines()
        encodings = theirs.encode_batch(list(zip(lines, lines[1:])))
        for line, found, encoding in zip(lines[:-1], ours, encodings, strict=True):
            expected = [(e.ids, e.type_ids) for e in [encoding, *encoding.overflowing]]
            if [(e["ids"], e["segments"]) for e in json.loads(found)] != expected:
                sys.exit(f"{name}, pairs of {path}: {line!r}\n{found}\n{expected}")
            count += 1
    return count


texts = {path: lines_of(path) for path in TEXTS}
corpus = FOLDER / "corpus.txt"
corpus.write_text("\n".join(line for lines in texts.values() for line in lines[:3000]))
for name, options in KINDS.items():
    saved = FOLDER / f"{name}.json"
    apus("train", "--kind", name.split("-")[0], "--documents", "lines", "--output", saved, *options, corpus)
    count = compare(name, saved, tokenizers.Tokenizer.from_file(str(saved)), texts)
    print(f"{name}: tokenizer.json agrees on {count} encodings")
    if name == "wordpiece":
        vocabulary = FOLDER / "vocab.txt"
        apus("convert", saved, "--output", vocabulary)
        theirs = tokenizers.BertWordPieceTokenizer(str(vocabulary), lowercase=True)
        count = compare(name, vocabulary, theirs, texts)
        print(f"{name}: vocab.txt agrees on {count} encodings")
    if name == "bpe":
        folder = FOLDER / "gpt2"
        folder.mkdir()
        files = [str(folder / "vocab.json"), str(folder / "merges.txt")]
        apus("convert", saved, "--output", files[0], "--merges", files[1])
        theirs = tokenizers.ByteLevelBPETokenizer(*files)
        theirs.add_special_tokens(["<|endoftext|>"])
        count = compare(name, folder, theirs, texts)
        print(f"{name}: vocab.json and merges.txt agree on {count} encodings")
