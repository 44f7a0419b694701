"""Files cross over: what real PyTorch saves opens equal here, and what we save opens there with its default settings."""

import collections
import io
import itertools
import zipfile

import numpy as np
import pytest
import torch

import minitorch_bp as mt

FORMATS = pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])
DTYPES = [
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "bool",
    "uint16",
    "uint32",
    "uint64",
]
NEW = {"uint16", "uint32", "uint64"}  # PyTorch can't read these back from its own files of the format before


def sent(writer, reader, obj, zipped=True, **options):
    """An object that one framework saved and the other has loaded."""
    buffer = io.BytesIO()
    writer.save(obj, buffer, _use_new_zipfile_serialization=zipped)
    buffer.seek(0)
    return reader.load(buffer, **options)


def same(ours, theirs):
    """Whether two objects of the two frameworks are equal in every respect that a file keeps."""
    if isinstance(theirs, torch.Tensor):
        assert isinstance(ours, mt.Tensor) and repr(ours.dtype) == repr(theirs.dtype)
        assert tuple(ours.shape) == tuple(theirs.shape) and ours.requires_grad == theirs.requires_grad
        assert isinstance(ours, mt.nn.Parameter) == isinstance(theirs, torch.nn.Parameter)
        assert not theirs.numel() or (ours.stride(), ours.storage_offset()) == (theirs.stride(), theirs.storage_offset())
        np.testing.assert_equal(np.array(ours.tolist()), np.array(theirs.tolist()))
    elif isinstance(theirs, dict):
        assert type(ours) is type(theirs) and list(ours) == list(theirs)
        for key, value in theirs.items():
            same(ours[key], value)
        assert getattr(ours, "_metadata", None) == getattr(theirs, "_metadata", None)
    elif isinstance(theirs, (list, tuple)):
        assert type(ours).__name__ == type(theirs).__name__ and len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            same(a, b)
    elif isinstance(theirs, (torch.dtype, torch.device, torch.layout)):
        assert repr(ours) == repr(theirs)
    else:
        assert type(ours) is type(theirs) and ours == theirs


def there_and_back(obj, zipped=True):
    """From PyTorch to us, and back again."""
    ours = sent(torch, mt, obj, zipped)
    same(ours, obj)
    again = sent(mt, torch, ours, zipped)
    same(ours, again)
    return ours, again


# ---------------------------------------------------------------------- architectures: 20, in both formats
ARCHITECTURES = {
    "linear": lambda t: t.nn.Linear(3, 2),
    "perceptron": lambda t: t.nn.Sequential(t.nn.Linear(3, 4), t.nn.ReLU(), t.nn.Linear(4, 1)),
    "no bias": lambda t: t.nn.Linear(3, 2, bias=False),
    "bilinear": lambda t: t.nn.Bilinear(2, 3, 2),
    "conv1d": lambda t: t.nn.Conv1d(2, 3, 3),
    "conv2d": lambda t: t.nn.Sequential(t.nn.Conv2d(1, 2, 3), t.nn.BatchNorm2d(2)),
    "conv3d": lambda t: t.nn.Conv3d(1, 2, 2),
    "transposed": lambda t: t.nn.ConvTranspose2d(2, 2, 3),
    "batch norm": lambda t: t.nn.BatchNorm1d(4),
    "layer norm": lambda t: t.nn.LayerNorm(4),
    "group norm": lambda t: t.nn.GroupNorm(2, 4),
    "instance norm": lambda t: t.nn.InstanceNorm1d(3, affine=True, track_running_stats=True),
    "embedding": lambda t: t.nn.Embedding(5, 3, padding_idx=0),
    "bag": lambda t: t.nn.EmbeddingBag(5, 3),
    "rnn": lambda t: t.nn.RNN(2, 3, num_layers=2),
    "lstm": lambda t: t.nn.LSTM(2, 3, bidirectional=True),
    "gru": lambda t: t.nn.GRU(2, 3),
    "attention": lambda t: t.nn.MultiheadAttention(4, 2),
    "transformer": lambda t: t.nn.TransformerEncoder(t.nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), 2),
    "prelu": lambda t: t.nn.ModuleDict({"a": t.nn.PReLU(), "b": t.nn.ModuleList([t.nn.Linear(1, 1)])}),
    "lists": lambda t: t.nn.ParameterList([t.nn.Parameter(t.ones(2)), t.nn.Parameter(t.zeros(0))]),
}


@FORMATS
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_state_dicts_of_architectures(name, zipped):
    torch.manual_seed(0)
    model = ARCHITECTURES[name](torch)
    ours, _ = there_and_back(model.state_dict(), zipped)
    mine = ARCHITECTURES[name](mt)
    assert repr(mine.load_state_dict(ours)) == "<All keys matched successfully>"
    model.load_state_dict(sent(mt, torch, mine.state_dict(), zipped))


OPTIMIZERS = {
    "SGD": {"lr": 0.1, "momentum": 0.9}, "Adam": {"amsgrad": True}, "AdamW": {}, "Adamax": {}, "NAdam": {}, "RAdam": {},
    "Adagrad": {}, "Adadelta": {}, "RMSprop": {"momentum": 0.5, "centered": True}, "Rprop": {}, "ASGD": {}, "LBFGS": {},
}  # fmt: skip


@FORMATS
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_states_of_optimizers(name, zipped):
    def trained(t):
        t.manual_seed(0)
        model = t.nn.Linear(3, 2)
        optimizer = getattr(t.optim, name)(model.parameters(), **OPTIMIZERS[name])

        def closure():
            optimizer.zero_grad()
            loss = model(t.ones(4, 3)).square().sum()
            loss.backward()
            return loss

        optimizer.step(closure)
        return optimizer

    theirs = trained(torch)
    ours, again = there_and_back(theirs.state_dict(), zipped)
    theirs.load_state_dict(again)
    if hasattr(mt.optim, name):
        mine = trained(mt)
        mine.load_state_dict(ours)
        theirs.load_state_dict(sent(mt, torch, mine.state_dict(), zipped))


def test_states_of_schedulers():
    for make in (
        lambda t, o: t.optim.lr_scheduler.StepLR(o, 2),
        lambda t, o: t.optim.lr_scheduler.CosineAnnealingLR(o, 5),
        lambda t, o: t.optim.lr_scheduler.ExponentialLR(o, 0.5),
        lambda t, o: t.optim.lr_scheduler.MultiStepLR(o, [1, 3]),
        lambda t, o: t.optim.lr_scheduler.ReduceLROnPlateau(o),
    ):
        frameworks = [t for t in (torch, mt) if hasattr(t.optim, "lr_scheduler")]
        theirs, *ours = [make(t, t.optim.SGD([t.nn.Parameter(t.ones(1))], lr=0.1)) for t in frameworks]
        found, again = there_and_back(theirs.state_dict())
        theirs.load_state_dict(again)
        for each in ours:
            each.load_state_dict(found)


# ---------------------------------------------------------------------- tensors
@FORMATS
@pytest.mark.parametrize("dtype", DTYPES)
def test_tensors_of_every_type(dtype, zipped):
    if dtype in NEW and not zipped:
        with pytest.raises(AttributeError):
            sent(torch, torch, torch.ones(1, dtype=getattr(torch, dtype)), zipped)
        return
    d = getattr(torch, dtype)
    x = torch.arange(6).reshape(2, 3).to(d)
    tensors = {
        "full": x, "transposed": x.t(), "part": x[1:], "step": x[:, ::2], "scalar": x[1, 1], "0-d": torch.tensor(1).to(d),
        "empty": torch.empty(0, dtype=d), "2 x 0": torch.empty(2, 0, dtype=d), "one": torch.ones(1, 1, 1).to(d), "expanded": x[:1].expand(4, 3),
    }  # fmt: skip
    for each in tensors.values():
        there_and_back(each.clone(), zipped)
    there_and_back(tensors, zipped)


def test_special_values():
    inf, nan = float("inf"), float("nan")
    x = torch.tensor([inf, -inf, nan, -0.0, 0.0, 1e-45, 3.4e38])
    ours, again = there_and_back(x)
    assert ours.numpy().tobytes() == again.numpy().tobytes() == x.numpy().tobytes()


@FORMATS
def test_conjugate_and_negative_bits(zipped):
    z = torch.tensor([1 + 2j, -3j])
    for x in (z.conj(), z.conj().imag, torch._neg_view(z.conj()), torch._neg_view(torch.ones(2)), z.conj()[1:]):
        ours = sent(torch, mt, x, zipped)
        np.testing.assert_array_equal(ours.numpy(), x.resolve_conj().resolve_neg().numpy())
        assert torch.equal(sent(mt, torch, ours, zipped), x)
    ours = sent(torch, mt, torch.nn.Parameter(z.conj()), zipped)
    assert isinstance(ours, mt.nn.Parameter) and ours.tolist() == z.conj().tolist()


@FORMATS
def test_parameters_and_attributes(zipped):
    for requires_grad in (True, False):
        there_and_back(torch.nn.Parameter(torch.ones(2), requires_grad), zipped)
        there_and_back(torch.ones(2, requires_grad=requires_grad), zipped)
    for made in (torch.ones(2), torch.nn.Parameter(torch.ones(2))):
        made.note = {"a": [1, "b"]}
        ours, again = there_and_back(made, zipped)
        assert ours.note == again.note == {"a": [1, "b"]}
    computed = mt.ones(2, requires_grad=True) * 2
    assert sent(mt, torch, computed, zipped).requires_grad and sent(mt, mt, computed, zipped).is_leaf
    buffer = sent(torch, mt, torch.nn.Buffer(torch.ones(2), persistent=False), zipped)
    assert isinstance(buffer, mt.nn.Buffer) and buffer.persistent is False
    back = sent(mt, torch, buffer, zipped)
    assert isinstance(back, torch.nn.Buffer) and back.persistent is False


def test_lazy_parameters_are_accepted_where_they_are_allowed():
    for t, other in ((torch, mt), (mt, torch), (mt, mt)):
        for name in ("UninitializedParameter", "UninitializedBuffer"):
            made = getattr(t.nn.parameter, name)()
            with pytest.raises(Exception, match=name):
                sent(t, other, made)
            with other.serialization.safe_globals([getattr(other.nn.parameter, name)]):
                assert isinstance(sent(t, other, made), getattr(other.nn.parameter, name))


# ---------------------------------------------------------------------- shared memory
def views(t):
    x = t.arange(12.0)
    return {
        "base": x, "slice": x[3:7], "step": x[1::3], "matrix": x.view(3, 4), "transposed": x.view(3, 4).t(), "strided": x.as_strided((2, 2), (3, 1), 1),
        "windows": x.unfold(0, 4, 2), "expanded": x[:1].expand(5), "again": x, "twice": x.as_strided((6,), (2,)).as_strided((2,), (4,), 2),
    }  # fmt: skip


@FORMATS
@pytest.mark.parametrize(
    "route", [(torch, mt), (mt, torch), (mt, mt, mt, mt), (torch, mt, mt, torch), (mt, torch, mt, torch)], ids=str
)
def test_views_share_memory_however_often_they_are_saved(route, zipped):
    found = views(route[0])
    for writer, reader in itertools.pairwise(route):
        found = sent(writer, reader, found, zipped)
    expected = views(torch)
    for name, x in expected.items():
        assert found[name].tolist() == x.tolist() and found[name].stride() == x.stride(), name
        assert found[name].data_ptr() - found["base"].data_ptr() == x.data_ptr() - expected["base"].data_ptr(), name
    assert found["again"] is found["base"]
    with route[-1].no_grad():
        found["base"].fill_(5)
    assert all(set(np.array(x.tolist()).ravel()) == {5.0} for x in found.values())


@pytest.mark.parametrize("route", [(torch, mt), (mt, torch), (mt, mt, mt), (torch, mt, mt, torch)], ids=str)
def test_tied_weights_stay_tied(route):
    first = route[0]
    encoder, decoder = first.nn.Embedding(4, 3), first.nn.Linear(3, 4, bias=False)
    decoder.weight = encoder.weight
    found = {"parameter": decoder.weight, **first.nn.ModuleList([encoder, decoder]).state_dict()}
    for writer, reader in itertools.pairwise(route):
        found = sent(writer, reader, found)
        assert found["0.weight"].data_ptr() == found["1.weight"].data_ptr() == found["parameter"].data_ptr()


def test_one_memory_has_one_type():
    z = mt.ones(4, dtype=mt.complex64)
    for pair in ([z, z.real], [mt.ones(2), mt.ones(2).storage()], [z.storage(), z.imag]):
        try:
            mt.save(pair, io.BytesIO())
        except RuntimeError as error:
            assert "different types" in str(error) and pair[0] is not None
        else:
            assert pair[0].dtype == mt.float32  # two storages
    real = mt.complex(mt.arange(3.0), mt.ones(3)).imag
    assert sent(mt, torch, real).tolist() == [1, 1, 1]


@FORMATS
def test_storages(zipped):
    x = torch.arange(4.0)
    found = sent(torch, mt, [x.storage(), x], zipped)
    assert found[0].tolist() == [0, 1, 2, 3] and found[0].data_ptr() == found[1].data_ptr() and found[0].dtype is mt.float32
    assert isinstance(found[0], mt.FloatStorage) and not isinstance(found[0], mt.IntStorage)
    back = sent(mt, torch, found, zipped)
    assert back[0].tolist() == [0, 1, 2, 3] and back[0].data_ptr() == back[1].data_ptr()
    if zipped:
        assert bytes(sent(torch, mt, x.untyped_storage()).tolist()) == bytes(x.untyped_storage().tolist())


def test_big_endian_files():
    for dtype in (torch.float32, torch.int16, torch.complex128, torch.bfloat16, torch.uint8, torch.bool):
        x = torch.tensor([1, 2, 3]).to(dtype)
        width = torch.empty((), dtype=dtype).real.element_size() if dtype.is_complex else x.element_size()
        buffer = io.BytesIO()
        torch.save(x, buffer)
        out = io.BytesIO()
        with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                data = old.read(name)
                if name.endswith("data/0"):
                    data = np.frombuffer(data, f"u{width}").byteswap().tobytes()
                new.writestr(name, b"big" if name.endswith("byteorder") else data)
        out.seek(0)
        same(mt.load(out), x)


# ---------------------------------------------------------------------- plain values
def metadata():
    made = collections.OrderedDict(a=1)
    made._metadata = {"": {"version": 1}}
    return made


VALUES = [
    None, True, 0, -1, 255, 256, 65536, 2**31, -(2**31), 2**63, -(2**100), 0.5, float("inf"), "", "ä€😀", "\ud800", b"ab\xff\0", bytearray(b"xyz"), bytearray(),
    1 + 2j, set(), {1, "a", (1, 2)}, collections.Counter("abca"), collections.OrderedDict(b=1, a=2), metadata(), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [[]], {},
    {1: 2, "a": [3], None: 4, (1, (2, "x")): 5, False: 6, 2.5: 7}, torch.Size([2, 3]), torch.Size([]), [torch.float32, torch.int64, torch.bool], torch.device("cpu"),
    torch.device("cuda", 1), torch.strided, list(range(3000)), {str(i): i for i in range(3000)}, "long" * 5000, [{"deep": [{"er": ({"and": "deeper"},)}]}],
]  # fmt: skip


@FORMATS
@pytest.mark.parametrize("value", VALUES, ids=[f"{k} {type(v).__name__}" for k, v in enumerate(VALUES)])
def test_plain_values(value, zipped):
    there_and_back(value, zipped)


@FORMATS
def test_empty_bytes(zipped):
    """PyTorch refuses its own file of them; ours it reads."""
    assert sent(torch, mt, b"", zipped) == sent(mt, torch, b"", zipped) == sent(mt, mt, b"", zipped) == b""


def test_what_pytorch_refuses_is_refused():
    for value in (
        frozenset([1]),
        collections.defaultdict(list),
        collections.deque([1]),
        slice(1),
        range(3),
        ...,
        np.ones(2),
        np.float32(1),
    ):
        for reader in (torch, mt):
            with pytest.raises(Exception, match="safe_globals") as caught:
                sent(torch, reader, value)
            assert caught.type.__name__ == "UnpicklingError"


def test_what_does_not_exist_here_is_named():
    for value, word in [
        (torch.eye(2).to_sparse(), "sparse"),
        (torch.ones(2, device="meta"), "meta"),
        (torch.ones(2).to(torch.float8_e5m2), "float8_e5m2"),
        (torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8), "quantized"),
    ]:
        with pytest.raises(NotImplementedError, match=word):
            sent(torch, mt, value)


def test_objects_that_are_referred_to_twice_are_one():
    inner = [1]
    found = sent(torch, mt, [inner, inner, {"a": inner}])
    assert found[0] is found[1] is found[2]["a"]
    loop = []
    loop.append(loop)
    found = sent(mt, mt, loop)
    assert found[0] is found
