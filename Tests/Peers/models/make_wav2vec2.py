"""Tiny random wav2vec 2.0 models in Hugging Face's layout, the logits that they give, and the CTC losses
of some targets with the gradients of every weight (`d.` before Apus's names), without dropout.

    python Tests/Peers/models/make_wav2vec2.py Tests/ApusModelsTests/Golden/wav2vec2
"""

import sys

import torch
from safetensors.torch import save_file
from transformers import Wav2Vec2Config, Wav2Vec2ForCTC

from make_deepspeech import ctc

SIZES = dict(
    vocab_size=11,
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=48,
    conv_dim=(12, 16, 16),
    conv_kernel=(10, 3, 2),
    conv_stride=(5, 2, 2),
    num_feat_extract_layers=3,
    num_conv_pos_embeddings=16,
    num_conv_pos_embedding_groups=4,
)
STYLES = {
    "base": dict(feat_extract_norm="group", do_stable_layer_norm=False),
    "large": dict(feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=True),
}
TARGETS = [[3, 5, 5, 9], [1, 2, 10, 4, 4, 4]]
# Weight norm has had two spellings.
PARTS = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}


def name_in_apus(name):
    for part, plain in PARTS.items():
        name = name.replace(part, plain)
    return name


def main(directory):
    for style, settings in STYLES.items():
        torch.manual_seed(7)
        model = Wav2Vec2ForCTC(Wav2Vec2Config(**SIZES, **settings)).eval()
        with torch.no_grad():
            # Values away from the zeros and ones that norms and biases start at.
            for parameter in model.parameters():
                parameter.add_(0.1 * torch.randn_like(parameter))
        model.save_pretrained(f"{directory}/{style}")
        arrays = {}
        for index, length in enumerate((400, 731)):
            samples = torch.randn(length)
            logits = model(samples[None]).logits[0]
            ctc(logits, TARGETS[index]).backward()
            arrays[f"samples.{index}"] = samples
            arrays[f"logits.{index}"] = logits.detach()
        for name, weight in model.named_parameters():
            if weight.grad is not None:
                arrays[f"d.{name_in_apus(name)}"] = weight.grad
        save_file(arrays, f"{directory}/{style}.safetensors")


if __name__ == "__main__":
    main(*sys.argv[1:])
