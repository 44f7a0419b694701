"""A page for each section exercise, with its starter as script and notebook: the text stands once, in the exercise's source."""

from __future__ import annotations

import pathlib
import re

from pages import write_if_changed

from minitorch_bp.exercises import source

HERE = pathlib.Path(__file__).parent / "exercises"


def write_exercise_pages() -> None:
    """``exercises/eNN_*.md``, and the starters to download beside them."""
    downloads = HERE / "starters"
    downloads.mkdir(exist_ok=True)
    for path in sorted(HERE.glob("e[0-9]*.py")):
        exercise = source.read(path)
        write_if_changed(downloads / f"{exercise.name}.py", exercise.script(solution=False))
        write_if_changed(downloads / f"{exercise.name}.ipynb", exercise.notebook())
        write_if_changed(HERE / f"{exercise.name}.md", page(exercise))


def page(exercise: source.Exercise) -> str:
    """In MyST: the text, what is given, and where to write."""
    parts = []
    for kind, text in exercise.cells:
        if kind == "markdown":
            parts.append(re.sub(r"^# ?", "", text, flags=re.M).strip())
        elif kind == "code":
            parts.append(f"```python\n{source.starter(text).strip()}\n```")
    name = exercise.name
    get = (
        f"{{download}}`Starter as a script <starters/{name}.py>` · {{download}}`as a notebook <starters/{name}.ipynb>`. Check your work with\n\n"
        f"```sh\npython -m minitorch_bp.exercises check {name}.py\n```"
    )
    return "\n\n".join([parts[0], get, *parts[1:]]) + "\n"
