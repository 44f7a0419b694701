"""A fuzzer of the loaders: bytes that are bent again and again, each of which must load, or be refused with a clear error.

    python -m parity.fuzz_load [--minutes 10] [--seed 0] [--findings FOLDER]

With atheris (``pip install atheris``, where it has a wheel) libFuzzer looks which lines of ``minitorch_bp/serialization`` an input reaches,
and goes on from those that reach new ones. Without, or with ``--blind``, sound files are bent at random. An input is a finding if the
loader executes something, raises another type of error than the few that it promises, takes over 5 seconds, or takes more memory
than twice the file and 64 MiB. The first byte says what the rest is: a whole file, the pickle in a sound archive, the object in a file
of the format before, or a file of safetensors.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import pickle
import random
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

SECONDS, ALLOWANCE = 5, 64 << 20
_WATCHED = (
    "os.system",
    "subprocess.Popen",
    "exec",
    "compile",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "open",
    "socket.connect",
    "ctypes.dlopen",
)
_FORMS = 4
_NAMES = (
    "torch._utils", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_parameter", "_rebuild_parameter_with_state", "torch._tensor",
    "_rebuild_from_type_v2", "collections", "OrderedDict", "Counter", "__builtin__", "set", "complex", "bytearray", "_codecs", "encode", "latin1",
    "torch", "FloatStorage", "BFloat16Storage", "UntypedStorage", "torch.storage", "TypedStorage", "Size", "device", "float32", "Tensor", "storage",
    "cpu", "cuda:0", "torch.serialization", "_get_layout", "torch.strided", "torch.nn.parameter", "Parameter", "os", "system", "__reduce__",
    "__setstate__", "__array_interface__", "conj", "neg", "F32", "dtype", "shape", "data_offsets", "__metadata__",
)  # fmt: skip
_PIECES = [
    b"\x80\x02", b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"\xff\xff\xff\xff", b"\x00" * 8, b"\xff" * 8,
    b"}(", b"u.", b"](", b"e.", b"tR", b"tQ", b")R", b"\x81", b"b.", b"q\x01", b"h\x01", b"r\xff\xff\xff\x7f", b"j\x00\x00\x00\x01", b"\x85", b"\x86", b"\x87",
    b"X\xff\xff\xff\x7f", b"\x8a\xff", b"\x8f", b"0", b"2", *(f"c{a}\n{b}\n".encode() for a, b in itertools.pairwise(_NAMES)),
    *(name.encode() for name in _NAMES),
]  # fmt: skip


class Finding(Exception):
    """An input for which the loader does not keep its promises."""


class Target:
    """Loads one input, and raises :class:`Finding`."""

    def __init__(self, torch: Any):
        from minitorch_bp.serialization import safetensors

        self._torch, self._safetensors = torch, safetensors
        buffer = io.BytesIO()
        torch.save([torch.arange(4.0), torch.ones(2, dtype=torch.bfloat16)], buffer)
        source = zipfile.ZipFile(buffer)
        self._records = {name: source.read(name) for name in source.namelist()}
        buffer = io.BytesIO()
        torch.save([], buffer, _use_new_zipfile_serialization=False)
        self._head = buffer.getvalue()[: -len(b"]q\x00." + pickle.dumps([], 2))]
        self._promised = {pickle.UnpicklingError, RuntimeError, EOFError, NotImplementedError, ValueError}
        self._events: list[str] = []
        self._watching = False
        sys.addaudithook(self._heard)

    def _heard(self, event: str, args: Any) -> None:
        if self._watching and event in _WATCHED:
            self._events.append(f"{event} {args!r:.100}")

    def file(self, data: bytes) -> tuple[bytes, Callable[[bytes], Any], set[Any]]:
        """The file that an input stands for, who loads it, and the errors that may be raised."""
        form, rest = (data[0] % _FORMS, data[1:]) if data else (0, data)
        if form == 3:
            return rest, self._safetensors.load, {self._safetensors.SafetensorError}
        if form == 1:
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as archive:
                for name, contents in self._records.items():
                    archive.writestr(name, rest if name.endswith("data.pkl") else contents)
            rest = out.getvalue()
        elif form == 2:
            rest = self._head + rest
        return rest, lambda file: self._torch.load(io.BytesIO(file)), self._promised

    def __call__(self, data: bytes) -> str:
        """'loaded', or the name of the error."""
        file, load, promised = self.file(data)
        tracemalloc.reset_peak()
        before, begin = tracemalloc.get_traced_memory()[0], time.process_time()
        self._watching, outcome = True, "loaded"
        try:
            load(file)
        except Exception as error:
            outcome = type(error).__name__
            if type(error) not in promised or len(str(error)) < 20:
                raise Finding(f"{outcome}: {error}") from error
        finally:
            self._watching = False
        took, peak = time.process_time() - begin, tracemalloc.get_traced_memory()[1] - before
        if self._events:
            raise Finding(f"executed {self._events}")
        if took > SECONDS:
            raise Finding(f"took {took:.1f} s")
        if peak > 2 * len(file) + ALLOWANCE:
            raise Finding(f"took {peak} bytes for {len(file)}")
        return outcome


def seeds(torch: Any) -> Iterator[bytes]:
    """Sound inputs of every form."""
    import collections

    from minitorch_bp.serialization import safetensors

    x = torch.arange(6.0).reshape(2, 3)
    objects = [
        x, [x, x.t(), x[1]], {"w": x, "n": 3, "s": "text", "f": 0.5, "b": True, "none": None, "z": 1j, "big": 2**70}, torch.nn.Linear(2, 2).state_dict(),
        torch.nn.Parameter(x), [x.bfloat16(), x.to(torch.uint16), x > 2], collections.OrderedDict(a=(1, (2, [3]))), {"a", 1}, b"bytes", bytearray(b"more"),
        torch.Size([1, 2]), torch.device("cpu"), torch.float32, collections.Counter("aab"), x.to(torch.complex64).conj(), torch.zeros(0, 3),
        torch.optim.Adam([torch.nn.Parameter(x)]).state_dict(), x.storage(), x.untyped_storage(), torch.strided,
    ]  # fmt: skip
    for obj in objects:
        for zipped in (True, False):
            out = io.BytesIO()
            torch.save(obj, out, _use_new_zipfile_serialization=zipped)
            yield b"\0" + out.getvalue()
        yield b"\1" + zipfile.ZipFile(_saved(torch, obj)).read("archive/data.pkl")
        old = io.BytesIO()
        torch.save(obj, old, _use_new_zipfile_serialization=False)
        yield b"\2" + old.getvalue()[old.getvalue().index(b".\x80\x02", old.getvalue().index(b"type_sizes")) + 1 :]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        source = zipfile.ZipFile(_saved(torch, x))
        for name in source.namelist():
            archive.writestr(name, source.read(name))
    yield b"\0" + packed.getvalue()
    yield b"\3" + safetensors.save({"w": x, "n": torch.tensor([1, 2]), "e": torch.zeros(0)}, {"a": "b"})


def _saved(torch: Any, obj: Any) -> io.BytesIO:
    out = io.BytesIO()
    torch.save(obj, out)
    out.seek(0)
    return out


def bent(draw: random.Random, corpus: list[bytes]) -> bytes:
    """A sound input, changed in a few places."""
    data = bytearray(draw.choice(corpus))
    for _ in range(draw.choice((1, 1, 2, 3, 8))):
        place = draw.randrange(1, max(2, len(data)))
        match draw.randrange(8):
            case 0:
                data[place : place + 1] = bytes([draw.randrange(256)])
            case 1:
                data[place : place + 1] = bytes([data[min(place, len(data) - 1)] ^ 1 << draw.randrange(8)])
            case 2:
                data[place:place] = draw.choice(_PIECES)
            case 3:
                data[place : place + draw.randrange(1, 20)] = draw.choice(_PIECES)
            case 4:
                del data[place : place + draw.choice((1, 1, 4, 30))]
            case 5:
                end = place + draw.randrange(1, 40)
                data[place:place] = data[place:end] * draw.choice((1, 1, 50))
            case 6:
                other = draw.choice(corpus)
                begin = draw.randrange(len(other))
                data[place : place + draw.randrange(30)] = other[begin : begin + draw.randrange(1, 60)]
            case _:
                data[place : place + 4] = draw.choice((0, 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, len(data))).to_bytes(4, "little")
    return bytes(data)


def blind(
    target: Target, corpus: list[bytes], seed: int, until: Callable[[int], bool]
) -> tuple[int, dict[str, int], list[tuple[bytes, str]]]:
    """Bend inputs at random; how many, with which outcomes, and the findings."""
    draw, count = random.Random(seed), 0
    outcomes: dict[str, int] = {}
    findings: list[tuple[bytes, str]] = []
    while not until(count):
        data = bent(draw, corpus)
        count += 1
        try:
            outcome = target(data)
        except Finding as finding:
            findings.append((data, str(finding)))
            outcome = "finding"
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return count, outcomes, findings


def main() -> int:
    """The command."""
    ap = argparse.ArgumentParser(prog="python -m parity.fuzz_load", description=(__doc__ or "").split("\n\n")[0])
    ap.add_argument("--minutes", type=float, default=10)
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--findings", type=Path, default=Path("parity-report/fuzz"), help="the folder for inputs and findings")
    ap.add_argument("--blind", action="store_true", help="do without atheris")
    args = ap.parse_args()
    atheris = None
    if not args.blind:
        try:
            import atheris  # type: ignore[import-not-found,no-redef]
        except ImportError:
            print("atheris is not installed: inputs are bent at random")
    with atheris.instrument_imports(include=["minitorch_bp.serialization"]) if atheris else nullcontext():
        import minitorch_bp as torch
        import minitorch_bp.serialization.safetensors
    torch.load(_saved(torch, [torch.ones(1, dtype=torch.bfloat16), torch.arange(6.0)]))  # what is imported late is imported now
    corpus = list(seeds(torch))
    target = Target(torch)
    tracemalloc.start()
    args.findings.mkdir(parents=True, exist_ok=True)
    for data in corpus:
        target(data)
    if atheris:
        return _guided(atheris, target, corpus, args)
    end = time.monotonic() + 60 * args.minutes
    count, outcomes, findings = blind(target, corpus, args.seed, lambda _: time.monotonic() > end)
    for k, (data, why) in enumerate(findings):
        (args.findings / f"finding-{k}").write_bytes(data)
        print(f"finding-{k}: {why}")
    print(f"{count} inputs: {outcomes}; {len(findings)} findings")
    return int(bool(findings))


def _guided(atheris: Any, target: Target, corpus: list[bytes], args: argparse.Namespace) -> int:
    """Hand over to libFuzzer, which ends the process."""
    folder = args.findings / "corpus"
    folder.mkdir(exist_ok=True)
    for k, data in enumerate(corpus):
        (folder / f"seed-{k}").write_bytes(data)
    words = args.findings / "words"
    words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in piece) + '"\n' for piece in _PIECES))
    options = {
        "max_total_time": int(60 * args.minutes),
        "seed": args.seed + 1,
        "timeout": 4 * SECONDS,
        "rss_limit_mb": 2048,
        "max_len": 8192,
    }
    flags = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup([sys.argv[0], *flags, f"-dict={words}", f"-artifact_prefix={args.findings}{os.sep}", str(folder)], target)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
