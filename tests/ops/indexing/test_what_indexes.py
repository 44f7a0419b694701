"""What can stand between brackets, what can be assigned, and the types of index tensors, against PyTorch."""

import numpy as np
import pytest
import torch as reference

import minitorch_bp as torch

INDICES = [
    "[[0, 1], [1, 0]]", "[[0, 1]]", "[[[0, 1], [1, 0]]]", "[t.tensor(0), t.tensor(1)]", "[t.tensor([0, 1])]", "[slice(0, 1), 0]",
    "[None, 0]", "[..., 0]", "[0, None]", "[0, [1, 2]]", "[(0, 1), (1, 2)]", "[0, 1, 2]", "[True, False, True]", "[[True, False, True], [0, 1]]",
    "[]", "[[]]", "[range(2)]", "[[0]] * 40", "[0, t.tensor(1)]", "[np.array([0, 1]), 2]", "t.Size([0, 1])", "['a']", "'a'", "object()",
    "1.5", "1j", "np.array([0, 1], dtype=np.int8)", "t.tensor([1.0])", "slice(t.tensor(1.0), None)", "slice(t.tensor(1), None)",
    "slice(t.tensor([1, 2]), None)", "slice('a', None)", "(..., ...)", "(0, ..., ...)", "(..., 0, ...)", "(..., ..., 0)", "(0, 0, 0)",
]  # fmt: skip
TYPES = ["int8", "int16", "int32", "int64", "uint8", "uint16", "bool", "float32"]
VALUES = [
    "[1, 2, 3, 4]", "(1, 2, 3, 4)", "np.array([1, 2, 3, 4])", "np.array(2)", "'a'", "None", "{}", "np.float64(2.5)", "np.float32(2.5)",
    "np.int8(2)", "np.bool_(True)", "2.5", "1j", "1 + 0j", "float('nan')", "float('inf')", "300", "-1", "-300", "1e39", "True",
    "t.tensor([1, 2])", "t.tensor(1.5)", "t.tensor([1.5])",
]  # fmt: skip
WHERE = ["0", "(0, 1)", "t.tensor([0, 1])", "[[0, 1], [1, 0]]", "t.tensor([True, False, True])", "(..., ...)"]
BY_INDEX = [
    "x.gather(0, {})", "x.index_select(0, {}.view(-1))", "x.index_add(0, {}.view(-1), x[:1])", "x.index_copy(0, {}.view(-1), x[:1])",
    "x.index_fill(0, {}.view(-1), 1)", "x.scatter(0, {}, 1)", "x.scatter_add(0, {}, x[:1, :1])", "x[{}.view(-1)]",
    "x.index_put(({}.view(-1),), x[0])",
]  # fmt: skip
OTHERS = [
    "x.gather(0, [[0]])", "x.index_select(0, [0])", "x.index_put([[0]], t.tensor(1))", "x.index_put((t.tensor([0]),), 1)",
    "x.masked_fill([True], 1)", "x.masked_fill(x > 5, [1])", "x.masked_fill(x > 5, 'a')", "x.masked_fill(x > 5, np.float32(1))",
    "t.bincount(t.tensor([1.0]))", "t.bincount(t.tensor([True]))", "t.bincount(x)", "t.bincount(t.tensor([0, 1]), t.tensor([1.0]))",
    "t.bincount(t.tensor([0]), minlength=-1)", "t.bincount(t.tensor([0, 1]), t.tensor([0.5, 1.0]))",
    "t.bincount(t.tensor([0, 1]), t.tensor([0.5, 1.0], dtype=t.float64))", "t.bincount(t.tensor([0, 1]), t.tensor([1, 2]))",
]  # fmt: skip


def outcome(t, statement, dtype="int64"):
    """What the expression gives, or x after the statement, or the type of the error."""
    names = {"t": t, "np": np, "x": t.arange(12).view(3, 4).to(getattr(t, dtype))}
    try:
        if ("x[" in statement and "=" in statement) or statement.startswith("del "):
            exec(statement, names)
            statement = "x"
        return repr(eval(statement, names)).replace("minitorch_bp", "torch")
    except Exception as error:
        return type(error).__name__


def same(statement, **options):
    assert outcome(torch, statement, **options) == outcome(reference, statement, **options), statement


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("index", INDICES)
def test_reading(index):
    same(f"x[{index}]")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("dtype", ["int64", "uint8", "float32", "bool"])
def test_assigning(where, dtype):
    for value in VALUES:
        if not ("t.tensor" in value and "t.tensor" in where + dtype):
            same(f"x[{where}] = {value}", dtype=dtype)


def test_a_number_out_of_range_leaves_the_tensor_as_it_was():
    x = torch.zeros(2, dtype=torch.uint8)
    with pytest.raises(RuntimeError):
        x[0] = 300
    assert x.tolist() == [0, 0] and x._version == 0


def test_assigning_where_nothing_can_be():
    same("x[1.5] = 1")
    same("x['a'] = 1")


def test_elements_cannot_be_deleted():
    same("del x[0]")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("function", BY_INDEX)
def test_types_of_index_tensors(function, dtype):
    same(function.format(f"t.tensor([[1]]).to(t.{dtype})"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", OTHERS)
def test_arguments(expression):
    same(expression)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("reduce", ["'add'", "'multiply'", "'other'"])
@pytest.mark.parametrize("src", ["t.tensor([[5, 6], [7, 8]])", "3"])
def test_scatter_combines(reduce, src):
    for name in ("scatter", "scatter_"):
        same(f"x.{name}(0, t.tensor([[0, 0], [0, 1]]), {src}, reduce={reduce})")


REFUSED_IN_ORDER = [
    "y[::-1, mask]", "y[::-1, 5]", "y[5, ::-1]", "y[0, 0, ::-1]", "y[mask, ::-1]", "y[::-1, mask[:, :2]]", "y[0, 'a', 0]",
    "y[0, 0, 1.5]", "y[[0], [1], [2]]", "y[True, 0, 0, mask]", "y[t.tensor(True), 0, 0, t.tensor(2)]", "y[[9], ::-1]",
]  # fmt: skip


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("text", REFUSED_IN_ORDER)
def test_of_several_wrong_indices_the_one_that_torch_meets_first_is_refused(text, write):
    """Their number (a mask counts for as many as it has dimensions) before each of them, and these from the left."""

    def error(module):
        names = {"t": module, "y": module.zeros(3, 4), "mask": module.ones(3, 4, dtype=module.bool)}
        with pytest.raises(Exception) as caught:
            exec(f"{text} = 1" if write else text, names)
        return caught.type

    assert error(torch) is error(reference)


SAID = [
    ("x[5]", "index 5 is out of range for dimension 0 of size 3"), ("x[0, -9]", "index -9 is out of range for dimension 1 of size 4"),
    ("x[t.tensor([0, 9])]", "index 9 .* dimension 0 of size 3"), ("x[mask[:2]]", r"mask of shape \[2, 4\] .* \[3, 4\]"),
    ("x[[0, 1], [0, 1, 2]]", r"shapes \[2\], \[3\]"), ("x[0, 0, 0]", "3 for a tensor of 2 dimensions"),
    ("x.select(0, 7)", "index 7 is out of range for dimension 0 of size 3"),
]  # fmt: skip


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize(("text", "words"), SAID)
def test_a_wrong_index_is_named_with_the_dimension_and_its_size(text, words, recorded, write):
    x = torch.zeros(3, 4, requires_grad=recorded) * 1
    names = {"t": torch, "x": x, "mask": torch.ones(3, 4, dtype=torch.bool)}
    with pytest.raises(IndexError, match=words):
        exec(f"{text} = 1.0" if write and "(" not in text.replace("t.tensor(", "") else text, names)
    assert x._version == 0 and not x.any()


@pytest.mark.parametrize(
    ("text", "words"), [("x[0]", r"shape \[5\] .* shape \[4\]"), ("x[x > -1]", r"shape \[5\] .* shape \[12\]")]
)
def test_a_value_that_does_not_fit_is_named_with_both_shapes(text, words):
    with pytest.raises(RuntimeError, match=words):
        exec(f"{text} = torch.zeros(5)", {"torch": torch, "x": torch.zeros(3, 4)})
