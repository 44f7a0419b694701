"""Why a public name of PyTorch is not here, by kind: the first pattern that a name matches gives the reason.

A pattern is matched against the full name, as ``torch.cudnn_convolution``. ``tests/test_absent.py`` checks that every name of the
generated list ``_absent`` has a reason; the docs' page of names shows them.
"""

from __future__ import annotations

import functools
import re

#: (the kind in a word, the reason, the pattern)
KINDS: tuple[tuple[str, str, str], ...] = (
    ("sparse", "tensors are dense: there are no sparse, nested or jagged ones",
     r"sparse|_csr|_coo|_csc|_bsr|_bsc|(ccol|crow|col|row|^torch\.)_?indices_copy|torch\.(indices|values)_copy|\.s?s?p?a?ddmm$|\.h?s?s?p?mm$|saddmm|jagged|nested|to_padded"),
    ("quantized", "there are no quantized tensors",
     r"quant|\.q_|\.qint|\.quint|qscheme|per_(channel|tensor)_|int_repr|\.QU?Int|fake_quant|qparams|\.ao$"),
    ("other types", "NumPy has no such type", r"float8|float4|\.u?int[1-7]$|\.bits\d|\.bit$|complex32|chalf"),
    ("other libraries", "it calls a library that PyTorch's C++ core is built with, and NumPy is not",
     r"cudnn|miopen|mkldnn|fbgemm|nnpack|batch_norm_(stats|elemt|gather|backward|update)|native_norm|torch\.backends\.|tunable"),
    ("other devices", "it is for a device that is not a CPU",
     r"torch\.(cuda|xpu|mps|mtia|Tensor\.(ipu|xpu|mtia))|autocast_(gpu|ipu|xla)|\.Stream|\.Event$|DeviceObj|record_stream|device_module|scaled_|grouped_mm|ScalingType|SwizzleType"),
    ("TorchScript", "TorchScript runs in PyTorch's C++ core, and modules run as they are here",
     r"torch\.jit|Script|\w+Type$|AliasDb|Argument|\.Block$|CallStack|Capsule|\.Code$|CompilationUnit|ConcreteModule|ErrorReport|ExecutionPlan|FunctionSchema|\.Gradient$"
     r"|\.Graph|IODescriptor|import_ir|JITException|merge_type|\.Node$|OperatorInfo|parse_(ir|schema|type)|StaticModule|TracingState|\.Type$|unify_type|\.Use$|\.Value$|FileCheck"
     r"|PyTorchFile|\.(BufferDict|ModuleDict|ParameterDict)$|StorageContext|DeepCopyMemo|LockingLogger|Logger|AggregationType|\.(AVG|SUM)$|classes$|ScriptObject"),
    ("compiler", "it is for PyTorch's compiler and its tracers; nothing is compiled here",
     r"Sym(Bool|Int|Float)|\.sym_|\.fx$|\.export$|library$|while_loop|Dispatch|torch\.Tag$|\.utils\.(_|cpp_|mobile|bundled|hipify|file_baton|jit|show_pickle|dlpack|tensorboard|throughput|collect|bottleneck|config|back|serial|weak|viz|debug)"),
    ("parallel", "it is for several processes or threads of PyTorch's C++ core; here everything runs in one",
     r"[Ff]uture|\.fork$|\.wait$|multiprocessing|thread_safe|distributed|rpc"),
    ("measurements", "it measures or watches PyTorch's own C++ parts",
     r"[Bb]enchmark|monitor|profiler|torch\.utils\.\w*(throughput|flop)"),
    ("private", "it is a part of PyTorch's inside that happens to have a public name",
     r"Disable|FatalError|\.cpp$|classproperty|get_file_path|\.package$|StorageBase|prepare_|torch\.overrides|assert_int_or_pair|boolean_dispatch|has_torch_function|handle_torch"
     r"|\.(fft|special|signal\.windows|nn\.\w+)\.(Tensor|windows)$|torch\.(fft|special)\.Tensor|torch\.serialization|BFloat16Tensor|grad_dtype|slice_inverse|torch\.hub|checkpoint\."),
    ("data", "it is a part of DataPipes or of PyTorch's loading that has moved to other packages",
     r"torch\.utils\.data"),
)  # fmt: skip
_PATTERNS = [(kind, reason, re.compile(pattern)) for kind, reason, pattern in KINDS]


@functools.cache
def why(space: str, name: str) -> tuple[str, str]:
    """The kind and the reason of a name that is not here; ('open', ...) for one that is still to be built."""
    full = f"{space}.{name}"
    for kind, reason, pattern in _PATTERNS:
        if pattern.search(full):
            return kind, reason
    return "open", "it has not been built yet"
