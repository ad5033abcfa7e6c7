"""Loads an adapter that Apus wrote with peft, and compares it with the encoder that Apus merged it into.

    python check_written.py BASE RUN/adapter MERGED

BASE is the encoder that the run began with, MERGED what `apus adapter merge BASE RUN/adapter` wrote.
"""

import sys

import torch
from peft import PeftModel
from transformers import AutoModel

base, adapter, merged = sys.argv[1:4]
adapted = PeftModel.from_pretrained(AutoModel.from_pretrained(base), adapter).eval()
whole = AutoModel.from_pretrained(merged).eval()
ids = torch.arange(2, 14)[None] % whole.config.vocab_size
with torch.no_grad():
    a, b = adapted(ids).last_hidden_state, whole(ids).last_hidden_state
    plain = AutoModel.from_pretrained(base).eval()(ids).last_hidden_state
print("largest difference", (a - b).abs().max().item(), "change", (a - plain).abs().max().item())
assert torch.allclose(a, b, atol=1e-5) and not torch.allclose(a, plain, atol=1e-5)
