"""Makes the golden files of the encoder families with Hugging Face's transformers.

usage: make_encoders.py TESTS_DIRECTORY      (made with torch 2.13, transformers 5.23, safetensors 0.8)

ApusModelsTests/Golden/encoders/NAME/
  config.json, model.safetensors   as transformers writes them
  outputs.safetensors              for sequences of unequal lengths, run in one padded batch by
                                   transformers and stored end to end:
      ids [N], lengths [B]         the input
      segments [N]                 where the family has segments
      layer.I [N, C]               the states after I layers, 0 being the embeddings
      pooled [B, C]                where the family has a pooler

Weights come from a closed form, are computed with in double precision and stored as Float32. Some
are saved from a model with a head, under the names that this gives the encoder; `roberta` is saved in
shards, `electra` as bf16 and `distilbert` as fp16 (their outputs are those of the rounded weights).
"""

import os, shutil, sys
import torch
from safetensors.torch import save_file
from transformers import (
    AlbertConfig, AlbertModel, BertConfig, BertForSequenceClassification, BertModel, DistilBertConfig,
    DistilBertForMaskedLM, ElectraConfig, ElectraForPreTraining, ElectraModel, GPT2Config, GPT2Model, RobertaConfig, RobertaForMaskedLM, XLMRobertaConfig, XLMRobertaModel,
)  # fmt: skip

SIZES = dict(
    vocab_size=41, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
    max_position_embeddings=18,
)  # fmt: skip


def fill(model):
    """A chirp for each parameter: a plain sine would make matrices of rank two."""
    with torch.no_grad():
        for k, (name, p) in enumerate(model.named_parameters()):
            i = torch.arange(p.numel(), dtype=torch.float64)
            wave = torch.sin(0.37 * i + 1e-3 * (i + k) ** 2 + k)
            is_norm_weight = p.dim() == 1 and name.endswith("weight")
            value = 1 + 0.2 * wave if is_norm_weight else (0.1 if p.dim() == 1 else 0.3) * wave
            p.copy_(value.reshape(p.shape).float())
    return model.eval()


MODELS = {
    "bert": lambda: BertModel(BertConfig(**SIZES)),
    "bert-classifier": lambda: BertForSequenceClassification(BertConfig(**SIZES, hidden_act="relu")),
    "roberta": lambda: RobertaForMaskedLM(RobertaConfig(**SIZES, type_vocab_size=1, layer_norm_eps=1e-5)),
    "xlm-roberta": lambda: XLMRobertaModel(XLMRobertaConfig(**SIZES, type_vocab_size=1)),
    "distilbert": lambda: DistilBertForMaskedLM(
        DistilBertConfig(
            vocab_size=41, dim=16, n_layers=2, n_heads=2, hidden_dim=24, max_position_embeddings=18,
            sinusoidal_pos_embds=True,
        )
    ),
    "albert": lambda: AlbertModel(AlbertConfig(**SIZES | dict(num_hidden_layers=3), embedding_size=8)),
    "albert-groups": lambda: AlbertModel(
        AlbertConfig(
            **SIZES | dict(num_hidden_layers=5, intermediate_size=8), embedding_size=16, num_hidden_groups=3,
            inner_group_num=2,
        )
    ),
    "electra": lambda: ElectraForPreTraining(ElectraConfig(**SIZES, embedding_size=8)),
    "electra-same": lambda: ElectraModel(ElectraConfig(**SIZES, embedding_size=16)),
    "gpt2": lambda: GPT2Model(
        GPT2Config(vocab_size=41, n_positions=18, n_embd=16, n_layer=2, n_head=2, n_inner=24, bos_token_id=0, eos_token_id=0)
    ),
}  # fmt: skip
TYPES = {"electra": torch.bfloat16, "distilbert": torch.float16}


def tokens(count, seed):
    return [2 + (7 * i * i + 3 * i + 13 * seed * seed + 5 * seed) % 39 for i in range(count)]


def outputs(model, config):
    batch = [tokens(n, s) for s, n in enumerate([7, 16, 1, 11])]
    if config.model_type == "roberta":
        batch[3][4] = batch[3][5] = 1  # padding spelled in a text
    lengths = [len(ids) for ids in batch]
    longest = max(lengths)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    if config.model_type in ("roberta", "xlm-roberta"):
        ids += 1
    mask = torch.zeros_like(ids)
    segments = torch.zeros_like(ids)
    for row, text in enumerate(batch):
        ids[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = 1
        if getattr(config, "type_vocab_size", 1) > 1:
            segments[row, len(text) // 2 + 1 : len(text)] = 1
    extra = {} if config.model_type in ("gpt2", "distilbert") else {"token_type_ids": segments}
    with torch.no_grad():
        result = model(ids, attention_mask=mask, output_hidden_states=True, **extra)

    def packed(padded):
        return torch.cat([padded[row, :n] for row, n in enumerate(lengths)])

    tensors = {f"layer.{i}": packed(states).float() for i, states in enumerate(result.hidden_states)}
    if extra:
        tensors["segments"] = packed(segments)
    pooled = getattr(result, "pooler_output", None)
    if pooled is not None:
        tensors["pooled"] = pooled.float()
    return tensors | {"ids": packed(ids), "lengths": torch.tensor(lengths)}


def main():
    for name, build in MODELS.items():
        directory = os.path.join(sys.argv[1], "ApusModelsTests", "Golden", "encoders", name)
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        torch.manual_seed(0)
        model = fill(build()).to(TYPES.get(name, torch.float32))
        model.save_pretrained(directory, **({"max_shard_size": "8KB"} if name == "roberta" else {}))
        for extra in ("generation_config.json",):
            if os.path.exists(os.path.join(directory, extra)):
                os.remove(os.path.join(directory, extra))
        model = model.double()
        tensors = outputs(getattr(model, model.base_model_prefix, model), model.config)
        save_file({k: v.contiguous() for k, v in tensors.items()}, os.path.join(directory, "outputs.safetensors"))
        print(name, sorted(os.listdir(directory)), sum(os.path.getsize(os.path.join(directory, f)) for f in os.listdir(directory)))


main()
