"""Loads a model directory that Apus wrote with transformers, and checks that nothing is missing.

usage: check_saved.py DIRECTORY [IDS…]

Prints the keys that transformers misses or does not expect (there must be none) and, for the given
token ids, the logits of the last position, to be compared with those of Apus.
"""

import json, sys
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForPreTraining

directory, ids = sys.argv[1], [int(i) for i in sys.argv[2:]] or [1, 2, 3]
config = AutoConfig.from_pretrained(directory)
kind = AutoModelForCausalLM if config.model_type == "gpt2" else AutoModelForPreTraining
model, report = kind.from_pretrained(directory, output_loading_info=True)
problems = {k: sorted(v) for k, v in report.items() if v}
print(type(model).__name__, sum(p.numel() for p in model.parameters()), "weights")
print("problems:", problems or "none")
with torch.no_grad():
    out = model.eval()(torch.tensor([ids]))
logits = out.logits if config.model_type == "gpt2" else out.prediction_logits
print(json.dumps([round(x, 5) for x in logits[0, -1, :8].tolist()]))
sys.exit(1 if problems else 0)
