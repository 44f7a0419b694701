"""Checkpoints in PyTorch's own file formats, read and written without PyTorch.

A file is a zip archive: ``data.pkl`` holds the structure, with a reference where a tensor's storage goes, and one record per storage
holds the bytes. The names in the pickle are PyTorch's, so either framework reads the other's files. The format before it, without zip,
is read and written, too.

Loading executes no code, and no file can make it take more memory than a multiple of the file's own size. In the order in which to read:

* ``machine.py`` runs the pickle: its own instructions, not Python's.
* ``allowed.py`` says what a file may name, and ``rebuild.py`` what each name does.
* ``archive.py`` is the zip archive, ``storages.py`` the memory of tensors, ``locations.py`` the place where they are, ``budget.py`` the
  bound.
* ``reading.py`` and ``writing.py`` are :func:`load` and :func:`save`, ``options.py`` what they do unless a call says otherwise.
* ``safetensors.py`` is another format, for tensors only.
"""

from ..types import Storage as Storage
from .allowed import add_safe_globals as add_safe_globals
from .allowed import clear_safe_globals as clear_safe_globals
from .allowed import get_safe_globals as get_safe_globals
from .allowed import safe_globals as safe_globals
from .helpers import check_module_version_greater_or_equal as check_module_version_greater_or_equal
from .helpers import get_source_lines_and_file as get_source_lines_and_file
from .helpers import mkdtemp as mkdtemp
from .helpers import normalize_storage_type as normalize_storage_type
from .helpers import validate_hpu_device as validate_hpu_device
from .locations import MAP_LOCATION as MAP_LOCATION
from .locations import default_restore_location as default_restore_location
from .locations import location_tag as location_tag
from .locations import register_package as register_package
from .locations import validate_cuda_device as validate_cuda_device
from .options import MAP_PRIVATE as MAP_PRIVATE
from .options import MAP_SHARED as MAP_SHARED
from .options import LoadEndianness as LoadEndianness
from .options import SourceChangeWarning as SourceChangeWarning
from .options import get_crc32_options as get_crc32_options
from .options import get_default_load_endianness as get_default_load_endianness
from .options import get_default_mmap_options as get_default_mmap_options
from .options import set_crc32_options as set_crc32_options
from .options import set_default_load_endianness as set_default_load_endianness
from .options import set_default_mmap_options as set_default_mmap_options
from .options import skip_data as skip_data
from .reading import LEGACY_MAGIC as _MAGIC
from .reading import LEGACY_VERSION as _VERSION
from .reading import get_unsafe_globals_in_checkpoint as get_unsafe_globals_in_checkpoint
from .reading import load as load
from .records import _is_zipfile as _is_zipfile
from .records import _open_zipfile_reader as _open_zipfile_reader
from .records import _open_zipfile_writer as _open_zipfile_writer
from .writing import save as save

DEFAULT_PROTOCOL = 2  # of pickles
MAGIC_NUMBER, PROTOCOL_VERSION = _MAGIC, _VERSION
