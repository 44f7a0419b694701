"""Discrete Fourier transforms. ``torch.fft`` shows them."""
