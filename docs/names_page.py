"""The page of every public name of PyTorch, and whether it is here.

The names are those of PyTorch 2.13, in ``names_of_torch.json``: ``python docs/names_page.py`` writes that file with PyTorch
installed. The page itself is made at every build from what the package has then.
"""

from __future__ import annotations

import importlib
import json
import pathlib
import sys

from pages import write_if_changed

HERE = pathlib.Path(__file__).parent
FILE = HERE / "names_of_torch.json"
HEAD = """# What is here

Every public name of the parts of PyTorch 2.13 that are mirrored: **{here} of {all}**, {share:.1%}; of the names that a library on NumPy
can have, {scope:.1%}. A name that is not here raises an AttributeError that says so, and why. Made when this page was built, from the
package itself.

"""


def part(space: str) -> object:
    """A part of this library, or None."""
    value: object = importlib.import_module("minitorch_bp")
    for word in space.split(".")[1:]:
        found = getattr(value, word, None)
        if found is None:
            try:
                found = importlib.import_module(f"{value.__name__}.{word}")  # type: ignore[attr-defined]
            except (ImportError, AttributeError):
                return None
        value = found
    return value


def page() -> str:
    """In MyST: a section per part, the names that are here and those that are not."""
    from minitorch_bp._absent_kinds import KINDS, why

    total = here = 0
    sections: list[str] = []
    kinds: dict[str, list[str]] = {}
    for space, names in json.loads(FILE.read_text()).items():
        ours = part(space)
        found = [n for n in names if ours is not None and hasattr(ours, n)]
        gone = [n for n in names if n not in set(found)]
        total, here = total + len(names), here + len(found)
        sections += [f"## `{space}`", "", f"{len(found)} of {len(names)}.", ""]
        for n in gone:
            kinds.setdefault(why(space, n)[0], []).append(f"{space}.{n}")
        if gone:
            sections += ["**Not here**: " + ", ".join(f"`{n}`" for n in gone) + ".", ""]
        if found:
            sections += [":::{dropdown} Here", ", ".join(f"`{n}`" for n in found) + ".", ":::", ""]
    reasons = {kind: reason for kind, reason, _ in KINDS} | {"open": "it has not been built yet"}
    table = ["## Why a name is not here", "", "| kind | names | reason |", "|---|---|---|"]
    table += [f"| {kind} | {len(kinds[kind])} | {reason} |" for kind, reason in reasons.items() if kind in kinds] + [""]
    for kind, gone in kinds.items():
        table += [f":::{{dropdown}} {kind}", ", ".join(f"`{n}`" for n in gone) + ".", ":::", ""]
    excused = sum(len(gone) for kind, gone in kinds.items() if kind != "open")
    head = HEAD.format(here=here, all=total, share=here / total, scope=here / (total - excused))
    return head + "\n".join([*table, *sections])


def write_names_page() -> None:
    write_if_changed(HERE / "names.md", page())


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent / "tests"))
    from make_absent import counts

    FILE.write_text(json.dumps({space: sorted(names) for space, (names, _) in counts().items()}) + "\n")
