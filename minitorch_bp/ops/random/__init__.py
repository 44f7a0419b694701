"""Random numbers: PyTorch's, bit for bit."""
