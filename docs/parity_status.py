"""What the harness says of each name, on the name's own page.

``python -m parity coverage --json coverage.json`` and then ``python docs/parity_status.py coverage.json`` write
``parity_status.json``, which is kept: the harness takes minutes, and needs PyTorch. The pages are made from that file.
"""

from __future__ import annotations

import json
import pathlib
import re
import sys

FILE = pathlib.Path(__file__).parent / "parity_status.json"
STATUS = json.loads(FILE.read_text()) if FILE.exists() else {"functions": {}, "modules": []}
#: kinds of inputs, in the words of the pages
WORDS = {"second order": "second derivatives", "inf, nan": "infinities and NaN", "twice": "the same operand twice"}


def add_status(app, what, name, obj, options, lines):
    """Sphinx calls this with the text of each documented object."""
    short = name.removeprefix("minitorch_bp.")
    if what in ("function", "method") and (found := STATUS["functions"].get(short.removeprefix("Tensor."))):
        lines += ["", ".. rubric:: Parity", "", sentence(found), ""]
    elif what == "class" and short in STATUS["modules"]:
        lines += ["", ".. rubric:: Parity", "", OF_MODULES, ""]


OF_MODULES = (
    "Compared with PyTorch's module in every campaign: initial values bit by bit under the same seed, results and gradients of inputs "
    "and parameters in float32 and float64, in training and evaluation mode, names of the state and the printed text."
)


def sentence(found: dict) -> str:
    """One paragraph on what was compared and how far apart the frameworks were."""
    if "replayed" in found:
        return "Compared with PyTorch 2.13 over every sample of PyTorch's own database of operators: values, gradients and second derivatives."
    order = "values, gradients and second derivatives" if found["second"] else "values and gradients" if found["grad"] else "values"
    units = ", ".join(f"{found[t]:.0f} in {t}" if found[t] else f"none in {t}" for t in ("float32", "float64"))
    text = f"Compared with PyTorch 2.13: {order}. Largest distance, in units of the last place: {units}. "
    text += "Equal on " + ", ".join(WORDS.get(k, k) for k in found["equal"]) + "."
    if found["refused"]:
        text += " Refused as by PyTorch: " + ", ".join(WORDS.get(k, k) for k in found["refused"]) + "."
    if found["known"]:
        text += " **Known to differ** on " + ", ".join(WORDS.get(k, k) for k in found["known"]) + " (see :doc:`/parity`)."
    return text


def collect(coverage: dict) -> dict:
    """From the table by catalogue entry to one by public name.

    An entry speaks for the function that it is named after, or else for those that it calls; a function that no entry calls may be in
    PyTorch's database of operators, which ``parity opdb`` replays.
    """
    from torch.testing._internal.common_methods_invocations import op_db

    from minitorch_bp.ops import exports
    from parity.catalog import CATALOG
    from parity.modules import MODULES

    replayed = {each.name for info in op_db for each in (info, *info.aliases)}
    functions = {}
    for space, names in exports().items():
        for name, value in names.items():
            others = {n for n, v in names.items() if v is value}
            entries = [e for e in CATALOG.values() if e.name in coverage and any(called(e, space, n) for n in others)]
            own = [e for e in entries if any(e.name.startswith(n) or n in re.split(r"[ .\[]", e.name) for n in others)]
            key = name if space in ("torch", "Tensor") else f"{space}.{name}"
            if own or entries:
                functions.setdefault(key, merged([coverage[e.name] for e in own or entries]))
            elif any(n in replayed or f"{space}.{n}" in replayed for n in others):
                functions.setdefault(key, {"replayed": True})
    return {"functions": functions, "modules": sorted(f"nn.{m}" for m in MODULES)}


def called(entry, space: str, name: str) -> bool:
    """Whether an entry's text calls a function."""
    return re.search(rf"\b{name}\(", entry.template) is not None or (space == "Tensor" and f".{name}" in entry.template)


def merged(rows: list[dict]) -> dict:
    """The worst of several entries."""
    kinds = [k for k in rows[0] if not k.startswith("ulp")]
    state = {k: {row[k] for row in rows} - {"-"} for k in kinds}
    plain = [k for k in kinds if k not in ("float32", "float64") and "second order" not in k]
    return {
        "float32": max(row["ulp float32"] for row in rows),
        "float64": max(row["ulp float64"] for row in rows),
        "grad": "ok" in state["float64"],
        "second": "ok" in state["second order"],
        "equal": [k for k in plain if "ok" in state[k] and "known" not in state[k]],
        "refused": [k for k in plain if state[k] == {"refused"}],
        "known": [k for k in kinds if "known" in state[k]],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(collect(json.loads(pathlib.Path(sys.argv[1]).read_text())["coverage"]), sort_keys=True) + "\n")
