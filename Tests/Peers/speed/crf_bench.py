"""Loss and gradients of a linear-chain conditional random field in PyTorch, beside `apus bench crf`.

usage: crf_bench.py [--mode eager|compile] [--seconds 10] [--threads 2]

The forward algorithm runs in log space over all sequences and pairs of labels at once; the only loop is
that over time. Prints sequences/s and the median milliseconds.
"""

import argparse
import statistics
import time

import torch

ROWS, STEPS, LABELS = 32, 50, 17


def loss(emissions, labels, transitions, starts, ends):
    """The mean negative log-likelihood; emissions [B, T, L], labels [B, T]."""
    gold = starts[labels[:, 0]] + ends[labels[:, -1]]
    gold = gold + emissions.gather(2, labels[:, :, None]).sum((1, 2))
    gold = gold + transitions[labels[:, :-1], labels[:, 1:]].sum(1)
    states = starts + emissions[:, 0]
    for step in range(1, emissions.shape[1]):
        states = torch.logsumexp(states[:, :, None] + transitions, 1) + emissions[:, step]
    return (torch.logsumexp(states + ends, 1) - gold).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", default="eager", choices=["eager", "compile"])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    generator = torch.Generator().manual_seed(0)
    shapes = [(ROWS, STEPS, LABELS), (LABELS, LABELS), (LABELS,), (LABELS,)]
    emissions, *scores = (torch.randn(shape, generator=generator).requires_grad_() for shape in shapes)
    labels = torch.randint(0, LABELS, (ROWS, STEPS), generator=generator)
    compute = torch.compile(loss) if options.mode == "compile" else loss

    def step():
        torch.autograd.grad(compute(emissions, labels, *scores), [emissions, *scores])

    for _ in range(3):
        step()
    times, end = [], time.perf_counter() + options.seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    median = statistics.median(times)
    print(f"crf {options.mode} {ROWS / median:.1f} sequences/s {1000 * median:.3f} ms", flush=True)


if __name__ == "__main__":
    main()
