"""Checkpoints in PyTorch's own file formats, read and written without PyTorch.

A file is a zip archive: ``data.pkl`` holds the structure, with a reference where a tensor's storage goes, and one record per storage
holds the bytes. The names in the pickle are PyTorch's, so either framework reads the other's files. The format before it, without zip,
is read and written, too.

Loading executes no code, and no file can make it take more memory than a multiple of the file's own size. In the order in which to read:

* ``machine.py`` runs the pickle: its own instructions, not Python's.
* ``allowed.py`` says what a file may name, and ``rebuild.py`` what each name does.
* ``archive.py`` is the zip archive, ``storages.py`` the memory of tensors, ``budget.py`` the bound.
* ``reading.py`` and ``writing.py`` are :func:`load` and :func:`save`.
* ``safetensors.py`` is another format, for tensors only.
"""

from .allowed import add_safe_globals as add_safe_globals
from .allowed import clear_safe_globals as clear_safe_globals
from .allowed import get_safe_globals as get_safe_globals
from .allowed import safe_globals as safe_globals
from .reading import get_unsafe_globals_in_checkpoint as get_unsafe_globals_in_checkpoint
from .reading import load as load
from .records import _is_zipfile as _is_zipfile
from .records import _open_zipfile_reader as _open_zipfile_reader
from .records import _open_zipfile_writer as _open_zipfile_writer
from .writing import save as save
