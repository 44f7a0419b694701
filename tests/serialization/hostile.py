"""Hostile and damaged checkpoints: a seeded corpus, and a program that loads each and reports what happened.

Run as a program in a process of its own, with limits, by test_hostile.py.
"""

import collections
import io
import itertools
import json
import os
import pickle
import random
import struct
import sys
import time
import zipfile
import zlib

CANARY = "MINITORCH_CANARY"  # names the file that appears if code runs


# ---------------------------------------------------------------------- writing pickles by hand
def g(module, name):
    return f"c{module}\n{name}\n".encode()


def text(value):
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def number(value):
    if 0 <= value < 256:
        return b"K" + bytes([value])
    raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


def tup(*parts):
    return b"(" + b"".join(parts) + b"t"


def mapping(**items):
    return b"}(" + b"".join(text(k) + v for k, v in items.items()) + b"u"


def storage(kind=("torch", "FloatStorage"), key="0", where="cpu", count=4):
    return tup(text("storage"), g(*kind), text(key), text(where), number(count)) + b"Q"


HOOKS = g("collections", "OrderedDict") + b")R"


def tensor(offset=0, size=(4,), stride=(1,), where=None, more=b"\x89" + HOOKS):
    sizes, strides = (tup(*map(number, each)) for each in (size, stride))
    return g("torch._utils", "_rebuild_tensor_v2") + tup(where or storage(), number(offset), sizes, strides, more) + b"R"


def program(*parts):
    return b"\x80\x02" + b"".join(parts) + b"."


DATA = struct.pack("<4f", 1, 2, 3, 4)
COUNTED = struct.pack("<Q", 4) + DATA  # as the format before has it


def archive(pickled, records=None, root="archive", pack=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", pack) as z:
        z.writestr(f"{root}/data.pkl", pickled)
        for name, data in {"version": b"3\n", **(records or {"data/0": DATA, "byteorder": b"little"})}.items():
            z.writestr(f"{root}/{name}", data)
    return out.getvalue()


def legacy(pickled, keys=("0",), contents=(COUNTED,)):
    head = [pickle.dumps(each, 2) for each in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})]
    return b"".join([*head, pickled, pickle.dumps(list(keys), 2), *contents])


# ---------------------------------------------------------------------- families
NAMES = [
    ("collections", "OrderedDict"), ("collections", "Counter"), ("__builtin__", "set"), ("__builtin__", "complex"),
    ("__builtin__", "bytearray"), ("_codecs", "encode"), ("torch", "Size"), ("torch", "Tensor"), ("torch", "device"), ("torch", "float32"),
    ("torch", "bfloat16"), ("torch", "FloatStorage"), ("torch", "FloatTensor"), ("torch.nn.parameter", "Parameter"),
    ("torch.storage", "UntypedStorage"), ("torch.storage", "TypedStorage"), ("torch.serialization", "_get_layout"),
    ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor_v3"),
    ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"), ("torch._tensor", "_rebuild_from_type_v2"),
]  # fmt: skip

POISON = mapping(
    __array_interface__=mapping(shape=tup(number(64)), typestr=text("<f4"), data=tup(number(4096), b"\x89"), version=b"K\x03"),
    __defaults__=tup(number(1)), _numpy=text("i8"), dtype=number(3), __repr__=number(1), __class__=number(1), __dict__=b"}", __code__=b"N",
    __setstate__=number(1), keys=number(1), items=number(1), _array=number(1),
)  # fmt: skip

SECRETS = [
    ("os", "system"), ("posix", "system"), ("nt", "system"), ("subprocess", "Popen"), ("__builtin__", "eval"), ("builtins", "exec"),
    ("__builtin__", "getattr"), ("builtins", "__import__"), ("__builtin__", "open"), ("io", "open"), ("operator", "attrgetter"),
    ("functools", "partial"), ("pickle", "loads"), ("_pickle", "loads"), ("marshal", "loads"), ("types", "CodeType"), ("torch", "load"),
    ("torch.serialization", "load"), ("torch.hub", "load"), ("numpy", "load"), ("numpy.core.multiarray", "_reconstruct"), ("importlib", "import_module"),
    ("minitorch_bp", "load"), ("minitorch_bp.serialization.allowed", "NAMES"), ("minitorch_bp.core.tensor", "wrap"), ("sys", "modules"), ("sys", "exit"),
    ("os", "_exit"), ("signal", "raise_signal"), ("ctypes", "string_at"), ("gc", "get_objects"), ("collections", "OrderedDict.fromkeys"),
    ("collections", "namedtuple"), ("torch", "Tensor.backward"), ("torch", "__builtins__"), ("torch.nn.parameter", "torch"), ("copy_reg", "_reconstructor"),
    ("copyreg", "__newobj__"), ("", ""), ("torch", ""), ("codecs", "encode"), ("_codecs", "decode"), ("_codecs", "lookup"),
]  # fmt: skip


def executing():
    for module, name in SECRETS:
        command = text(f"touch ${CANARY}")
        yield f"calls {module}.{name}", archive(program(g(module, name), b"(", command, b"tR"))
        yield f"holds {module}.{name}", archive(program(b"]", g(module, name), b"a"))
        yield f"legacy calls {module}.{name}", legacy(program(g(module, name), b"(", command, b"tR"))


def abused():
    """Every allowed name, with every instruction that does something to an object."""
    arguments = {
        "nothing": b")", "dict": tup(b"}"), "poison": tup(POISON), "huge": tup(number(1 << 40)), "text": tup(text("a" * 50)),
        "tensor": tup(tensor()), "self": None, "many": tup(*[number(1)] * 9), "not a tuple": b"}", "storage": tup(storage(), b"K\x00", b")", b")"),
    }  # fmt: skip
    for module, name in NAMES:
        it = g(module, name)
        for what, args in arguments.items():
            args = tup(it) if args is None else args
            yield f"REDUCE {name} {what}", archive(program(it, args, b"R"))
            yield f"NEWOBJ {name} {what}", archive(program(it, args, b"\x81"))
        for what, made in {"name": it, "made": it + b")R", "new": it + b")\x81"}.items():
            yield f"BUILD {name} {what}", archive(program(made, POISON, b"b"))
            yield f"BUILD slots {name} {what}", archive(program(made, tup(b"N", POISON), b"b"))
            yield f"SETITEM {name} {what}", archive(program(made, text("__array_interface__"), b"K\x01s"))
            yield f"APPEND {name} {what}", archive(program(made, b"K\x01a"))
    for what, made in {
        "tensor": tensor(),
        "storage": storage(),
        "list": b"]",
        "dict": b"}",
        "tuple": b")",
        "text": text("a"),
        "None": b"N",
    }.items():
        for op in (POISON + b"b", tup(b"N", POISON) + b"b", b"K\x01K\x02s", b"K\x01a", b")R", b")\x81", b"Q"):
            yield f"{op[-1:]} on {what}", archive(program(made, op))
    poisoned = g("collections", "OrderedDict") + b")R" + POISON + b"b"
    yield "interface as storage", archive(program(tensor(where=poisoned)))
    yield "interface as size", archive(program(g("torch", "Size"), tup(poisoned), b"R"))
    yield "interface set into tensor", archive(program(tensor(), poisoned, b"b"))
    attributes = g("torch._tensor", "_rebuild_from_type_v2")
    inner = tup(storage(), b"K\x00", tup(number(4)), tup(number(1)), b"\x89", HOOKS)
    for kind in NAMES:
        yield (
            f"tensor of type {kind[1]}",
            archive(program(attributes, tup(g("torch._utils", "_rebuild_tensor_v2"), g(*kind), inner, POISON), b"R")),
        )
    for name in ("__array_interface__", "_array", "backward", "__class__", "shape", "grad", "_fn", "numpy"):
        state = mapping(**{name: number(1)})
        yield (
            f"attribute {name}",
            archive(program(attributes, tup(g("torch._utils", "_rebuild_tensor_v2"), g("torch", "Tensor"), inner, state), b"R")),
        )


def tensors():
    """Descriptions of impossible tensors and storages."""
    big = 1 << 62
    for offset, size, stride in [
        (1, (4,), (1,)), (4, (1,), (1,)), (-1, (1,), (1,)), (0, (5,), (1,)), (0, (2, 2), (3, 1)), (0, (2,), (-1,)), (0, (-2,), (1,)),
        (big, (1,), (1,)), (0, (big,), (1,)), (0, (2,), (big,)), (0, (big, 0), (1, 1)), (0, (1 << 31, 1 << 31), (0, 0)), (0, (2,), (1, 1)),
        (0, (1,) * 70, (1,) * 70), (0, (1 << 70,), (0,)), (1 << 80, (1,), (0,)), (0, (1 << 40,), (0,)), (0, (0,), (big,)), (big, (0,), (1,)),
    ]:  # fmt: skip
        for made in (archive, legacy):
            wrong = storage() if made is archive else storage()[:-2] + b"NtQ"
            yield (
                f"{made.__name__} offset {offset} size {size[:3]} stride {stride[:3]}",
                made(program(tensor(offset, size, stride, wrong))),
            )
    bits = b"\x89" + HOOKS + mapping(conj=b"\x88", neg=b"\x88")
    yield "bits of an expanded tensor", archive(program(tensor(0, (1 << 30,), (0,), more=bits)))
    yield "bits of many tensors", archive(program(b"](", tensor(0, (1 << 22,), (0,), more=bits), b"q\x01", b"e"))
    for more in (
        b"N" + HOOKS,
        b"\x88" + HOOKS + number(5),
        b"\x89" + HOOKS + mapping(evil=b"\x88"),
        b"\x89" + HOOKS + mapping(conj=number(1)),
        b"",
    ):
        yield f"rest {more[-9:]!r}", archive(program(tensor(more=more)))
    for count in (0, 1, 3, 5, 1 << 20, 1 << 40, 1 << 70, -1):
        yield f"count {count}", archive(program(tensor(where=storage(count=count))))
        wrong = storage(count=count)[:-2] + b"NtQ"
        yield f"legacy count {count}", legacy(program(tensor(where=wrong)))
    for key in ("1", "../data.pkl", "", "/etc/passwd", "0/../0", "a" * 70000, "data.pkl", "\x00", "0\n"):
        yield f"key {key[:9]!r}", archive(program(tensor(where=storage(key=key))))
    for where in ("cuda:0", "foo", "", "cpu:7" * 999, "meta"):
        yield f"location {where[:9]}", archive(program(tensor(where=storage(where=where))))
    for kind in [
        ("torch", "DoubleStorage"),
        ("torch", "BoolStorage"),
        ("torch", "QInt8Storage"),
        ("torch.storage", "TypedStorage"),
        *NAMES[:6],
    ]:
        yield f"storage type {kind[1]}", archive(program(tensor(where=storage(kind))))
    yield "two types of one storage", archive(program(storage(), storage(("torch", "IntStorage")), b"\x86"))
    for reference in (
        b"N",
        b")",
        text("storage"),
        tup(text("module"), b"N"),
        tup(*[b"N"] * 5),
        tup(text("storage"), *[b"N"] * 4),
        tup(*[b"]"] * 6),
    ):
        yield f"reference {reference[:9]!r}", archive(program(reference, b"Q"))
    part = storage()[:-2]
    for view in (
        tup(text("a"), number(2), number(3)),
        tup(text("a"), number(-1), number(1)),
        tup(number(1), number(1), number(big)),
        tup(text("a")),
        b"}",
    ):
        yield f"part {view[-9:]!r}", legacy(program(part, view, b"tQ"))
    for d in ("uint16", "complex128", "bfloat16"):
        v3 = tup(
            storage(("torch.storage", "UntypedStorage"), count=16),
            b"K\x01",
            tup(number(8)),
            tup(number(1)),
            b"\x89",
            HOOKS,
            g("torch", d),
        )
        yield f"v3 {d}", archive(program(g("torch._utils", "_rebuild_tensor_v3"), v3, b"R"))


def resources():
    """Bombs of memory and time, nesting, and keys that are slow to hash."""
    million, many = 1_000_000, 120_000
    yield "LONG_BINPUT", archive(program(b"Nr\xff\xff\xff\x7f"))
    yield "memo", archive(program(b"N", *[b"r" + struct.pack("<I", i * 4001) for i in range(many)]))
    for op, name in (
        (b"]", "lists"),
        (b"}", "dicts"),
        (b"(", "marks"),
        (b"\x8f", "sets"),
        (b")\x85", "tuples"),
        (b"N", "Nones"),
        (b"M\xff\xff", "ints"),
        (b"U\x02ab", "texts"),
    ):
        yield f"many {name}", archive(program(b"(", op * (million if op[:1] in b"MU" else many), b"t"))
    ordered = g("collections", "OrderedDict") + b"q\x01)R"
    yield "OrderedDicts", archive(program(b"](", ordered, b"h\x01)R" * many, b"e"))
    yield "tensors", archive(program(b"](", tensor(), g("torch._utils", "_rebuild_tensor_v2"), b"q\x02",
                                     tup(storage(), b"K\x00", tup(number(4)), tup(number(1)), b"\x89", HOOKS), b"q\x03R", b"h\x02h\x03R" * 200_000, b"e"))  # fmt: skip
    for depth in (2_000, many):
        yield f"{depth} nested lists", archive(program(b"]" * depth, b"a" * (depth - 1)))
        yield f"{depth} nested tuples", archive(program(b")", b"\x85" * depth))
        yield f"{depth} nested tuples as a key", archive(program(b"}", b")", b"\x85" * depth, b"Ns"))
        yield (
            f"{depth} nested tuples in a set",
            archive(program(g("__builtin__", "set"), b")", b"\x85" * depth, b"]q\x01", b"\x85R")),
        )
        yield f"{depth} nested dicts", archive(program(b"}N" * depth, b"}", b"s" * depth))
        yield f"{depth} marks", archive(program(b"(" * depth, b"t" * depth))
    doubled = b"".join(b"q" + bytes([i]) + b"h" + bytes([i]) + b"\x86" for i in range(1, 60))
    yield "doubled tuples as a key", archive(program(b"}", b")", doubled, b"Ns"))
    yield "doubled tuples", archive(program(b")", doubled))
    yield "doubled tuples in a set", archive(program(g("__builtin__", "set"), b"](", b")", doubled, b"e\x85R"))
    modulus = (1 << 61) - 1
    slow = b"".join(number(i * modulus) + b"N" for i in range(1, 20_000))
    yield "keys of one hash", archive(program(b"}(", slow, b"u"))
    slow = b"".join(number(i * modulus) for i in range(1, 20_000))
    yield "a set of one hash", archive(program(g("__builtin__", "set"), b"](", slow, b"e\x85R"))
    ones = b"](" + b"K\x01" * 60_000 + b"eq\x01"
    yield "sets of one list", archive(program(b"](", ones, g("__builtin__", "set"), b"q\x02", b"h\x02h\x01\x85R" * 50_000, b"e"))
    pairs = b"](" + b"".join(number(i) + b"N\x86" for i in range(4_000)) + b"eq\x01"
    for name in ("Counter", "OrderedDict"):
        yield (
            f"{name}s of one list",
            archive(program(b"](", pairs, g("collections", name), b"q\x02", b"h\x02h\x01\x85R" * 50_000, b"e")),
        )
    yield "a long text", archive(program(b"X\xff\xff\xff\x7fabc"))
    yield "a long name", archive(program(b"c" + b"a" * million))
    yield (
        "long bytes many times",
        archive(
            program(
                b"](",
                g("_codecs", "encode"),
                b"q\x01",
                tup(text("a" * 60_000), text("latin1")),
                b"q\x02R",
                b"h\x01h\x02R" * 100_000,
                b"e",
            )
        ),
    )
    for level in (1, 200):
        zeros = {"data/0": bytes(level << 20), "byteorder": b"little"}
        yield f"{level} MiB of zeros for 16 bytes", archive(program(tensor()), zeros, pack=zipfile.ZIP_DEFLATED)
    yield "a compressed pickle", archive(program(b"](", b"]" * (60 << 20), b"e"), pack=zipfile.ZIP_DEFLATED)
    yield (
        "a compressed honest size",
        archive(program(tensor(where=storage(count=50 << 20))), {"data/0": bytes(200 << 20)}, pack=zipfile.ZIP_DEFLATED),
    )
    yield "many records", archive(program(tensor()), {f"data/{i}": b"" for i in range(5_000)} | {"data/0": DATA})


def pickles():
    """Pickles that are not sound."""
    good = program(b"}", text("a"), tensor(), b"s")
    for cut in range(len(good)):
        yield f"cut after {cut}", archive(good[:cut])
    for op in bytes(range(256)):
        yield f"instruction {op}", archive(program(b"K\x01K\x02", bytes([op])))
    for parts in (
        b"",
        b"N",
        b"N" * 3,
        b"h\x05",
        b"j\x05\0\0\0",
        b"(",
        b"t",
        b"u",
        b"e",
        b"s",
        b"a",
        b"R",
        b"b",
        b"Q",
        b"(K\x01u",
        b"}(K\x01u",
        b"}]K\x01s",
        b"}}K\x01s",
    ):
        yield f"program {parts!r}", archive(program(parts))
    for raw in (b"\xff\xfe", b"\xed\xa0\x80", b"\xc3"):
        yield f"text {raw!r}", archive(program(b"X" + struct.pack("<I", len(raw)) + raw))
        yield f"old text {raw!r}", archive(program(b"U" + bytes([len(raw)]) + raw))
    yield "protocol 99", archive(b"\x80\x63N.")
    yield "ends in a name", archive(b"\x80\x02ctorch\nFloatSt")


def central(data, change):
    """An archive with its directory changed: ``change`` maps the index of an entry to new values of its fields."""
    end = data.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<I", data, end + 16)[0]
    out = bytearray(data)
    place, index = start, 0
    while place < end:
        lengths = struct.unpack_from("<3H", data, place + 28)
        for offset, form, value in change.get(index, ()):
            struct.pack_into(form, out, place + offset, value)
        place, index = place + 46 + sum(lengths), index + 1
    return bytes(out)


def archives():
    """Archives that are not sound."""
    sound = program(tensor())
    good = archive(sound)
    for cut in range(0, len(good), 9):
        yield f"archive cut after {cut}", good[:cut]
    for name in (
        "../x",
        "/etc/x",
        "archive/../x",
        "archive/./x",
        "archive//x",
        "other/x",
        "x",
        "archive/a\\b",
        "C:/x",
        "archive/\x07",
    ):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr("archive/data.pkl", sound)
            z.writestr("archive/data/0", DATA)
            z.writestr("archive/version", b"3")
            z.writestr(name, DATA)
        yield f"name {name!r}", out.getvalue()
    yield "no folder", archive(sound, root="..")
    for missing in ("data/0", "byteorder"):
        records = {"data/0": DATA, "byteorder": b"little"}
        del records[missing]
        yield f"without {missing}", archive(sound, records)
    for version in (b"", b"0", b"99", b"x", b"9" * 5_000, b"-1", b"3" + bytes(100_000)):
        yield f"version {version[:9]!r}", archive(sound, {"data/0": DATA, "version": version})
    for order in (b"middle", b"", b"little" * 9999, b"big"):
        yield f"byte order {order[:7]!r}", archive(sound, {"data/0": DATA, "byteorder": order})
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            for name, data in (
                ("archive/data.pkl", sound),
                ("archive/data/0", DATA),
                ("archive/data/0", DATA[::-1]),
                ("archive/data.pkl", sound),
                ("archive/version", b"3"),
            ):
                z.writestr(name, data)
        yield "records twice", out.getvalue()
    fields = {"flags": (8, "<H"), "method": (10, "<H"), "crc": (16, "<I"), "packed": (20, "<I"), "size": (24, "<I"), "name": (28, "<H"), "extra": (30, "<H"), "disk": (34, "<H"), "offset": (42, "<I")}  # fmt: skip
    for (what, (offset, form)), value, index in itertools.product(fields.items(), (0, 1, 7, 0x41, 0xFFFF, 0xFFFFFFFF), (0, 1)):
        value = value & 0xFFFF if form == "<H" else value
        yield f"entry {index} {what} {value}", central(good, {index: [(offset, form, value)]})
    first = struct.unpack_from("<I", good, good.find(b"PK\x01\x02") + 42)[0]
    yield "records in one place", central(good, {1: [(42, "<I", first)], 2: [(42, "<I", first)]})
    end = good.rfind(b"PK\x05\x06")
    for offset, form in ((4, "<H"), (8, "<H"), (10, "<H"), (12, "<I"), (16, "<I"), (20, "<H")):
        for value in (0, 1, 0xFFFF, 0x7FFFFFFF):
            out = bytearray(good)
            struct.pack_into(form, out, end + offset, value & 0xFFFF if form == "<H" else value)
            yield f"end {offset} {value}", bytes(out)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1)
    for values in ((1 << 60, 1 << 60, 8, 8), (4, 4, 1 << 60, 0), (4, 4, 0, 1 << 60), (4, 4, 200, 0)):
        end64 = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, *values)
        yield f"end64 {values[0]}", good[:end] + end64 + locator + good[end:]
    for tail in (b"x", b"PK\x05\x06", good[end:], b"PK\x05\x06" + bytes(18), bytes(70_000), good, archive(program(b"}"))):
        yield f"followed by {len(tail)} bytes {tail[:9]!r}", good + tail
        yield f"behind {len(tail)} bytes {tail[:9]!r}", tail + good
    quine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = quine.compress(bytes(1 << 20)) + quine.flush()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("archive/data.pkl", sound)
        z.writestr("archive/data/0", packed)
        z.writestr("archive/version", b"3")
    yield "stored data called deflated", central(out.getvalue(), {1: [(10, "<H", 8), (24, "<I", 16)]})
    for junk in (
        b"",
        b"PK",
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        bytes(100),
        b"\x80\x02N.",
        b"\x80\x02}." * 5,
        os.urandom(0),
        b"\x89PNG\r\n",
        b"x" * 5000,
    ):
        yield f"junk {junk[:9]!r}", junk
    old = legacy(program(tensor(where=storage()[:-2] + b"NtQ")))
    for cut in range(0, len(old), 7):
        yield f"legacy cut after {cut}", old[:cut]
    for keys in ((), ("1",), ("0", "0"), ("0", "1"), (0,), ("0",) * 99):
        yield f"legacy keys {keys[:3]}", legacy(program(tensor(where=storage()[:-2] + b"NtQ")), keys)


def flips(seed=0):
    """Single bits flipped: in the file, in the pickle of a sound archive, and in the format before."""
    draw = random.Random(seed)
    good = program(b"}(", text("w"), tensor(), text("n"), b"K\x03", text("l"), b"](G" + struct.pack(">d", 0.5) + b"\x88Ne", b"u")
    whole, old = archive(good), legacy(good.replace(number(4) + b"tQ", number(4) + b"NtQ"))
    for k in range(300):
        out = bytearray(whole)
        place = draw.randrange(len(out))
        out[place] ^= 1 << draw.randrange(8)
        yield f"flip {k} at {place}", bytes(out)
    for k in range(500):
        out = bytearray(good)
        place = draw.randrange(len(out))
        out[place] ^= 1 << draw.randrange(8)
        yield f"flip {k} in the pickle at {place}", archive(bytes(out))
    for k in range(200):
        out = bytearray(old)
        place = draw.randrange(len(out))
        out[place] ^= 1 << draw.randrange(8)
        yield f"flip {k} in the legacy file at {place}", bytes(out)


def programs(seed=0):
    """Programs of random instructions, on names that are allowed and objects that are sound."""
    draw = random.Random(seed)
    pieces = [g(*each) for each in NAMES] + [
        tensor(),
        storage(),
        POISON,
        HOOKS,
        b"]",
        b"}",
        b")",
        b"N",
        b"\x88",
        text("a"),
        text("latin1"),
        number(3),
    ]
    pieces += [number(1 << 40), tup(number(4)), b"G" + struct.pack(">d", 1.5), b"\x8f"]
    actions = [
        b"R",
        b"\x81",
        b"b",
        b"a",
        b"s",
        b"Q",
        b"\x85",
        b"\x86",
        b"\x87",
        b"(",
        b"t",
        b"e",
        b"u",
        b"q\x05",
        b"h\x05",
        b")R",
        b"\x85R",
    ]
    for k in range(600):
        body = b"".join(draw.choice(pieces if draw.random() < 0.7 else actions) for _ in range(draw.randrange(2, 14)))
        yield f"program {k}", archive(program(body))
        yield f"legacy program {k}", legacy(program(body))


FAMILIES = (executing, abused, tensors, resources, pickles, archives, programs, flips)


# ---------------------------------------------------------------------- the program
def fingerprint():
    """Everything of the package, and of the classes that files name, that a file could have changed."""
    import codecs

    found = {}
    modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "minitorch_bp"}
    things = {f"{name}.{key}": value for name, module in modules.items() for key, value in vars(module).items()}
    things |= {"collections": collections, "OrderedDict": collections.OrderedDict, "Counter": collections.Counter, "codecs": codecs}
    for name, value in things.items():
        found[name] = (id(value), repr(value) if isinstance(value, (int, float, str, bool, type(None))) else None)
        if isinstance(value, type):
            found[name, "class"] = [(key, id(part), id(getattr(part, "__defaults__", None))) for key, part in vars(value).items()]
        elif hasattr(value, "__defaults__"):
            found[name, "function"] = (
                id(value.__defaults__),
                id(value.__code__),
                repr(value.__defaults__)[:200],
                list(vars(value)),
            )
        elif type(value).__name__ == "dtype" and hasattr(value, "_numpy"):
            found[name, "dtype"] = [getattr(value, slot) for slot in type(value).__slots__]
        elif isinstance(value, dict) and not name.endswith("__"):
            found[name, "dict"] = [
                (key if isinstance(key, (str, int, tuple)) else id(key), id(part)) for key, part in value.items()
            ]
    return found


def main(path):
    import resource
    import tracemalloc

    import minitorch_bp as torch
    from minitorch_bp.ops import exports

    exports()
    getattr(torch, "no_such_name", None)  # the first missing name loads the list of PyTorch's
    events = []
    watched = (
        "os.system",
        "subprocess.Popen",
        "exec",
        "os.exec",
        "os.posix_spawn",
        "os.fork",
        "socket.connect",
        "ctypes.dlopen",
        "import",
    )
    for _, data in itertools.islice(pickles(), 3):
        load(torch, data)
    load(torch, next(iter(resources()))[1])
    torch.load(io.BytesIO(archive(program(b"](", tensor(), tensor(), HOOKS, b"e")))), __import__("ml_dtypes"), torch.bfloat16.numpy
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    sys.addaudithook(lambda event, args: events.append((event, repr(args)[:100])) if event in watched else None)
    before = fingerprint()
    tracemalloc.start()
    with open(path, "w") as report:
        for family in FAMILIES:
            for name, data in family():
                tracemalloc.reset_peak()
                base, began = tracemalloc.get_traced_memory()[0], time.process_time()
                kind, message = load(torch, data, family is flips)
                took, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1] - base
                ran = [event for event in events if event[0] != "import" or "encodings" not in event[1]]
                events.clear()
                row = {
                    "family": family.__name__,
                    "name": name,
                    "size": len(data),
                    "kind": kind,
                    "message": message,
                    "s": took,
                    "peak": peak,
                    "events": ran,
                }
                report.write(json.dumps(row) + "\n")
                report.flush()
        after = fingerprint()
        changed = [str(key) for key in {*before, *after} if before.get(key) != after.get(key)]
        report.write(json.dumps({"changed": changed, "canary": os.path.exists(os.environ[CANARY])}) + "\n")


def load(torch, data, show=False):
    try:
        loaded = torch.load(io.BytesIO(data))
        return "loaded", repr(loaded)[:200] if show else ""
    except Exception as error:
        return type(error).__name__, str(error)[:300]


if __name__ == "__main__":
    main(sys.argv[1])
