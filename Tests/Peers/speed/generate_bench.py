"""Greedy generation by transformers' GPT-2 of 124 million random weights: a prompt of 32 tokens, 64
new ones, batch 1, with its key/value cache. `apus bench generate` does the same.

usage: generate_bench.py [--mode fp32|bf16] [--threads 2] [--seconds 20]
Prints: name mode tokens/s, from the median time.

Needs torch and transformers.
"""

import argparse
import statistics
import time

import torch
from transformers import GPT2Config, GPT2LMHeadModel

PROMPT, NEW = 32, 64


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    kind = torch.bfloat16 if arguments.mode == "bf16" else torch.float32
    config = GPT2Config(bos_token_id=None, eos_token_id=None)
    model = GPT2LMHeadModel(config).eval().to(kind)
    prompt = torch.randint(0, config.vocab_size, (1, PROMPT))

    def generate():
        model.generate(
            prompt, max_new_tokens=NEW, min_new_tokens=NEW, do_sample=False, use_cache=True, pad_token_id=0
        )

    times = []
    with torch.inference_mode():
        generate()
        end = time.perf_counter() + arguments.seconds
        while len(times) < 3 or time.perf_counter() < end:
            start = time.perf_counter()
            generate()
            times.append(time.perf_counter() - start)
    print(f"generate {arguments.mode} {NEW / statistics.median(times):.1f} tokens/s")


main()
