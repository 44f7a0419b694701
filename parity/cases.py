"""The kinds of cases, for what is done with all of them alike: run, judge, save, and hand over as a failure.

A case is data: a program, a network, a script, or a module with its arguments. What tells them apart stands in one table.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

import minitorch_bp

from . import blame, judge, modules, networks, program, scripted, surroundings, traced
from .outcome import Mismatch, reference
from .record import Failure
from .reproducer import reproducer

Watch = Callable[..., Any]


def _plainly(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


@dataclass(frozen=True)
class Kind:
    """What is to be known of a kind of case.

    Attributes
    ----------
    load : a case of what JSON holds of it; ValueError, KeyError or TypeError if it is none
    dump : the other way
    difference : the first difference between the frameworks, or None
    run : the case in one framework
    body : its lines, for a script that calls ``show(name, function)``
    tolerance : what the script accepts, relative to the largest number
    name : what stands for its failures if no primitive is to blame
    """

    load: Callable[[Any], Any]
    dump: Callable[[Any], Any]
    difference: Callable[[Any, Watch], Mismatch | None]
    run: Callable[[Any, Any], Any]
    body: Callable[[Any], str]
    tolerance: Callable[[Any], float]
    name: Callable[[Any], str]


def _eps(dtype: str) -> float:
    return float(np.finfo(dtype).eps)


def _dag_difference(case: program.Program, watch: Watch) -> Mismatch | None:
    torch = reference()
    return judge.compare(case, watch(program.run, case, minitorch_bp), watch(program.run, case, torch), torch, watch)


def _network_difference(case: networks.Network, watch: Watch) -> Mismatch | None:
    return networks.compare(case, watch(networks.run, case, minitorch_bp), watch(networks.run, case, reference()))


def _script_of(content: dict[str, Any]) -> scripted.Scripted:
    loose = tuple((name, float(bound)) for name, bound in content["loose"])
    return scripted.Scripted(
        content["kind"], tuple(content["rows"]), tuple(content["lines"]), content["seed"], content["dtype"], loose
    )


def _network_of(content: dict[str, Any]) -> networks.Network:
    return networks.Network(**{**content, "sizes": tuple(content["sizes"]), "activations": tuple(content["activations"])})


KINDS: dict[str, Kind] = {
    "dag": Kind(
        lambda content: program.Program.from_json(json.dumps(content)), asdict, _dag_difference, program.run, program.body,
        lambda case: 64 * _eps(case.dtype), lambda case: case.steps[-1].op if case.steps else "leaves",
    ),
    "traced": Kind(
        lambda content: program.Program.from_json(json.dumps(content)), asdict, lambda case, watch: watch(traced.difference, case),
        program.run, program.body, lambda case: 64 * _eps(case.dtype), lambda case: "torch.jit.trace",
    ),
    "network": Kind(
        _network_of, asdict, _network_difference, networks.run, networks.shown,
        lambda case: 2.0**10 * 64 ** (case.steps - 1) * _eps(case.dtype), lambda case: f"networks with {case.optimizer}, {case.body}",
    ),
    "script": Kind(
        _script_of, asdict, lambda case, watch: surroundings.difference(case, reference(), watch), scripted.run, scripted.shown,
        lambda case: max([scripted.FACTOR * _eps(case.dtype), *(bound for _, bound in case.loose)]),
        lambda case: f"{case.kind}: {case.rows[0] if case.rows else ''}",
    ),
    "module": Kind(
        lambda content: (str(content[0]), str(content[1]), str(content[2]), bool(content[3]), int(content[4])), list,
        lambda case, watch: modules.difference(case), lambda case, torch: modules.run_module(torch, *case),
        lambda case: modules.shown(*case), lambda case: 128 * _eps(case[2]), lambda case: "nn." + case[0].partition("(")[0],
    ),
}  # fmt: skip


def difference(kind: str, case: Any, watch: Watch = _plainly) -> Mismatch | None:
    """The first difference between the frameworks, or None."""
    return KINDS[kind].difference(case, watch)


def failure(
    kind: str, case: Any, text: str, command: str, seed: int | None = None, number: int | None = None, label: str = ""
) -> Failure:
    """A case that differs, as it is handed over: with the primitive to blame, and a script."""
    known = KINDS[kind]
    group = blame.first_to_diverge(functools.partial(known.run, case), minitorch_bp, reference()) or known.name(case)
    found = Failure(seed, number, text, "", json.dumps(known.dump(case)), command, kind, group, label)
    found.script = reproducer(known.body(case), found.title, text, command, known.tolerance(case))
    return found
