"""PyTorch's own databases as a part of a campaign: a few samples of every entry, drawn by the campaign's seed.

The catalogue and the declarations know what somebody thought of; the databases have every function and module of PyTorch. Their
entries are dealt out in parts, since their names are not known before they are imported, which takes as long as a thousand cases.
"""

from __future__ import annotations

import warnings

from . import moduledb, opdb
from .record import COMMAND, DATABASE_PARTS, Failure, Report

SAMPLES = 3  # of each entry, in each type
_SCRIPT = """from parity import {module} as database
by_dtype = database.one({name!r}, {samples}, {seed})
new = database.beyond_known({name!r}, by_dtype)
for dtype, result in by_dtype.items():
    for check in result.first:
        print(dtype, check, result.first[check])
raise SystemExit(bool(new))
"""


def run_part(part: int, seed: int) -> Report:
    """The entries of one part, of both databases."""
    report = Report()
    report.database[f"part {part}"] += 1
    with warnings.catch_warnings(action="ignore"):
        for database in (opdb, moduledb):
            module = database.__name__.rpartition(".")[2]
            for name in database.names()[part::DATABASE_PARTS]:
                by_dtype = database.one(name, SAMPLES, seed)
                new = database.beyond_known(name, by_dtype)
                if new:
                    told = [
                        f"{dtype} {c}: {r.first.get(c, r.missing)}"
                        for dtype, r in by_dtype.items()
                        for c in new
                        if c in r.first or r.missing
                    ]
                    script = _SCRIPT.format(module=module, name=name, samples=SAMPLES, seed=seed)
                    command = f"{COMMAND} {module} --only {name} --samples {SAMPLES} --seed {seed}"
                    report.failures.append(Failure(seed, None, "\n".join(told), script, None, command, module, name, name))
    return report
