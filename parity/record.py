"""What a run of the harness did and found, as data: nothing here needs a framework, so that it can be reported at any moment.

A report knows what was planned, and so what was not done. Reports of shards add up to the report of the whole.
"""

from __future__ import annotations

import importlib.metadata
import platform
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

COMMAND = f"python -m {__package__}"  # the package has another name where it is installed
STOP_AT = 20  # mismatches: a campaign ends there
DATABASE, DATABASE_PARTS = "parts of PyTorch's databases", 32  # in which a run replays them
_NUMBERS = ("cases", "dags", "networks", "scripts", "frameworks", "spent", "second_order", "sensitive", "replayed")
_COUNTERS = ("ops", "dtypes", "kinds", "bodies", "rows", "modules", "database", "planned")


@dataclass
class Failure:
    """A case that differed, shrunk, with everything needed to look into it.

    Attributes
    ----------
    seed, case : the campaign's seed and the number of the case in it; None for what no campaign drew
    difference : where, and both values
    script : a script that runs both frameworks and exits 1
    program : the case as JSON (see :mod:`corpus`)
    command : the command that shows the failure again
    kind : 'dag', 'network', 'script' or 'module'
    group : the primitive that diverges first; failures of one cause share it
    label : what the case is called where it has no number
    """

    seed: int | None
    case: int | None
    difference: str
    script: str
    program: str | None
    command: str
    kind: str = "dag"
    group: str = ""
    label: str = ""

    @property
    def title(self) -> str:
        return self.label or f"case {self.case} of seed {self.seed}"


@dataclass
class Report:
    """What a campaign did and found.

    Attributes
    ----------
    frameworks, spent : seconds of all processes inside of minitorch_bp and torch, and on random cases in all
    modules : how many runs of each module were compared
    operations : for each entry of the catalogue, what came of every kind of input (see :func:`coverage.matrix`)
    database : which parts of PyTorch's databases were replayed
    planned : how much of each part there is to do; no part means that nothing was begun
    about : seed, shard, versions, platform and date
    """

    cases: int = 0
    dags: int = 0
    networks: int = 0
    scripts: int = 0
    seconds: float = 0.0
    frameworks: float = 0.0
    spent: float = 0.0
    ops: Counter[str] = field(default_factory=Counter)
    dtypes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)  # of programs: illegal, hooked, strided, ...
    bodies: Counter[str] = field(default_factory=Counter)  # of networks
    rows: Counter[str] = field(default_factory=Counter)  # of the tables that scripts are drawn from
    modules: Counter[str] = field(default_factory=Counter)
    database: Counter[str] = field(default_factory=Counter)
    operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    planned: Counter[str] = field(default_factory=Counter)
    second_order: int = 0
    sensitive: int = 0  # accepted because PyTorch disagrees with itself
    replayed: int = 0
    failures: list[Failure] = field(default_factory=list)
    not_covered: list[str] = field(default_factory=list)
    interrupted: bool = False
    about: dict[str, Any] = field(default_factory=dict)

    def add(self, other: Report) -> None:
        """Take in another report (of a chunk, or of a shard)."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))
        self.operations |= other.operations
        self.failures += other.failures
        self.not_covered = list(dict.fromkeys([*self.not_covered, *other.not_covered]))
        self.interrupted = self.interrupted or other.interrupted

    @property
    def harness_share(self) -> float:
        """The share of the time that is neither minitorch_bp's nor PyTorch's."""
        return 1 - self.frameworks / self.spent if self.spent else 0.0

    @property
    def rate(self) -> float:
        """Random cases a second, in each process."""
        return self.cases / max(self.spent, 1e-9)

    @property
    def groups(self) -> dict[str, list[Failure]]:
        """The failures by the primitive that diverges first, the largest group first."""
        found: dict[str, list[Failure]] = {}
        for failure in self.failures:
            found.setdefault(failure.group or failure.title, []).append(failure)
        return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))

    @property
    def not_done(self) -> list[str]:
        """What was planned and is not among what was done, in words."""
        if not self.planned:
            return ["everything: nothing was compared"] if self.interrupted else []
        done = {"failures of the corpus": self.replayed, "modules": len(self.modules), "operations on every kind of input": len(self.operations),
                DATABASE: len(self.database), "cases": self.cases}  # fmt: skip
        left = [f"{n - done[part]} of {n} {part}" for part, n in self.planned.items() if n > done[part]]
        if left and len(self.failures) >= STOP_AT:
            left.append(f"(a run stops at {STOP_AT} mismatches)")
        if self.interrupted and "cases" not in self.planned:
            left.append("the random cases that the rest of the time would have given")
        return left

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        counters = {name: dict(getattr(self, name)) for name in _COUNTERS}
        return {
            "about": self.about, "cases": self.cases, "dags": self.dags, "networks": self.networks, "scripts": self.scripts,
            "failures": len(self.failures), "seconds": round(self.seconds, 2), "cases_per_second": round(self.rate, 1),
            "harness_share": round(self.harness_share, 3), "frameworks": round(self.frameworks, 2), "spent": round(self.spent, 2),
            "second_order": self.second_order, "sensitive": self.sensitive, "replayed": self.replayed, "interrupted": self.interrupted,
            "not_done": self.not_done, "ops_covered": len(self.ops), "not_covered": self.not_covered,
            "groups": {name: len(those) for name, those in self.groups.items()}, "mismatches": [vars(f) for f in self.failures],
            **counters, "coverage": self.operations,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Report:
        """The report that :meth:`as_dict` gave; KeyError or TypeError if it is not one."""
        report = cls(**{name: content[name] for name in (*_NUMBERS, "seconds", "interrupted", "not_covered", "about")})
        for name in _COUNTERS:
            getattr(report, name).update(content[name])
        report.operations = content["coverage"]
        report.failures = [Failure(**f) for f in content["mismatches"]]
        return report


def merged(reports: list[Report]) -> Report:
    """The report of the whole, from those of its shards."""
    whole = Report()
    for report in reports:
        whole.add(report)
        whole.seconds = max(whole.seconds, report.seconds)  # shards run side by side
    alike = {k: v for k, v in reports[0].about.items() if all(r.about.get(k) == v for r in reports)}
    seeds = sorted({str(r.about.get("seed")) for r in reports})
    whole.about = {**alike, "seed": ", ".join(seeds), "shard": ", ".join(str(r.about.get("shard")) for r in reports),
                   "date": min(str(r.about.get("date")) for r in reports)}  # fmt: skip
    return whole


def about(seed: int | None, shard: str = "1/1", **more: Any) -> dict[str, Any]:
    """Where, when and with what: seed, shard, versions, platform, date. Of the frameworks, what has been imported by now."""
    versions = {"python": platform.python_version()}
    for name in ("minitorch_bp", "torch", "numpy", "scipy"):
        module = sys.modules.get(name)
        if module is not None:
            versions[name] = _own_version() if name == "minitorch_bp" else str(getattr(module, "__version__", "unknown"))
    subject = sys.modules.get("minitorch_bp")
    if subject is not None:
        more["minitorch_bp_path"] = subject.__file__
    return {"seed": seed, "shard": shard, "versions": versions, "platform": platform.platform(),
            "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **more}  # fmt: skip


def _own_version() -> str:
    try:
        return importlib.metadata.version("minitorch_bp")
    except importlib.metadata.PackageNotFoundError:
        return "a checkout that is not installed"  # minitorch_bp.__version__ is PyTorch's, which it mirrors
