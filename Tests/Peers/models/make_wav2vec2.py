"""Tiny random wav2vec 2.0 models in Hugging Face's layout, and the logits that they give.

    python Tests/Peers/models/make_wav2vec2.py Tests/ApusModelsTests/Golden/wav2vec2
"""

import sys

import torch
from safetensors.torch import save_file
from transformers import Wav2Vec2Config, Wav2Vec2ForCTC

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
            with torch.no_grad():
                logits = model(samples[None]).logits[0]
            arrays[f"samples.{index}"] = samples
            arrays[f"logits.{index}"] = logits
        save_file(arrays, f"{directory}/{style}.safetensors")


if __name__ == "__main__":
    main(*sys.argv[1:])
