"""The parity harness: the same random program in minitorch_bp and in PyTorch, and a judge of the difference."""
