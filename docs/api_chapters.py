"""The chapters of the API reference: which files of the package, and which modules, each is made of."""

import minitorch_bp as torch
import minitorch_bp.autograd.forward_ad
import minitorch_bp.exercises
import minitorch_bp.explain
import minitorch_bp.vision
from minitorch_bp.serialization import safetensors

#: chapter -> title, text, and what the names of its files begin with; the chapters are those of PyTorch's own reference
CHAPTERS = {
    "creation": (
        "Creating tensors",
        "From data, filled with one number, ranges, and copies of other tensors' shape and type.",
        ["ops.creation", "ops.ranges", "ops.from_data", "ops.new_tensors", "ops.conversion", "ops.interop"],
    ),
    "indexing": ("Indexing and selecting", "Picking elements by their place or by a mask, and writing to them.", ["ops.indexing."]),
    "shape": ("Shapes, views, joining", "The same elements in another shape or order; several tensors as one.", ["ops.shape."]),
    "random": (
        "Random numbers",
        "Draws, seeds and generators: the same numbers as PyTorch's under the same seed.",
        ["ops.random.", "core.generator"],
    ),
    "pointwise": ("Pointwise operations", "Element by element, with broadcasting.", ["ops.pointwise."]),
    "reduction": (
        "Reductions, sorting, statistics",
        "From many elements to few: sums, extremes, orders, counts.",
        ["ops.reduction."],
    ),
    "linear_algebra": (
        "Linear algebra",
        "Products and what solves, factorizes and measures matrices; more in ``linalg``.",
        ["ops.linalg."],
    ),
    "special": ("Special functions", "Gamma, error and Bessel functions; more in ``special``.", ["ops.special."]),
    "layers": ("Functions of layers", "What ``nn.functional`` has, at the top of the package, as PyTorch has it.", ["ops.nn."]),
    "gradients": (
        "Gradients and memory",
        "Whether history is recorded, and what a tensor is made of.",
        ["ops.requires_grad", "ops.memory", "ops.tensor_info", "autograd", "core."],
    ),
    "settings": ("Settings", "Default types, printing, threads, determinism.", ["settings", "amp."]),
    "other": ("More functions", "What fits no other chapter.", []),
}

#: namespaces of functions -> title, text; their families are files
NAMESPACES = {
    "nn.functional": ("nn.functional", "The functions behind the modules, as ``F``."),
    "linalg": ("linalg", "Linear algebra with NumPy's names."),
    "fft": ("fft", "Fourier transforms."),
    "special": ("special", "Special functions."),
    "masked": ("masked", "Reductions under a mask."),
    "signal.windows": ("signal.windows", "Window functions."),
}

#: pages whose classes stand by family: file -> title where the file's own name does not say it
CLASS_CHAPTERS = {
    "nn": {
        "batchnorm": "Batch normalization", "instancenorm": "Instance normalization", "rnn": "Recurrent layers", "rnn_cells": "Recurrent layers", "loss": "Losses",
        "conv": "Convolutions", "container": "Containers", "parameter_container": "Containers", "linear": "Linear layers", "sparse": "Embeddings", "module": "The base class",
        "activation": "Activations", "transformer": "Transformers", "transformer_layers": "Transformers", "upsampling": "Resampling", "lazy": "Lazy layers",
        "flatten": "Flattening", "fold": "Folding", "adaptive": "Adaptive softmax", "distance": "Distances",
        "parameter": "Parameters", "utils": "Helpers",
    },
}  # fmt: skip

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

#: page -> module, title, text
MODULES = {
    "types": (torch, "Types, devices, generators", "The classes at the top of the package."),
    "nn": (torch.nn, "nn: modules", "Layers, containers and losses."),
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
    "forward_ad": (torch.autograd.forward_ad, "autograd.forward_ad", "Derivatives that travel with the values."),
    "explain": (torch.explain, "explain", "A graph and its backward pass, drawn and replayed."),
    "exercises": (torch.exercises, "exercises", "The words in which checks of section exercises are written."),
    "transforms": (torch.vision.transforms, "vision.transforms", "Images made ready, and varied."),
    "datasets": (torch.vision.datasets, "vision.datasets", "Images from folders and files."),
    "models": (torch.vision.models, "vision.models", "Networks of the literature, without weights to download."),
    "vision_utils": (torch.vision.utils, "vision.utils", "Grids of images, and drawing on them."),
    "vision_ops": (torch.vision.ops, "vision.ops", "Boxes."),
    "checkpoint": (torch.utils.checkpoint, "utils.checkpoint", "Less memory for more time."),
    "data": (
        torch.utils.data,
        "utils.data",
        "Datasets, samplers, and the loader that makes batches, with or without worker processes.",
    ),
    "distributions": (torch.distributions, "distributions", "Random variables with densities, and transforms of them."),
    "constraints": (torch.distributions.constraints, "distributions.constraints", CONSTRAINTS),
    "distribution_utils": (torch.distributions.utils, "distributions.utils", "What the distributions share."),
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
