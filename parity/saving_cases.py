"""Files and copies: what is saved, loaded, pickled or copied, in every way, and by one framework for the other.

Compared are the values with their types, strides and offsets, what requires a gradient, attributes, and which tensors share memory.
"""

from __future__ import annotations

from typing import Any

from .choices import Choices
from .declared.forms import HELPERS
from .scripted import Scripted

#: What is saved, and whether only PyTorch's own names stand in it, so that the other framework can read it.
OBJECTS = {
    "tensor": ("v(real(2, 3))", True), "integers": ("whole(9, 4)", True), "booleans": ("v(coins(3)).bool()", True), "leaf": ("p(real(2))", True), "result": ("p(real(2)) * 2", True), "0-d": ("v(real())", True), "empty": ("v(real(0, 3))", True),
    "of a type": ("v(real(2, 2)).to(torch.{type})", True), "complex": ("torch.complex(v(real(3)), v(real(3)))", True), "conjugated": ("torch.complex(v(real(3)), v(real(3))).conj()", False), "rows": ("v(real(4, 3))[1:3]", True), "column": ("v(real(4, 3))[:, 1]", True), "turned": ("v(real(4, 3)).t()", True), "steps": ("v(real(9))[2::3]", True), "expanded": ("v(real(1, 3)).expand(2, 3)", True), "permuted": ("v(real(2, 3, 4)).permute(2, 0, 1)", True),
    "one twice": ("(lambda t: [t, t])(v(real(2)))", True), "views of one": ("(lambda t: [t, t[1:], t.t(), t[:1, 2]])(v(real(3, 4)))", True), "a leaf and a view": ("(lambda t: [t, t.detach()[1:]])(p(real(3)))", True), "parameter": ("nn.Parameter(v(real(2)))", True), "frozen parameter": ("nn.Parameter(v(real(2)), False)", True), "parameter of integers": ("nn.Parameter(whole(5, 2), requires_grad=False)", True), "buffer": ("nn.Buffer(v(real(2)))", True), "transient buffer": ("nn.Buffer(v(real(2)), persistent=False)", True),
    "tied parameters": ("(lambda w: {{'a': w, 'b': w, 'c': w.detach()[:1]}})(nn.Parameter(v(real(2))))", True), "with an attribute": ("tagged(v(real(2)))", True), "parameter with an attribute": ("tagged(nn.Parameter(v(real(2))))", True), "with a gradient": ("with_gradient()", True), "state_dict": ("net.state_dict()", True), "parameters": ("dict(net.named_parameters())", True), "module": ("net", False), "module in evaluation": ("copy.deepcopy(net).eval()", False), "recurrent": ("nn.GRU(2, 2)", False),
    "optimizer": ("stepped().state_dict()", True), "whole optimizer": ("stepped().param_groups[0]['lr']", True), "schedule": ("optim.lr_scheduler.StepLR(stepped(), 2).state_dict()", True), "facts": ("[torch.Size([2, 3]), torch.float16, torch.bool, torch.device('cpu'), torch.strided]", True), "numbers": ("{{'a': [1, 2.5, True, None, 'text', b'bytes', 1j], (1, 2): {{3, 4}}}}", True), "OrderedDict": ("collections.OrderedDict(b=v(real(1)), a=2)", True), "nested": ("[{{'x': (v(real(2)), [whole(3, 2)])}}] * 2", True), "Counter": ("collections.Counter('aab')", True), "defaultdict": ("collections.defaultdict(list, a=[1])", True),
    "random state": ("torch.get_rng_state()", True), "generator": ("torch.Generator().manual_seed(3).get_state()", True), "array": ("np.arange(3.0)", False), "NumPy number": ("np.float64(2.5)", False), "own class": ("Thing(v(real(2)))", False), "function": ("(lambda: 1)", False), "namedtuple": ("v(real(3)).max(0)", False), "packed": ("nn.utils.rnn.pack_padded_sequence(v(real(3, 2, 1)), [3, 1])", False),
    "large": ("[v(real(40, 30)), whole(9, 300)]", True), "distribution": ("D.Normal(v(real(2)), v(positive(2)))", False),
}  # fmt: skip
TYPES = ("float16", "bfloat16", "float32", "float64", "int8", "uint8", "int16", "int32", "int64", "bool", "complex64", "uint16")
SAVED = ("", "", "", ", _use_new_zipfile_serialization=False", ", pickle_protocol=3", ", pickle_protocol=4")
LOADED = ("", "", ", weights_only=True", ", weights_only=False", ", weights_only=False", ", map_location='cpu'", ", map_location=lambda storage, place: storage", ", map_location=torch.device('cpu')", ", map_location={'cpu': 'cpu'}")  # fmt: skip
WAYS = {
    "bytes": "f = io.BytesIO()\n    torch.save(given_object, f{saved})\n    f.seek(0)\n    return torch.load(f{loaded})",
    "behind others": "f = io.BytesIO(b'12345')\n    f.seek(5)\n    torch.save(given_object, f{saved})\n    f.seek(5)\n    return torch.load(f{loaded})",
    "one after another": "f = io.BytesIO()\n    torch.save(given_object, f, _use_new_zipfile_serialization=False)\n    torch.save(given_object, f, _use_new_zipfile_serialization=False)\n    f.seek(0)\n    return [torch.load(f{loaded}), torch.load(f{loaded})]",
    "path": "with tempfile.TemporaryDirectory() as folder:\n        torch.save(given_object, folder + '/f'{saved})\n        return copy.deepcopy(torch.load(folder + '/f'{loaded}))",
    "mapped": "with tempfile.TemporaryDirectory() as folder:\n        torch.save(given_object, folder + '/f')\n        return copy.deepcopy(torch.load(folder + '/f', mmap=True{loaded}))",
    "pickle": "return pickle.loads(pickle.dumps(given_object{protocol}))", "deepcopy": "return copy.deepcopy(given_object)", "copy": "return copy.copy(given_object)", "twice": "return copy.deepcopy([given_object, given_object])",
    "handed over": "f = io.BytesIO()\n    torch.save(given_object, f{saved})\n    return torch.load(io.BytesIO(given('file', f.getvalue())){loaded})",
}  # fmt: skip
SETUP = """import io, pickle, tempfile
class Thing:
    def __init__(self, t): self.t = t
def tagged(t):
    t.tag = 'tag'
    return t
def with_gradient():
    t = p(real(2))
    t.grad = v(real(2))
    return t
torch.manual_seed(1)
net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.3)).to(kind)
net[0].weight.requires_grad_(False)
def stepped():
    o = optim.{optimizer}
    (net[0].bias * 2).sum().backward()
    o.step()
    return o
def described(x):
    if isinstance(x, torch.Tensor):
        seen.append(x)
        kinds = [isinstance(x, nn.Parameter), isinstance(x, nn.Buffer)]
        return [kinds, x.detach(), x.stride() if x.numel() else None, x.storage_offset(), x.untyped_storage().nbytes(), x.requires_grad, x.is_leaf, x.grad if x.is_leaf else None, getattr(x, 'tag', None), getattr(x, 'persistent', None)]
    if isinstance(x, nn.Module): return [type(x).__name__, x.training, [(k, described(w)) for k, w in (*x.named_parameters(), *x.named_buffers())], list(x.state_dict()), repr(x)]
    if isinstance(x, dict): return [type(x).__name__, [(str(k), described(w)) for k, w in x.items()]]
    if isinstance(x, (list, tuple)) and not isinstance(x, torch.Size): return [type(x).__name__.rpartition('.')[2], [described(part) for part in x]]
    if callable(x): return type(x).__name__
    if isinstance(x, set): return sorted(x)
    return [type(x).__name__, described(x.t) if isinstance(x, Thing) else x if isinstance(x, np.ndarray) else repr(x)]
def sharing():
    places = [t.untyped_storage().data_ptr() if t.numel() else -k for k, t in enumerate(seen)]
    return [[a == b for b in places] for a in places]
seen = []"""


def saved(draw: Choices, seed: int, what: str | None = None, way: str | None = None) -> Scripted:
    """An object that is saved and loaded, or copied."""
    what = what or draw.choice(list(OBJECTS))
    text, between = OBJECTS[what]
    way = way or draw.choice(list(WAYS))
    if way == "handed over" and not between:
        way = "bytes"
    loaded = draw.choice(LOADED)
    words = {
        "saved": draw.choice(SAVED), "loaded": loaded,
        "protocol": draw.choice(("", ", 2", ", 5")),
    }  # fmt: skip
    steps = WAYS[way].format(**words)
    made = draw.choice(("SGD(net[0].parameters(), lr=0.1, momentum=0.9)", "Adam([{'params': net.parameters(), 'lr': 0.01}], amsgrad=True)", "SGD(net.parameters(), lr=0.1)", "Adagrad(net.parameters())"))  # fmt: skip
    lines = [
        HELPERS,
        SETUP.replace("{optimizer}", made),
        f"given_object = {text.format(type=draw.choice(TYPES))}",
        f"result = None\ndef back():\n    {steps}",
        "def call():\n    global result\n    result = back()\n    return described(result)",
        "show('back', call)",
        "show('sharing', sharing)",
        "seen.clear()",
        "show('given', lambda: [described(given_object), sharing()])",
        "show('random numbers, bit for bit', lambda: torch.rand(1))",
    ]
    return Scripted("files", (f"saved {what}", f"by way of {way}"), tuple(lines), seed, draw.choice(("float64", "float32")))


#: Row -> how its scripts are drawn.
ROWS: dict[str, Any] = {
    **{f"saved {name}": (saved, (name,)) for name in OBJECTS},
    **{f"by way of {name}": (saved, (None, name)) for name in WAYS},
}


def missing() -> list[str]:
    """Nothing: no function of the package makes files but ``save``."""
    return []
