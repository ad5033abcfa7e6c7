"""Loads encoder directories that Apus wrote with transformers and compares their last states.

usage: APUS_SAVED_MODELS=DIRECTORY swift test -c release -Xswiftc -enable-testing --filter savesWhatItLoads
       check_encoders.py DIRECTORY TESTS_DIRECTORY

No key may be missing or unexpected, and the states must agree to 1e-4 with those that transformers
computed from its own files (make_encoders.py).
"""

import os, sys
import torch
from safetensors.torch import load_file
from transformers import AutoModel

failures = 0
for name in sorted(os.listdir(sys.argv[1])):
    model, report = AutoModel.from_pretrained(os.path.join(sys.argv[1], name), output_loading_info=True)
    golden = load_file(os.path.join(sys.argv[2], "ApusModelsTests", "Golden", "encoders", name, "outputs.safetensors"))
    problems = {k: sorted(v) for k, v in report.items() if v}
    ids = golden["ids"].split(golden["lengths"].tolist())
    segments = golden["segments"].split(golden["lengths"].tolist())
    with torch.no_grad():
        states = [
            model.eval()(i[None], token_type_ids=s[None]).last_hidden_state[0] for i, s in zip(ids, segments)
        ]
    last = max((k for k in golden if k.startswith("layer.")), key=lambda k: int(k[6:]))
    error = (torch.cat(states) - golden[last]).abs().max().item()
    print(name, type(model).__name__, "problems:", problems or "none", f"worst error {error:.1e}")
    failures += bool(problems) or error > 1e-4
sys.exit(1 if failures else 0)
