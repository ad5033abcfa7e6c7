"""Deep Speech 2 as `apus bench deepspeech2` and `transcribe-deepspeech2` have it, for train_bench.py and
transcribe_bench.py."""

from torch import nn

LETTERS = "_ 'abcdefghijklmnopqrstuvwxyz"


class DeepSpeech2(nn.Module):
    """Frames [B, T, bins] to logits [B, T / 2, symbols]: two convolutions, three GRU layers in both directions."""

    def __init__(self, bins=161, size=512, layers=3, symbols=len(LETTERS)):
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(1, 32, (11, 41), (2, 2), (5, 20), bias=False), nn.BatchNorm2d(32), nn.Hardtanh(0, 20),
            nn.Conv2d(32, 32, (11, 21), (1, 2), (5, 10), bias=False), nn.BatchNorm2d(32), nn.Hardtanh(0, 20))
        seen = 32 * ((((bins + 1) // 2) + 1) // 2)
        self.recurrent = nn.GRU(seen, size, layers, bidirectional=True, batch_first=True)
        self.head = nn.Linear(2 * size, symbols)

    def forward(self, frames):
        planes = self.convolutions(frames[:, None])
        return self.head(self.recurrent(planes.transpose(1, 2).flatten(2))[0])
