"""The list of PyTorch's names that are not here is what the installed PyTorch says."""

import importlib.util
import pathlib

FILE = pathlib.Path(__file__).with_name("make_absent.py")


def test_the_list_is_current():
    spec = importlib.util.spec_from_file_location("make_absent", FILE)
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    assert make.FILE.read_text() == make.text(), "names have come or gone: run `python tests/make_absent.py`"
