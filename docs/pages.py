"""Writing a page that is made by the build."""

import pathlib


def write_if_changed(path: pathlib.Path, text: str) -> None:
    """Only if it changed, so that Sphinx does not rebuild everything."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
