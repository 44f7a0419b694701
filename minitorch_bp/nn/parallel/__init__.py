"""Data parallelism on one computer without accelerators."""

from .data_parallel import DataParallel, DistributedDataParallel

__all__ = ["DataParallel", "DistributedDataParallel"]
