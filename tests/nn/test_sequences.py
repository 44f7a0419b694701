"""Packed and padded sequences, and recurrent layers on them: equal to PyTorch's."""

import numpy as np
import pytest
import torch
import torch.nn.utils.rnn

import minitorch_bp as mt

LENGTHS = [[3, 5, 1, 2], [4, 4, 4], [6], [1, 1, 5]]


def batch(t, lengths, size=2, longest=6):
    rng = np.random.default_rng(len(lengths))
    return t.from_numpy(rng.standard_normal((longest, len(lengths), size))).requires_grad_()


def fields(packed):
    return [None if f is None else f.detach().numpy() for f in packed]


def same(a, b):
    for x, y in zip(a, b, strict=True):
        assert (x is None) == (y is None)
        if y is not None:
            np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("batch_first", [False, True])
def test_packing_and_padding(lengths, batch_first):
    results = []
    for t in (mt, torch):
        R = t.nn.utils.rnn
        x = batch(t, lengths)
        given = x.transpose(0, 1) if batch_first else x
        packed = R.pack_padded_sequence(given, lengths, batch_first, enforce_sorted=False)
        padded, found = R.pad_packed_sequence(packed, batch_first, padding_value=-1.0, total_length=7)
        (padded**2).sum().backward()
        whole = padded.detach().numpy().copy()  # PyTorch's unpad_sequence transposes its argument in place
        pieces = R.unpad_sequence(padded.detach(), found, batch_first)
        results.append([*fields(packed), whole, found.numpy(), x.grad.numpy(), *(p.detach().numpy() for p in pieces)])
        assert found.tolist() == lengths
    same(*results)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("batch_first", [False, True])
def test_pad_sequence(side, batch_first):
    results = []
    for t in (mt, torch):
        pieces = [t.arange(float(2 * n)).reshape(n, 2).requires_grad_() for n in (3, 1, 2)]
        padded = t.nn.utils.rnn.pad_sequence(pieces, batch_first, 9.0, side)
        (padded * padded).sum().backward()
        packed = t.nn.utils.rnn.pack_sequence(pieces, enforce_sorted=False)
        back = t.nn.utils.rnn.unpack_sequence(packed)
        results.append(
            [padded.detach().numpy(), *(p.grad.numpy() for p in pieces), *fields(packed), *(b.detach().numpy() for b in back)]
        )
    same(*results)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"num_layers": 2, "bidirectional": True, "bias": False}])
@pytest.mark.parametrize("with_state", [False, True])
def test_layers_on_packed_sequences(kind, options, with_state):
    results = []
    for t in (mt, torch):
        t.manual_seed(0)
        layer = getattr(t.nn, kind)(2, 3, **options).double()
        x = batch(t, [3, 5, 1, 2])
        packed = t.nn.utils.rnn.pack_padded_sequence(x, [3, 5, 1, 2], enforce_sorted=False)
        lead = options.get("num_layers", 1) * (1 + options.get("bidirectional", False))
        h = t.from_numpy(np.random.default_rng(1).standard_normal((lead, 4, 3)))
        state = None if not with_state else (h, h * 2) if kind == "LSTM" else h
        out, final = layer(packed, state)
        final = final if isinstance(final, tuple) else (final,)
        ((out.data**2).sum() + sum((f**3).sum() for f in final)).backward()
        grads = [p.grad.numpy() for p in layer.parameters()]
        results.append([*fields(out), *(f.detach().numpy() for f in final), x.grad.numpy(), *grads])
    same(*results)


def test_a_packed_sequence_can_be_converted():
    for t in (mt, torch):
        packed = t.nn.utils.rnn.pack_sequence([t.tensor([1.0, 2.0]), t.tensor([3.0])])
        assert packed.double().data.dtype is t.float64 and packed.to(t.float64).float().data.dtype is t.float32
        assert packed.cpu().data.tolist() == [1, 3, 2] and not packed.is_cuda


MISTAKES = [
    lambda R, t: R.pack_padded_sequence(t.zeros(3, 2), [1, 3]),
    lambda R, t: R.pack_padded_sequence(t.zeros(3, 2), [3]),
    lambda R, t: R.pack_padded_sequence(t.zeros(3, 2), [3, 0]),
    lambda R, t: R.pad_packed_sequence(R.pack_padded_sequence(t.zeros(3, 2), [3, 1]), total_length=2),
    lambda R, t: R.pad_sequence([t.zeros(2), t.zeros(1)], padding_side="up"),
    lambda R, t: R.pad_sequence([]),
    lambda R, t: t.nn.LSTM(2, 3)(t.zeros(4, 1, 3)),
    lambda R, t: t.nn.LSTM(2, 3)(t.zeros(4)),
    lambda R, t: t.nn.LSTM(2, 3)(t.zeros(4, 1, 2), (t.zeros(1, 2, 3), t.zeros(1, 1, 3))),
    lambda R, t: t.nn.GRU(2, 3)(t.zeros(4, 1, 2), t.zeros(1, 3)),
    lambda R, t: t.nn.GRU(2, 3)(t.zeros(4, 1, 2), t.zeros(2, 1, 3)),
    lambda R, t: t.nn.GRU(2, 3, proj_size=1),
    lambda R, t: t.nn.LSTM(2, 3, proj_size=3),
    lambda R, t: t.nn.RNN(2, 3, nonlinearity="sin"),
    lambda R, t: t.nn.RNN(2, 3, dropout=2.0),
    lambda R, t: t.nn.RNNCell(2, 3)(t.zeros(1, 3)),
    lambda R, t: t.nn.LSTMCell(2, 3)(t.zeros(1, 1, 2)),
    lambda R, t: t.nn.GRUCell(2, 3)(t.zeros(2, 2), t.zeros(3, 3)),
    lambda R, t: t.nn.RNNCell(2, 3, nonlinearity="sin")(t.zeros(1, 2)),
]


@pytest.mark.parametrize("f", MISTAKES)
def test_mistakes(f):
    with pytest.raises(Exception) as theirs:
        f(torch.nn.utils.rnn, torch)
    with pytest.raises(type(theirs.value)):
        f(mt.nn.utils.rnn, mt)
