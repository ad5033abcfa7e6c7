"""Texts that transformers generates with the golden GPT of the model tests.

usage: make_generation.py TESTS   (the directory of the package's tests, after make_golden.py)

Writes ApusModelsTests/Golden/generation.json: greedy texts under penalties, the results of beam
search, and the distributions that are left of some logits by temperature, top-k, top-p and min-p.
Made with torch 2.13 and transformers 5.23.
"""

import json
import os
import sys

import torch
from transformers import AutoModelForCausalLM
from transformers.generation.logits_process import (
    MinPLogitsWarper, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper,
)  # fmt: skip

PROMPTS = [[5, 1, 60], [7], [2, 2, 9, 30, 11, 4]]
NEW = 10


def continuation(model, prompt, end, **options):
    """New tokens without the end-of-text token, and the scores of beams."""
    output = model.generate(
        torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt)), max_new_tokens=NEW,
        do_sample=False, eos_token_id=end, pad_token_id=0 if end is not None else None,
        return_dict_in_generate=True, output_scores=True, **options,
    )  # fmt: skip
    results = []
    for row in output.sequences[:, len(prompt) :].tolist():
        results.append(row[: row.index(end)] if end in row else row)
    scores = getattr(output, "sequences_scores", None)
    return results, None if scores is None else scores.tolist()


def greedy_cases(model):
    for prompt in PROMPTS:
        for options in ({}, {"repetition_penalty": 1.7}, {"repetition_penalty": 0.6}):
            results, _ = continuation(model, prompt, None, **options)
            yield {"prompt": prompt, "end": None, "minimum": 0, "tokens": results[0], **options}
        # A token that comes early ends the text, unless it may not yet.
        end = continuation(model, prompt, None)[0][0][2]
        for minimum in (0, 6):
            results, _ = continuation(model, prompt, end, min_new_tokens=minimum)
            yield {"prompt": prompt, "end": end, "minimum": minimum, "tokens": results[0]}


def beam_cases(model):
    for prompt in PROMPTS:
        for width, penalty, early, end, repetition, minimum in (
            (2, 1.0, False, None, 1.0, 0),
            (4, 1.0, False, 40, 1.0, 0),
            (4, 0.0, "never", 40, 1.0, 0),
            (4, 2.0, "never", 40, 1.0, 0),
            (4, -1.0, True, 40, 1.0, 0),
            (5, 1.0, True, 12, 1.5, 0),
            (3, 0.7, False, 12, 1.0, 0),
            (3, 0.7, False, 12, 1.0, 3),
        ):
            results, scores = continuation(
                model, prompt, end, num_beams=width, num_return_sequences=width,
                length_penalty=penalty, early_stopping=early, repetition_penalty=repetition,
                min_new_tokens=minimum,
            )  # fmt: skip
            yield {
                "prompt": prompt, "minimum": minimum, "width": width, "length_penalty": penalty, "early": str(early),
                "end": end, "repetition_penalty": repetition, "tokens": results, "scores": scores,
            }  # fmt: skip


def distribution_cases():
    logits = [[3.0 * torch.sin(torch.tensor(0.7 * i * i)).item() for i in range(24)]]
    for settings in (
        {"temperature": 0.7},
        {"temperature": 1.0, "top_k": 5},
        {"temperature": 1.5, "top_p": 0.8},
        {"temperature": 1.0, "min_p": 0.2},
        {"temperature": 1.3, "top_k": 12, "top_p": 0.9, "min_p": 0.15},
    ):
        scores = torch.tensor(logits)
        for name, warper in (
            ("temperature", TemperatureLogitsWarper), ("top_k", TopKLogitsWarper),
            ("top_p", TopPLogitsWarper), ("min_p", MinPLogitsWarper),
        ):  # fmt: skip
            if name in settings:
                scores = warper(settings[name])(None, scores)
        yield {**settings, "logits": logits[0], "probabilities": scores.softmax(-1)[0].tolist()}


def main():
    directory = os.path.join(sys.argv[1], "ApusModelsTests", "Golden")
    model = AutoModelForCausalLM.from_pretrained(os.path.join(directory, "gpt")).eval()
    model.generation_config.bos_token_id = None
    model.generation_config.eos_token_id = None
    cases = {
        "count": NEW, "greedy": list(greedy_cases(model)), "beams": list(beam_cases(model)),
        "distributions": list(distribution_cases()),
    }  # fmt: skip
    with open(os.path.join(directory, "generation.json"), "w") as file:
        json.dump(cases, file)
        file.write("\n")


main()
