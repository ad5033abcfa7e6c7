"""Log-mel features of 60 s of audio by PyTorch and librosa: 80 bands, 25 ms windows, 10 ms steps, 16 kHz.

usage: python log_mel_bench.py [--threads N] [--repetitions N]

Prints the median of repetitions for each peer: milliseconds, and seconds of audio a second. The same work is
`apus bench log-mel`.
"""

import argparse
import statistics
import time

import librosa
import numpy as np
import torch

RATE, SECONDS = 16000, 60


def median_seconds(work, repetitions):
    for _ in range(3):
        work()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--repetitions", type=int, default=30)
arguments = parser.parse_args()
torch.set_num_threads(arguments.threads)

samples = np.random.default_rng(0).standard_normal(SECONDS * RATE).astype(np.float32)
tensor = torch.from_numpy(samples)
filters = torch.from_numpy(librosa.filters.mel(sr=RATE, n_fft=400, n_mels=80))
window = torch.hann_window(400)


def by_torch():
    spectrum = torch.stft(tensor, 400, 160, window=window, return_complex=True)
    return (filters @ spectrum.abs().square()).clamp_min(1e-10).log()


def by_librosa():
    mel = librosa.feature.melspectrogram(y=samples, sr=RATE, n_fft=400, hop_length=160, n_mels=80)
    return np.log(1e-10 + mel)


for name, work in [("torch", by_torch), ("librosa", by_librosa)]:
    seconds = median_seconds(work, arguments.repetitions)
    print(f"log-mel {name}: {1000 * seconds:.2f} ms, {SECONDS / seconds:.0f} seconds of audio/s")
