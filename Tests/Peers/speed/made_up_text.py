"""The text that the programs here work on where none is given."""

import random


def made_up_text():
    """4,000 lines of 24 words, of 20,000 that come by Zipf's law; BenchText.swift makes the same."""
    generator = random.Random(0)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = [
        "".join(generator.choice(letters) for _ in range(min(12, 1 + int(generator.expovariate(0.22)))))
        for _ in range(20000)
    ]
    weights = [1 / (rank + 2) for rank in range(len(words))]
    return "\n".join(
        " ".join(generator.choices(words, weights, k=24)).capitalize() + "." for _ in range(4000))
