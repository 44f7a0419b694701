"""Types as TorchScript writes them: printed, compared and combined as in PyTorch."""

import itertools

import pytest
import torch

import minitorch_bp

SINGLE = [
    "AnyType", "BoolType", "ComplexType", "DeviceObjType", "FloatType", "IntType", "NoneType", "NumberType", "PyObjectType",
    "StreamObjType", "StringType", "SymBoolType", "SymIntType", "TensorType",
]  # fmt: skip


def some_types(t):
    single = [getattr(t, name).get() for name in SINGLE]
    i, f, none = t.IntType.get(), t.FloatType.get(), t.NoneType.get()
    return [
        *single, t.ListType(i), t.ListType.ofTensors(), t.ListType.ofFloats(), t.ListType(t.NumberType.get()), t.DictType(t.StringType.get(), i),
        t.DictType(i, i), t.TupleType([i, f]), t.TupleType([]), t.TupleType([i, t.NumberType.get()]), t.OptionalType(i),
        t.OptionalType(t.NumberType.get()), t.OptionalType.ofTensor(), t.OptionalType(t.OptionalType(i)), t.UnionType([i, none]),
        t.UnionType([i, f]), t.UnionType([f, i]), t.UnionType([i, f, none]), t.UnionType([t.StringType.get(), t.ListType(i), t.BoolType.get()]),
        t.FutureType(i), t.FutureType(t.NumberType.get()), t.AwaitType(i), t.RRefType(i), t.RRefType(t.NumberType.get()),
        t.TensorType.create_from_tensor(t.ones(2, 3)), t.TensorType.getInferred(),
    ]  # fmt: skip


def test_how_they_are_written():
    for theirs, ours in zip(some_types(torch)[:-2], some_types(minitorch_bp)[:-2], strict=True):
        assert (theirs.kind(), theirs.str(), theirs.annotation_str, repr(theirs)) == (
            ours.kind(),
            ours.str(),
            ours.annotation_str,
            repr(ours),
        )
        assert list(map(repr, theirs.containedTypes())) == list(map(repr, ours.containedTypes()))


def test_which_is_a_part_of_which():
    for (a, b), (c, d) in zip(*(itertools.product(some_types(t), repeat=2) for t in (torch, minitorch_bp)), strict=True):
        assert (a == b, a.isSubtypeOf(b)) == (c == d, c.isSubtypeOf(d)), f"{a} and {b}"


def test_unify():
    def outcome(t, types):
        try:
            return repr(t.unify_type_list(types))
        except RuntimeError:
            return "refused"

    pairs = [itertools.product(some_types(t)[:28], repeat=2) for t in (torch, minitorch_bp)]
    for theirs, ours in zip(*pairs, strict=True):
        assert outcome(torch, list(theirs)) == outcome(minitorch_bp, list(ours)), f"{theirs}"
    assert outcome(minitorch_bp, []) == outcome(torch, []) == "refused"


@pytest.mark.parametrize("t", [torch, minitorch_bp], ids=["torch", "ours"])
def test_parts_and_refusals(t):
    i = t.IntType.get()
    assert repr(t.DictType(t.StringType.get(), i).getKeyType()) == "str" and repr(t.TupleType([i]).elements()) == "[int]"
    tensor = t.TensorType.create_from_tensor(t.ones(2, 3))
    assert tensor.sizes() == [2, 3] and tensor.dim() == 2 and tensor.dtype() is t.float32 and t.TensorType.get().sizes() is None
    assert t.InferredType(i).success() and repr(t.InferredType(i).type()) == "int" and t.InferredType("why").reason() == "why"
    for wrong, error in (
        (lambda: t.ListType(1), TypeError),
        (lambda: i.isSubtypeOf(1), TypeError),
        (lambda: t.DictType(t.ListType(i), i), RuntimeError),
        (lambda: t.UnionType([i, i]), RuntimeError),
        (lambda: t.OptionalType(t.NoneType.get()), RuntimeError),
    ):
        with pytest.raises(error):
            wrong()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("t", [torch, minitorch_bp], ids=["torch", "ours"])
def test_jit_without_compiling(t):
    jit = t.jit
    cases = [([1], list[int]), ([1, "a"], list[int]), (1, (int, str)), ({"a": 1}, dict[str, int]), ((1, "a"), tuple[int, str]), ([], list[int]),
             (None, int | None), ((1,), tuple[int, int]), ({"a": "b"}, dict[str, int])]  # fmt: skip
    assert [jit.isinstance(obj, kind) for obj, kind in cases] == [True, False, True, True, True, True, True, False, False]
    with pytest.raises(RuntimeError):
        jit.isinstance([1], list)
    assert jit.Attribute(1, int).type is int and issubclass(jit.Error, Exception) and issubclass(jit.TracerWarning, Warning)
    assert issubclass(jit.ScriptWarning, Warning) and issubclass(jit.TracingCheckError, Exception)
    before = jit.set_fusion_strategy([("STATIC", 3)])
    assert jit.set_fusion_strategy(before)[0] == ("STATIC", 3)
    assert jit.onednn_fusion_enabled() is False and jit.enable_onednn_fusion(False) is None
