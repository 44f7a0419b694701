"""Where PyTorch has the options of the linear cross entropy."""

from ...ops.nn.linear_cross_entropy import LinearCrossEntropyOptions as LinearCrossEntropyOptions
