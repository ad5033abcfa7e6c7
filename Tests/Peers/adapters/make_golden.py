"""Adapters made by peft over a tiny BERT and a tiny GPT-2, and what the adapted models give.

    python make_golden.py ../../ApusModelsTests/Golden/adapters

Writes NAME/model, NAME/adapter and NAME/expected.safetensors for each.
"""

import shutil
import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel

IDS = [[3, 17, 5, 21, 9, 30, 2]]


def fill(parameters, scale):
    """Closed forms in place of a generator."""
    with torch.no_grad():
        for number, (name, value) in enumerate(parameters):
            count = torch.arange(value.numel(), dtype=torch.float64)
            wave = torch.sin(0.7 * count + 1.3 * number + 0.2).reshape(value.shape) * scale
            is_norm = "LayerNorm.weight" in name or "ln_" in name and name.endswith("weight")
            value.copy_(wave + 1 if is_norm else wave)


def write(folder, model, config):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    fill(model.named_parameters(), 0.15)
    model.eval()
    model.save_pretrained(folder / "model")
    adapted = get_peft_model(model, config).eval()
    fill([(n, p) for n, p in adapted.named_parameters() if "lora_" in n], 0.3)
    adapted.save_pretrained(folder / "adapter")
    with torch.no_grad():
        given = adapted(torch.tensor(IDS))
    values = given.logits if hasattr(given, "logits") else given.last_hidden_state
    save_file({"values": values[0].contiguous()}, folder / "expected.safetensors")
    (folder / "adapter" / "README.md").unlink()


def main(place):
    sizes = dict(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2)
    bert = BertModel(
        BertConfig(**sizes, intermediate_size=24, max_position_embeddings=12), add_pooling_layer=False
    )
    write(place / "bert", bert, LoraConfig(r=4, lora_alpha=10, target_modules=["query", "value"]))
    gpt = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=40, n_embd=16, n_layer=2, n_head=2, n_positions=12, bos_token_id=1,
            eos_token_id=1,
        )
    )
    write(
        place / "gpt2", gpt,
        LoraConfig(
            r=3, lora_alpha=6, target_modules=["c_attn", "mlp.c_proj"], use_rslora=True,
            fan_in_fan_out=True,
        ),
    )


main(Path(sys.argv[1]))
