"""Every public function has a docstring in numpydoc's form, which says what goes in, what comes out, and shows it.

numpydoc's own validation does the work, with the checks that fit this house. Left out on purpose:

* GL01, GL02, ES01: where the text starts and an extended summary are no rules here;
* SA01: a 'See Also' is asked for in the families of ``RELATED`` only;
* SS05: many summaries are noun phrases ('The sum of all elements.'), and 'Sums' or 'Is' would be misread as verbs;
* SS06: a summary may need two lines for its formula;
* PR07: ``keepdim : bool`` says enough where name and type do.

``BOILERPLATE`` holds arguments that mean the same in every function that has them; they are documented where they do more
than that. (``size_average`` and ``reduce`` are deprecated in torch.) In-place forms are documented by the function they belong to.
"""

import doctest
import enum
import inspect
import sys

import pytest
from numpydoc.docscrape import get_doc_object
from numpydoc.validate import Validator, validate

import minitorch_bp as torch
from minitorch_bp import nn
from minitorch_bp.core.public import home
from minitorch_bp.nn.modules.functional_module import FunctionalModule
from minitorch_bp.ops import exports

CHECKS = {
    "GL03", "GL05", "GL06", "GL07", "GL08", "GL09", "GL10", "SS01", "SS02", "SS03", "SS04", "PR01", "PR02", "PR03", "PR04", "PR05",
    "PR06", "PR08", "PR09", "PR10", "RT01", "RT02", "RT03", "RT04", "RT05", "YD01", "EX01",
}  # fmt: skip
BOILERPLATE = {
    "out", "dtype", "device", "requires_grad", "layout", "pin_memory", "memory_format", "generator", "**options", "inplace",
    "size_average", "reduce", "_stacklevel",
}  # fmt: skip
#: Modules of plain functions, which are not declared with ``public``.
PLAIN = (
    torch.accelerator, torch.cuda, torch.backends.cudnn, torch.backends.mps, torch.testing, torch.cpu, torch.amp, torch.hub,
    torch.profiler, torch.utils.benchmark, torch.utils.data, torch.utils.checkpoint, torch.explain, torch.func,
    torch.nn.attention, torch.nn.grad, torch.nn.init, torch.nn.utils, torch.nn.utils.fusion, torch.nn.utils.parametrizations,
    torch.nn.utils.parametrize, torch.nn.utils.prune, torch.nn.utils.rnn, torch.nn.utils.stateless, torch.optim.swa_utils,
    torch.distributions, torch.distributions.constraints, torch.autograd, torch.autograd.forward_ad, torch.autograd.functional,
    torch.autograd.graph,
)  # fmt: skip
#: Modules whose classes are public.
CLASSES = (
    torch, torch.nn, torch.nn.attention, torch.nn.utils.parametrize, torch.nn.utils.prune, torch.nn.utils.rnn, torch.optim,
    torch.optim.lr_scheduler, torch.optim.swa_utils, torch.utils.data, torch.utils.checkpoint, torch.distributions,
    torch.distributions.constraints, torch.distributions.transforms, torch.autograd, torch.autograd.forward_ad,
    torch.autograd.graph, torch.explain,
)  # fmt: skip
#: Families in which every class says what is related to it.
RELATED = ("nn.modules.", "optim.")
#: The same for functions.
RELATED_FUNCTIONS = (
    "ops.reduction.sums", "ops.reduction.extremes", "ops.reduction.statistics", "ops.reduction.sort", "ops.linalg.matmul",
    "ops.shape.joining", "ops.nn.softmax", "ops.indexing.gather", "ops.indexing.select", "ops.pointwise.clamp",
    "ops.pointwise.rounding",
)  # fmt: skip


class HouseValidator(Validator):
    """numpydoc's validator, which lets :data:`BOILERPLATE` be documented or not."""

    def __init__(self, obj_name):
        super().__init__(get_doc_object(obj_name))

    @property
    def name(self):
        return str(getattr(self.obj, "__name__", ""))

    @property
    def source_file_def_line(self):
        try:
            return super().source_file_def_line
        except StopIteration:  # made from a lambda
            return None

    @property
    def signature_parameters(self):
        documented = self.doc_all_parameters
        if isinstance(self.obj, property):  # which may share the docstring of a function, as x.real does
            return tuple(p for p in inspect.signature(self.obj.fget).parameters if p in documented)
        if inspect.isclass(self.obj) and (issubclass(self.obj, (Exception, enum.Enum)) or self.obj.__init__ is nn.Module.__init__):
            return ()  # a class without arguments of its own
        own = [p for p in super().signature_parameters if p in documented or not (p in BOILERPLATE or p.startswith("_"))]
        named = {p for p, how in inspect.signature(self.obj).parameters.items() if how.kind is how.KEYWORD_ONLY}
        place = {p: k for k, p in enumerate(documented)}  # the order of arguments given by name is free
        free = iter(sorted((p for p in own if p in named), key=lambda p: place.get(p, len(place))))
        return tuple(next(free) if p in named else p for p in own)


def functions(module):
    """The functions of a module, without those that it only uses."""
    own = {n: v for n, v in vars(module).items() if inspect.isfunction(v) and v.__module__.startswith("minitorch_bp")}
    offered = getattr(module, "__all__", ())
    return {n: v for n, v in own.items() if n in offered or home(v).startswith(module.__name__) or "._" in home(v)}


def documented():
    """``(name, object)`` of every public function and property, each once, whatever its names."""
    seen = set()
    plain = {m.__name__.removeprefix("minitorch_bp."): functions(m) for m in PLAIN}
    attributes = {n: v for n, v in vars(torch.Tensor).items() if isinstance(v, property)}
    for namespace, names in [*exports().items(), *plain.items(), ("Tensor", attributes)]:
        for name, value in names.items():
            in_place = (inspect.getdoc(value) or "").startswith("In-place version of")
            if not name.startswith("_") and not in_place and id(value) not in seen:
                seen.add(id(value))
                yield f"{namespace}.{name}", value


@pytest.mark.parametrize("name, value", [pytest.param(n, v, id=n) for n, v in documented()])
def test_docstring(name, value):
    errors = validate(value, HouseValidator)["errors"]
    assert [f"{code}: {text}" for code, text in errors if code in CHECKS] == []
    if home(value).removeprefix("minitorch_bp.") in RELATED_FUNCTIONS:
        assert get_doc_object(value)["See Also"], "what is related to it?"


def classes():
    """``(name, class)`` of every public class, each once."""
    seen = set()
    for module in CLASSES:
        for name, value in vars(module).items():
            ours = inspect.isclass(value) and home(value).startswith("minitorch_bp")
            if ours and not name.startswith("_") and id(value) not in seen:
                seen.add(id(value))
                yield f"{module.__name__.removeprefix('minitorch_bp.')}.{name}", value


@pytest.mark.parametrize("name, value", [pytest.param(n, v, id=n) for n, v in classes()])
def test_docstring_of_a_class(name, value):
    errors = validate(value, HouseValidator)["errors"]
    assert [f"{code}: {text}" for code, text in errors if code in CHECKS] == []
    if home(value).removeprefix("minitorch_bp.").startswith(RELATED):
        assert get_doc_object(value)["See Also"], "what is related to it?"


#: Not yet: how random numbers are drawn, and how a forward pass is recorded.
INNER = ("minitorch_bp.core.random", "minitorch_bp.core.mersenne", "minitorch_bp.explain.tape")


def methods():
    """``(name, method)`` of every public method and property of these classes, where the uppermost class defines it."""
    seen = set()
    for _, cls in classes():
        ours = [base for base in cls.__mro__ if home(base).startswith("minitorch_bp") and not issubclass(torch.Tensor, base)]
        for name in sorted({n for base in ours for n in vars(base) if not n.startswith("_")}):
            definers = [base for base in ours if name in vars(base)]
            owner = definers[-1]
            if name == "forward" and issubclass(cls, nn.Module):
                if issubclass(cls, FunctionalModule) or cls is nn.Softmax2d:
                    continue  # the class says what it is called with
                owner = definers[0]
            value = vars(owner)[name]
            value = getattr(value, "__func__", value)
            if (
                (inspect.isfunction(value) or isinstance(value, property))
                and id(value) not in seen
                and not home(value).startswith(INNER)
            ):
                seen.add(id(value))
                yield f"{owner.__name__}.{name}", value


@pytest.mark.parametrize("name, value", [pytest.param(n, v, id=n) for n, v in methods()])
def test_docstring_of_a_method(name, value):
    """As those of functions; the example may stand at the class."""
    errors = validate(value, HouseValidator)["errors"]
    assert [f"{code}: {text}" for code, text in errors if code in CHECKS - {"EX01"}] == []


def out_of_sight():
    """What is public, but no attribute of its module, so that doctest does not find it: ``x.float``, ``x.mH``."""
    for name, value in documented():
        if not any(value is other for other in vars(sys.modules[home(value)]).values()):
            yield name, value


@pytest.mark.parametrize("name, value", [pytest.param(n, v, id=n) for n, v in out_of_sight()])
def test_examples_run(name, value):
    flags = doctest.NORMALIZE_WHITESPACE
    runner = doctest.DocTestRunner(optionflags=flags)
    for test in doctest.DocTestFinder(recurse=False).find(value, name, globs={}):
        runner.run(test)
    if isinstance(value, property):
        runner.run(doctest.DocTestParser().get_doctest(value.__doc__, {}, name, None, None))
    assert runner.tries and not runner.failures


def test_a_missing_parameter_is_noticed():
    """The checks bite: a function that documents nothing fails each of them."""

    def silent(input, out=None):
        """twice the input"""
        return 2 * input

    codes = {code for code, _ in validate(silent, HouseValidator)["errors"]}
    assert {"SS02", "SS03", "PR01", "RT01", "EX01"} <= codes
    assert "out" not in str(validate(silent, HouseValidator)["errors"])
