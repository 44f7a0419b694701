"""Write the API pages: one list per module, from what the modules really hold."""

import inspect
import pathlib

import minitorch_bp as torch
from minitorch_bp.ops import exports
from minitorch_bp.serialization import safetensors

HERE = pathlib.Path(__file__).parent / "api"
CONSTRAINTS = """The sets that parameters and values come from. Ready made are

* of numbers: ``real``, ``positive``, ``nonnegative``, ``unit_interval``, ``boolean``, ``positive_integer``, ``nonnegative_integer``;
* of vectors: ``real_vector``, ``simplex``, ``one_hot``;
* of matrices: ``square``, ``symmetric``, ``positive_definite``, ``positive_semidefinite``, ``lower_triangular``,
  ``lower_cholesky``, ``corr_cholesky``;
* ``dependent``, for what other parameters decide.

Made from bounds: ``greater_than(lower_bound)``, ``greater_than_eq(lower_bound)``, ``less_than(upper_bound)``,
``interval(lower_bound, upper_bound)``, ``half_open_interval(lower_bound, upper_bound)``,
``integer_interval(lower_bound, upper_bound)``, ``multinomial(upper_bound)``; from other constraints:
``independent(base_constraint, reinterpreted_batch_ndims)``, ``cat(cseq, dim, lengths)``, ``stack(cseq, dim)``.
``dependent_property`` makes a property a dependent constraint."""
MODULES = {
    "tensors": (torch, "Tensors and functions", "``torch.*``: everything at the top of the package."),
    "nn": (torch.nn, "nn: modules", "Layers, containers and losses."),
    "functional": (torch.nn.functional, "nn.functional", "The functions behind the modules."),
    "init": (torch.nn.init, "nn.init", "Initialization."),
    "nn_utils": (torch.nn.utils, "nn.utils", "Helpers around modules."),
    "nn_rnn": (torch.nn.utils.rnn, "nn.utils.rnn", "Sequences of different lengths."),
    "parametrize": (torch.nn.utils.parametrize, "nn.utils.parametrize", "Parameters computed from others."),
    "parametrizations": (torch.nn.utils.parametrizations, "nn.utils.parametrizations", "Ready-made parametrizations."),
    "prune": (torch.nn.utils.prune, "nn.utils.prune", "Setting parameters to zero."),
    "fusion": (torch.nn.utils.fusion, "nn.utils.fusion", "A batch norm as part of the layer before it."),
    "nn_grad": (torch.nn.grad, "nn.grad", "Gradients of convolutions as functions."),
    "optim": (torch.optim, "optim", "Optimizers."),
    "lr_scheduler": (torch.optim.lr_scheduler, "optim.lr_scheduler", "Rules for the learning rate of each epoch."),
    "swa_utils": (torch.optim.swa_utils, "optim.swa_utils", "Averages of a model along its training."),
    "autograd": (torch.autograd, "autograd", "Differentiation."),
    "functional_autograd": (torch.autograd.functional, "autograd.functional", "Jacobians and Hessians."),
    "func": (torch.func, "func", "Derivatives as functions of functions, modules as functions of their parameters."),
    "checkpoint": (torch.utils.checkpoint, "utils.checkpoint", "Less memory for more time."),
    "data": (
        torch.utils.data,
        "utils.data",
        "Datasets, samplers, and the loader that makes batches, with or without worker processes.",
    ),
    "linalg": (torch.linalg, "linalg", "Linear algebra."),
    "fft": (torch.fft, "fft", "Fourier transforms."),
    "special": (torch.special, "special", "Special functions."),
    "distributions": (torch.distributions, "distributions", "Random variables with densities, and transforms of them."),
    "constraints": (torch.distributions.constraints, "distributions.constraints", CONSTRAINTS),
    "distribution_utils": (torch.distributions.utils, "distributions.utils", "What the distributions share."),
    "masked": (torch.masked, "masked", "Reductions under a mask."),
    "serialization": (
        torch.serialization,
        "serialization",
        "What a checkpoint may hold; :func:`torch.save` and :func:`torch.load` themselves stand among the functions.",
    ),
    "safetensors": (safetensors, "serialization.safetensors", "The safetensors format."),
    "compat": (torch.compat, "compat", "``import torch`` gives this library."),
    "accelerator": (torch.accelerator, "accelerator", "What scripts ask to choose a device."),
    "amp": (torch.amp, "amp", "Mixed precision: 16 bits for products, float32 for the rest."),
    "profiler": (torch.profiler, "profiler", "Which functions a program spends its time in."),
    "benchmark": (torch.utils.benchmark, "utils.benchmark", "How long a statement takes."),
    "compiler": (torch.compiler, "compiler", "``torch.compile``: everything runs eagerly."),
    "jit": (torch.jit, "jit", "Scripts, which are the modules themselves."),
    "overrides": (torch.overrides, "overrides", "Subclasses and modes that take calls into their own hands."),
    "pytree": (torch.utils._pytree, "utils._pytree", "Nested containers."),
    "attention": (torch.nn.attention, "nn.attention", "Which kernel computes attention."),
    "distributed": (torch.distributed, "distributed", "One process, and what is asked before going parallel."),
    "multiprocessing": (torch.multiprocessing, "multiprocessing", "Python's own processes."),
    "cpu": (torch.cpu, "cpu", "The one device."),
    "hub": (torch.hub, "hub", "What downloads models in PyTorch, refused."),
    "testing": (torch.testing, "testing", "Assertions for tests, and tensors of random numbers."),
    "windows": (torch.signal.windows, "signal.windows", "Window functions."),
}

#: Files that import what belongs elsewhere.
OWN_ONLY = {
    f"minitorch_bp.{m}"
    for m in (
        "nn.utils.rnn",
        "nn.utils.parametrize",
        "nn.utils.parametrizations",
        "autograd.functional",
        "utils.checkpoint",
        "optim.swa_utils",
        "distributions.utils",
        "serialization.safetensors",
    )
}


def names(module, listed):
    """The public classes and functions of a module, aliases once, and none that another page has listed."""
    seen = {}
    for name in sorted(dir(module)):
        value = getattr(module, name)
        if name.startswith("_") or not (inspect.isfunction(value) or inspect.isclass(value)) or id(value) in listed:
            continue
        if not value.__module__.startswith("minitorch_bp") or (module.__name__ in OWN_ONLY and value.__module__ != module.__name__):
            continue
        shown = getattr(value, "__name__", name)
        if shown == name or (inspect.isclass(value) and not shown.startswith("_")):
            seen.setdefault(id(value), name)
    listed.update(seen)
    return sorted(seen.values(), key=str.lower)


def write_pages():
    """One page per module, and one for the methods of Tensor."""
    exports()
    listed = set()
    for page, (module, title, text) in MODULES.items():
        lines = [
            title,
            "=" * len(title),
            "",
            text,
            "",
            f".. currentmodule:: {module.__name__}",
            "",
            ".. autosummary::",
            "   :toctree: generated",
            "",
        ]
        lines += [f"   {name}" for name in names(module, listed) if name != "Tensor"]
        write(page, lines)
    title = "Methods of Tensor"
    lines = [
        title,
        "=" * len(title),
        "",
        "The same functions as methods, and what only methods do.",
        "",
        ".. currentmodule:: minitorch_bp",
        "",
    ]
    lines += [".. list-table::", "   :widths: 25 75", ""]
    for name, value in sorted(vars(torch.Tensor).items()):
        doc = (inspect.getdoc(value) or "").split("\n")[0].replace("``", "`").replace("`", "``")
        if doc and not name.startswith("_") and (callable(value) or isinstance(value, property)):
            lines += [f"   * - ``{name}``", f"     - {doc}"]
    write("methods", lines)


def write(page, lines):
    """Only if it changed, so that Sphinx does not rebuild everything."""
    path = HERE / f"{page}.rst"
    text = "\n".join(lines) + "\n"
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
