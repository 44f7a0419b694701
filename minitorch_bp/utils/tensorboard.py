"""``torch.utils.tensorboard``: logging for TensorBoard, through tensorboardX (everything) or tensorboard (numbers, histograms, text).

The files are written by these packages; here tensors become arrays. Without either, importing the writer raises ModuleNotFoundError.
"""

from __future__ import annotations

import importlib.util
from typing import Any

from ..core.tensor import Tensor
from ..core.trees import mapped

_HAS = {name: importlib.util.find_spec(name) is not None for name in ("tensorboardX", "tensorboard")}


def _plain(x: Any) -> Any:
    """Tensors, in containers too, as arrays."""
    return mapped(lambda t: t.detach().numpy() if isinstance(t, Tensor) else t, x)


class _Events:
    """The writer for when there is only ``tensorboard``."""

    def __init__(self, log_dir: Any, filename_suffix: str = "", max_queue: int = 10, flush_secs: int = 120):
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self.logdir = str(log_dir)
        self._writer = EventFileWriter(self.logdir, max_queue, flush_secs, filename_suffix)

    def _add(self, tag: str, global_step: Any, walltime: Any, **value: Any) -> None:
        import time

        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        event = Event(
            wall_time=time.time() if walltime is None else walltime, summary=Summary(value=[Summary.Value(tag=tag, **value)])
        )
        if global_step is not None:
            event.step = int(global_step)
        self._writer.add_event(event)

    def add_scalar(self, tag: str, scalar_value: Any, global_step: Any = None, walltime: Any = None, **options: Any) -> None:
        self._add(tag, global_step, walltime, simple_value=float(scalar_value))

    def add_histogram(
        self, tag: str, values: Any, global_step: Any = None, bins: Any = 64, walltime: Any = None, **options: Any
    ) -> None:
        import numpy as np
        from tensorboard.compat.proto.summary_pb2 import HistogramProto

        values = np.asarray(values, np.float64).ravel()
        counts, edges = np.histogram(values, bins=64 if isinstance(bins, str) else bins)
        self._add(tag, global_step, walltime, histo=HistogramProto(
            min=values.min(), max=values.max(), num=values.size, sum=values.sum(), sum_squares=(values**2).sum(),
            bucket_limit=edges[1:].tolist(), bucket=counts.tolist(),
        ))  # fmt: skip

    def add_text(self, tag: str, text_string: str, global_step: Any = None, walltime: Any = None) -> None:
        from tensorboard.compat.proto.summary_pb2 import SummaryMetadata
        from tensorboard.compat.proto.tensor_pb2 import TensorProto
        from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

        self._add(
            tag + "/text_summary",
            global_step,
            walltime,
            metadata=SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text")),
            tensor=TensorProto(
                dtype="DT_STRING",
                string_val=[text_string.encode()],
                tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)]),
            ),
        )

    def flush(self) -> None:
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()


class SummaryWriter:
    """Writes event files that TensorBoard shows.

    Every ``add_*`` of the package that writes is here: ``add_scalar``, ``add_scalars``, ``add_histogram``, ``add_image``, ``add_text``,
    ... with tensorboardX; with tensorboard alone ``add_scalar``, ``add_histogram`` and ``add_text``.

    Parameters
    ----------
    log_dir : str, optional
        Where; by default ``runs/`` and the time and name of the machine.
    comment : str
        Added to the default directory.
    purge_step : int, optional
        Steps from here on are to be forgotten (tensorboardX).
    max_queue, flush_secs : int
        When events are written at the latest.
    filename_suffix : str
    """

    def __init__(
        self,
        log_dir: Any = None,
        comment: str = "",
        purge_step: Any = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
    ):
        if not log_dir:
            import datetime
            import os
            import socket

            log_dir = os.path.join("runs", datetime.datetime.now().strftime("%b%d_%H-%M-%S") + "_" + socket.gethostname() + comment)
        self.log_dir = str(log_dir)
        self._writer: Any
        if _HAS["tensorboardX"]:
            from tensorboardX import SummaryWriter as Writer

            options = {} if purge_step is None else {"purge_step": purge_step}
            self._writer = Writer(
                self.log_dir,
                max_queue=max_queue,
                flush_secs=flush_secs,
                filename_suffix=filename_suffix,
                write_to_disk=True,
                **options,
            )
        else:
            self._writer = _Events(self.log_dir, filename_suffix, max_queue, flush_secs)

    def get_logdir(self) -> str:
        """The directory."""
        return self.log_dir

    def flush(self) -> None:
        """Write what waits."""
        self._writer.flush()

    def close(self) -> None:
        """Write what waits, and close the files."""
        self._writer.close()

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("add_"):
            raise AttributeError(f"SummaryWriter has no attribute {name!r}")
        add = getattr(self._writer, name, None)
        if add is None:
            raise NotImplementedError(
                f"SummaryWriter.{name} is not supported with the package that is installed: pip install tensorboardX"
            )
        return lambda *args, **kwargs: add(*_plain(args), **_plain(kwargs))


if not any(_HAS.values()):
    del SummaryWriter

    def __getattr__(name: str) -> Any:
        """ModuleNotFoundError for the writer, so that ``try: from ... import SummaryWriter`` works."""
        if name == "SummaryWriter":
            raise ModuleNotFoundError(
                "torch.utils.tensorboard writes its files through the package tensorboardX or tensorboard, and neither is installed: "
                "pip install tensorboardX"
            )
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
