"""Makes the golden files of the Transformer models with PyTorch and Hugging Face's transformers.

usage: make_golden.py TESTS_DIRECTORY      (made with torch 2.13, transformers 5.23, safetensors 0.8)

Weights and token ids come from closed forms, never from a generator. All is computed in double
precision and stored as Float32, so that what is compared is the error of one side alone.

ApusModelsTests/Golden/{gpt,bert}/
  config.json, model.safetensors   as transformers writes them
  outputs.safetensors              for sequences of unequal lengths end to end:
      ids [N], lengths [B]         the input
      segments [N]                 bert only
      logits [N, V]                of every position (bert: of the masked language model)
      states [N, C], next [B, 2]   bert only: the encoder's output, next-sentence logits

ApusModelsTests/Golden/types.safetensors: a tensor [2, 3] of each element type, named by the type,
with the values -2, -1, 0, 1, 2, 3 (unsigned: 0 to 5; BOOL: odd ones true), and a scalar.

ApusTrainingTests/Golden/{gpt,bert}.json and {gpt,bert}.safetensors: ten AdamW steps from those
weights, without dropout. The JSON file holds
  learning_rate, betas, epsilon, weight_decay (decoupled, on every parameter), clip_norm (over all
  gradients together, before the update, by torch.nn.utils.clip_grad_norm_);
  steps: ten of {ids: [[token]], losses…, norm}, where
    gpt   targets are the following tokens; loss is the mean over all targets of the batch
    bert  segments: [[0|1]], masked: [[position in its sequence]], labels: [[token]],
          next: [0|1] (1: the second part does not follow);
          masked_loss (mean over all masked positions), next_loss (mean over sequences), loss (sum)
    norm  is that of all gradients before clipping.
The safetensors file holds the gradients before clipping: first/NAME and last/NAME with the names
of model.safetensors.
"""

import json, math, os, sys
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import BertConfig, BertForPreTraining, GPT2Config, GPT2LMHeadModel

STEPS, RATE, BETAS, EPSILON, DECAY, CLIP = 10, 3e-3, (0.9, 0.999), 1e-8, 0.01, 1.0


def fill(model):
    """A chirp for each parameter: a plain sine would make matrices of rank two."""
    with torch.no_grad():
        for k, (name, p) in enumerate(model.named_parameters()):
            i = torch.arange(p.numel(), dtype=torch.float64)
            wave = torch.sin(0.37 * i + 1e-3 * (i + k) ** 2 + k)
            is_norm_weight = p.dim() == 1 and name.endswith("weight")
            value = 1 + 0.2 * wave if is_norm_weight else (0.1 if p.dim() == 1 else 0.3) * wave
            # Through Float32, which the file holds.
            p.copy_(value.reshape(p.shape).float())
    return model.double().eval()


def tokens(count, seed, low, high):
    return [low + (7 * i * i + 3 * i + 13 * seed * seed + 5 * seed) % (high - low) for i in range(count)]


def save_model(model, directory):
    os.makedirs(directory, exist_ok=True)
    state = model.state_dict()
    model.float().save_pretrained(directory)
    model.double().load_state_dict(state)
    for extra in ("generation_config.json",):
        if os.path.exists(os.path.join(directory, extra)):
            os.remove(os.path.join(directory, extra))


def t(x):
    return torch.tensor([x])


def gpt_model():
    return fill(
        GPT2LMHeadModel(
            GPT2Config(
                vocab_size=67, n_positions=24, n_embd=20, n_layer=2, n_head=2, n_inner=44,
                bos_token_id=0, eos_token_id=0,
            )
        )
    )  # fmt: skip


def bert_model():
    return fill(
        BertForPreTraining(
            BertConfig(
                vocab_size=61, hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
                intermediate_size=40, max_position_embeddings=20,
                pad_token_id=None,  # else the gradient of that token's embedding is left out
            )
        )
    )  # fmt: skip


def gpt_outputs(model):
    batch = [tokens(n, s, 0, 67) for s, n in enumerate([5, 1, 24, 12])]
    with torch.no_grad():
        logits = torch.cat([model(t(ids)).logits[0] for ids in batch])
    return {"logits": logits}, batch, None


def bert_outputs(model):
    batch = [tokens(n, s, 0, 61) for s, n in enumerate([7, 20, 2, 11])]
    segments = [[int(i > len(ids) // 2) for i in range(len(ids))] for ids in batch]
    with torch.no_grad():
        results = [
            model(t(i), token_type_ids=t(s), output_hidden_states=True) for i, s in zip(batch, segments)
        ]
    return (
        {
            "logits": torch.cat([r.prediction_logits[0] for r in results]),
            "next": torch.cat([r.seq_relationship_logits for r in results]),
            "states": torch.cat([r.hidden_states[-1][0] for r in results]),
        },
        batch,
        segments,
    )


def gpt_step(model, step):
    batch = [tokens(n, s + 4 * step, 0, 67) for s, n in enumerate([9, 17, 4])]
    count = sum(len(ids) - 1 for ids in batch)
    loss = sum(
        F.cross_entropy(model(t(ids[:-1])).logits[0], torch.tensor(ids[1:]), reduction="sum") for ids in batch
    )
    return loss / count, {"ids": batch}, {}


def bert_step(model, step):
    batch = [tokens(n, s + 4 * step, 0, 61) for s, n in enumerate([11, 18, 6])]
    segments = [[int(i > len(ids) // 2) for i in range(len(ids))] for ids in batch]
    masked = [list(range(1 + s, len(ids), 4)) for s, ids in enumerate(batch)]
    labels = [[(ids[p] + 5 * p + step) % 61 for p in positions] for ids, positions in zip(batch, masked)]
    following = [(s + step) % 2 for s in range(len(batch))]
    results = [model(t(i), token_type_ids=t(s)) for i, s in zip(batch, segments)]
    logits = torch.cat([r.prediction_logits[0][p] for r, p in zip(results, masked)])
    masked_loss = F.cross_entropy(logits, torch.tensor(sum(labels, [])))
    next_loss = F.cross_entropy(torch.cat([r.seq_relationship_logits for r in results]), torch.tensor(following))
    inputs = {"ids": batch, "segments": segments, "masked": masked, "labels": labels, "next": following}
    return masked_loss + next_loss, inputs, {"masked_loss": masked_loss.item(), "next_loss": next_loss.item()}


def train(model, step_function, path):
    optimizer = torch.optim.AdamW(model.parameters(), RATE, BETAS, EPSILON, DECAY)
    steps, gradients = [], {}
    for step in range(STEPS):
        optimizer.zero_grad()
        loss, inputs, parts = step_function(model, step)
        loss.backward()
        for label, wanted in (("first", 0), ("last", STEPS - 1)):
            if step == wanted:
                for name, p in model.named_parameters():
                    gradients[f"{label}/{name}"] = p.grad.float().clone()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        steps.append(inputs | parts | {"loss": loss.item(), "norm": norm.item()})
    settings = {
        "learning_rate": RATE, "betas": BETAS, "epsilon": EPSILON, "weight_decay": DECAY, "clip_norm": CLIP,
    }  # fmt: skip
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".json", "w") as file:
        json.dump(settings | {"steps": steps}, file)
        file.write("\n")
    save_file(gradients, path + ".safetensors")
    print(os.path.basename(path), [f"{s['loss']:.4f} ({s['norm']:.2f})" for s in steps])


def save_types(path):
    types = {
        "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
        "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8,
        "U64": torch.uint64, "U32": torch.uint32, "U16": torch.uint16, "U8": torch.uint8,
        "BOOL": torch.bool, "F8_E4M3": torch.float8_e4m3fn,
    }  # fmt: skip
    tensors = {"scalar": torch.tensor(2.5)}
    for name, dtype in types.items():
        first = 0 if name[0] == "U" or name == "BOOL" else -2
        values = torch.arange(first, first + 6).reshape(2, 3)
        tensors[name] = (values % 2 if name == "BOOL" else values).to(dtype)
    save_file(tensors, path, metadata={"made by": "make_golden.py"})


def main():
    tests = sys.argv[1]
    os.makedirs(os.path.join(tests, "ApusModelsTests", "Golden"), exist_ok=True)
    save_types(os.path.join(tests, "ApusModelsTests", "Golden", "types.safetensors"))
    for name, build, outputs, step_function in (
        ("gpt", gpt_model, gpt_outputs, gpt_step),
        ("bert", bert_model, bert_outputs, bert_step),
    ):
        model = build()
        directory = os.path.join(tests, "ApusModelsTests", "Golden", name)
        save_model(model, directory)
        results, batch, segments = outputs(model)
        tensors = {k: v.float().contiguous() for k, v in results.items()}
        tensors["ids"] = torch.tensor(sum(batch, []))
        tensors["lengths"] = torch.tensor([len(ids) for ids in batch])
        if segments:
            tensors["segments"] = torch.tensor(sum(segments, []))
        save_file(tensors, os.path.join(directory, "outputs.safetensors"))
        train(model, step_function, os.path.join(tests, "ApusTrainingTests", "Golden", name))


main()
