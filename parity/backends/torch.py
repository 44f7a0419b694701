"""PyTorch's float32 as the subject, judged by its own float64: where do 64 roundings not explain the difference?"""

import torch

from ..backend import Mirror

_mirror = Mirror(torch)
name, version, run = "torch", torch.__version__, _mirror.run
alone = True
