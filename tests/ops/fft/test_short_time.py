"""stft and istft: PyTorch's spectra, gradients and signals, and what is refused."""

import itertools

import numpy as np
import pytest
import torch

import minitorch_bp

OPTIONS = list(itertools.product((8, 9), (None, 3), (None, 6), (True, False), (True, False), (None, False)))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_there_and_back(options):
    n_fft, hop, win, center, normalized, onesided = options
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 40)), np.abs(rng.normal(size=win or n_fft)) + 0.2
    found = []
    for t in (minitorch_bp, torch):
        signal, window = t.tensor(x, requires_grad=True), t.tensor(w)
        keywords = {"center": center, "normalized": normalized, "onesided": onesided}
        spectrum = t.stft(signal, n_fft, hop, win, window, return_complex=True, **keywords)
        spectrum.abs().square().sum().backward()
        try:
            back = t.istft(spectrum.detach(), n_fft, hop, win, window, length=35 if center else None, **keywords).numpy()
        except RuntimeError:
            back = np.zeros(0)
        found.append((spectrum.detach().numpy(), signal.grad.numpy(), back))
    for mine, theirs in zip(*found, strict=True):
        assert mine.shape == theirs.shape and np.allclose(mine, theirs)


@pytest.mark.filterwarnings("ignore")
def test_other_inputs():
    found = []
    for t in (minitorch_bp, torch):
        x, w = t.arange(12.0), t.ones(4)
        z = t.complex(x, x.flip(0))
        results = [
            t.stft(x, 4, window=w, return_complex=False),
            t.view_as_real(x.stft(4, 2, window=w, pad_mode="constant", return_complex=True)),
            t.view_as_real(t.stft(z, 4, window=w)),
            t.view_as_real(t.stft(z, 4, window=w).istft(4, window=w, return_complex=True)),
            t.istft(t.stft(x, 4, window=w, return_complex=True), 4, window=w, length=20),
        ]
        found.append([r.numpy() for r in results])
    for mine, theirs in zip(*found, strict=True):
        assert mine.shape == theirs.shape and np.allclose(mine, theirs, atol=1e-5)


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
@pytest.mark.filterwarnings("ignore")
def test_refusals(t):
    x, w = t.arange(12.0), t.ones(4)
    s = t.stft(x, 4, window=w, return_complex=True)
    for call in (
        lambda: t.stft(x, 4, window=w),
        lambda: t.stft(x, 40, center=False, return_complex=True),
        lambda: t.stft(x, 4, 0, return_complex=True),
        lambda: t.stft(x, 4, win_length=5, return_complex=True),
        lambda: t.stft(x, 4, window=t.ones(3), return_complex=True),
        lambda: t.stft(x.long(), 4, return_complex=True),
        lambda: t.stft(x * 1j, 4, onesided=True),
        lambda: t.istft(x.reshape(3, 4), 4),
        lambda: t.istft(s, 8),
        lambda: t.istft(s, 4, window=t.zeros(4)),
        lambda: t.istft(s, 4, window=w, return_complex=True),
    ):
        with pytest.raises(RuntimeError):
            call()
