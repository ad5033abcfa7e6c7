"""Times PyTorch from sound to letters: spectrograms, Deep Speech 2 and the best symbol of each element.

usage: transcribe_bench.py [--mode fp32|bf16|compile|compile-bf16] [--batch 1|2] [--seconds 10] [--threads 2]

The work is that of `apus bench transcribe-deepspeech2`: a minute of noise at 16 kHz in two pieces of 30 s,
windows of 20 ms every 10 ms, ln(1 + magnitude) normalised over each piece, two convolutions, three GRU
layers of 512 in both directions, 29 symbols. With --batch 2 both pieces go through the network at once.
Prints mode, batch, seconds of audio a second (median of repetitions), milliseconds and the peak memory
of the process.
"""

import argparse
import contextlib
import resource
import statistics
import time

import torch

from deepspeech2 import LETTERS, DeepSpeech2

RATE, PIECES, SECONDS = 16000, 2, 30


def spectrograms(samples, window):
    magnitudes = torch.stft(
        samples, 320, 160, window=window, center=True, return_complex=True).abs().transpose(1, 2)
    values = magnitudes.log1p()
    deviation = values.std(dim=1, correction=0, keepdim=True).clamp_min(1e-5)
    return (values - values.mean(dim=1, keepdim=True)) / deviation


def letters(logits):
    """The best path, without repeats and blanks."""
    return [
        "".join(LETTERS[label] for label in torch.unique_consecutive(row).tolist() if label)
        for row in logits.argmax(-1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", default="fp32", choices=["fp32", "bf16", "compile", "compile-bf16"])
    parser.add_argument("--batch", type=int, default=1, choices=[1, 2])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model = DeepSpeech2().eval()
    network = torch.compile(model) if "compile" in options.mode else model
    window = torch.hamming_window(320)
    pieces = 0.1 * torch.randn(PIECES, SECONDS * RATE)
    cast = torch.autocast("cpu", torch.bfloat16) if "bf16" in options.mode else contextlib.nullcontext()

    def transcribe():
        texts = []
        with torch.inference_mode():
            for part in pieces.split(options.batch):
                frames = spectrograms(part, window)
                with cast:
                    logits = network(frames)
                texts += letters(logits.float().log_softmax(-1))
        return texts

    assert len(transcribe()) == PIECES
    transcribe()
    times, end = [], time.perf_counter() + options.seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        transcribe()
        times.append(time.perf_counter() - start)
    median = statistics.median(times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"transcribe-deepspeech2 {options.mode} batch {options.batch}: {PIECES * SECONDS / median:.1f} audio "
        f"seconds/s, {1000 * median:.1f} ms, {peak:.0f} MB")


if __name__ == "__main__":
    main()
