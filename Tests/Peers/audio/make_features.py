"""Makes Tests/ApusAudioTests/Golden/features.json: features of one signal by librosa, SciPy, PyTorch and
Kaldi's definitions.

usage: python make_features.py OUTPUT

torchaudio is not needed: `kaldi_*` renders Kaldi's feature-window.cc, mel-computations.cc and feature-mfcc.cc
in NumPy and float64, without dither, as torchaudio.compliance.kaldi does.
"""

import json
import sys

import librosa
import numpy as np
import scipy.fft
import scipy.signal
import torch
import transformers

RATE = 16000
# A rate at which windows and steps are no whole numbers of samples: 551.25 and 220.5.
ODD_RATE = 22050
COUNT = 2573


def signal(rate=RATE):
    """A rising tone, a steady one and noise: the same in FeatureGoldenTests.swift."""
    n = np.arange(COUNT)
    t = n / rate
    tones = 0.3 * np.sin(2 * np.pi * (200 + 9000 * t) * t) + 0.2 * np.cos(2 * np.pi * 3100 * t)
    return (tones + 0.5 * ((n * (31 * n + 17) % 1009) / 1009 - 0.5)).astype(np.float32)


def kaldi_frames(x, window, step, snip):
    if snip:
        return [x[i : i + window] for i in range(0, len(x) - window + 1, step)]
    frames = []
    for f in range((len(x) + step // 2) // step):
        first = f * step + step // 2 - window // 2
        i = np.arange(first, first + window)
        i = np.where(i < 0, -1 - i, i)
        frames.append(x[np.where(i >= len(x), 2 * len(x) - 1 - i, i)])
    return frames


def kaldi_powers(x, snip=True, rate=RATE):
    """Power spectra of the next power of two and the logarithms of energy."""
    window, step = int(rate * 0.025), int(rate * 0.010)
    size = 1 << (window - 1).bit_length()
    povey = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / (window - 1))) ** 0.85
    powers, energies = [], []
    for frame in kaldi_frames(x.astype(np.float64) * 32768, window, step, snip):
        frame = frame - frame.mean()
        energies.append(np.log(max((frame**2).sum(), np.finfo(np.float32).eps)))
        emphasized = frame - 0.97 * np.concatenate([frame[:1], frame[:-1]])
        powers.append(np.abs(np.fft.rfft(emphasized * povey, size)) ** 2)
    return np.array(powers), np.array(energies)


def kaldi_mel(powers, count=23, low=20.0, rate=RATE):
    mel = lambda f: 1127.0 * np.log(1 + f / 700.0)
    corners = np.linspace(mel(low), mel(rate / 2), count + 2)
    half = powers.shape[1] - 1
    bins = mel(np.arange(half) * rate / (2 * half))
    bank = np.zeros((count, half + 1))
    for i in range(count):
        left, centre, right = corners[i : i + 3]
        rise, fall = (bins - left) / (centre - left), (right - bins) / (right - centre)
        bank[i, :half] = np.maximum(0, np.minimum(rise, fall))
    return np.log(np.maximum(powers @ bank.T, np.finfo(np.float32).eps))


def kaldi_mfcc(x, count=13, lifter=22):
    powers, energies = kaldi_powers(x)
    cepstra = scipy.fft.dct(kaldi_mel(powers), norm="ortho")[:, :count]
    cepstra = cepstra * (1 + lifter / 2 * np.sin(np.pi * np.arange(count) / lifter))
    cepstra[:, 0] = energies
    return cepstra


def kaldi_deltas(x, order=2):
    """Kaldi's DeltaFeatures: each order one filter, frames beyond the ends those at the ends."""
    filters = [np.array([1.0])]
    for _ in range(order):
        filters.append(np.convolve(filters[-1], np.array([-2, -1, 0, 1, 2]) / 10))
    parts = []
    for f in filters:
        reach = len(f) // 2
        rows = [np.clip(np.arange(len(x)) + k, 0, len(x) - 1) for k in range(-reach, reach + 1)]
        parts.append(sum(w * x[r] for w, r in zip(f, rows)))
    return np.concatenate(parts, 1)


def torch_log_mel(x):
    spectrum = torch.stft(
        torch.from_numpy(x), 400, 160, window=torch.hann_window(400), return_complex=True
    )
    bank = torch.from_numpy(librosa.filters.mel(sr=RATE, n_fft=400, n_mels=80))
    return (bank @ spectrum.abs().square()).clamp_min(1e-10).log().T.numpy()


def wav2vec_samples(x):
    extractor = transformers.Wav2Vec2FeatureExtractor(do_normalize=True)
    return extractor(x, sampling_rate=RATE, return_tensors="np").input_values.T


def odd_rate_cases():
    x = signal(ODD_RATE)
    yield "kaldi_log_mel_22050", kaldi_mel(kaldi_powers(x, rate=ODD_RATE)[0], rate=ODD_RATE)
    odd = dict(sr=ODD_RATE, hop_length=220, n_mels=20, win_length=551)
    yield "librosa_mel_22050", librosa.feature.melspectrogram(y=x, n_fft=1024, **odd).T
    # 2640 samples are a multiple of the step, where an odd transform has a frame fewer.
    whole = np.concatenate([x, np.zeros(67, np.float32)])
    yield "librosa_mel_22050_odd_transform", librosa.feature.melspectrogram(
        y=whole, n_fft=551, pad_mode="reflect", **odd
    ).T


def cases():
    x = signal()
    hop = dict(sr=RATE, n_fft=400, hop_length=160)
    mel = librosa.feature.melspectrogram
    scipy_magnitude = scipy.signal.spectrogram(
        x.astype(np.float64), RATE, window="hamming", nperseg=320, noverlap=160, detrend=False,
        scaling="spectrum", mode="magnitude",
    )[2]
    # SciPy divides by the sum of the window.
    yield "scipy_spectrogram", scipy_magnitude.T * scipy.signal.get_window("hamming", 320).sum()
    yield "librosa_spectrogram_centre", (
        np.abs(librosa.stft(x, n_fft=512, hop_length=160, win_length=400, window="blackman")) ** 2
    ).T
    slaney = mel(y=x, n_mels=40, **hop)
    yield "librosa_mel_slaney", slaney.T
    yield "librosa_mel_htk", mel(
        y=x, n_mels=40, htk=True, norm=None, center=False, fmin=60, fmax=7600, power=1.0, **hop
    ).T
    yield "librosa_mfcc", librosa.feature.mfcc(
        S=librosa.power_to_db(slaney, top_db=None), n_mfcc=13
    ).T
    yield "librosa_delta", librosa.feature.delta(
        librosa.power_to_db(slaney, top_db=None), width=5, mode="nearest"
    ).T
    yield "torch_log_mel", torch_log_mel(x)
    yield "kaldi_log_mel", kaldi_mel(kaldi_powers(x)[0])
    yield "kaldi_log_mel_mirror", kaldi_mel(kaldi_powers(x, snip=False)[0])
    yield "kaldi_mfcc", kaldi_mfcc(x)
    yield "kaldi_mfcc_deltas", kaldi_deltas(kaldi_mfcc(x))
    yield from odd_rate_cases()
    # So quiet that what is added to the variance shows.
    yield "wav2vec_quiet", wav2vec_samples(x[:400] * np.float32(1e-3))


with open(sys.argv[1], "w") as output:
    output.write("{\n")
    written = []
    for name, values in cases():
        numbers = ",".join(f"{v:.7g}" for v in np.asarray(values, np.float64).ravel())
        written.append(f'"{name}": {{"shape": {list(values.shape)}, "values": [{numbers}]}}')
    output.write(",\n".join(written) + "\n}\n")
