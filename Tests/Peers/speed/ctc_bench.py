"""The CTC loss with its gradient from logits in PyTorch, beside `apus bench ctc-T…-B…-C…-L…`.

usage: ctc_bench.py [--seconds 10] [--threads 2]

Prints sequences/s and the median milliseconds of each shape.
"""

import argparse
import statistics
import time

import torch

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--seconds", type=float, default=10)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()
torch.set_num_threads(options.threads)
for frames, rows, classes, labels in [(300, 16, 29, 80), (500, 16, 29, 120), (200, 16, 5000, 40)]:
    torch.manual_seed(0)
    logits = torch.randn(frames, rows, classes, requires_grad=True)
    targets = torch.tensor([[1 + (7 * i + row) % (classes - 1) for i in range(labels)] for row in range(rows)])
    lengths = torch.full((rows,), frames), torch.full((rows,), labels)

    def step():
        logits.grad = None
        torch.nn.functional.ctc_loss(logits.log_softmax(-1), targets, *lengths).backward()

    for _ in range(3):
        step()
    times, end = [], time.perf_counter() + options.seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    median = statistics.median(times)
    name = f"ctc-T{frames}-B{rows}-C{classes}-L{labels}"
    print(f"{name} {rows / median:.1f} sequences/s {1000 * median:.3f} ms", flush=True)
