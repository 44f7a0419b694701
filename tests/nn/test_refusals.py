"""What layers refuse, and what they do with empty batches, as PyTorch does: one table, each row compared."""

import pytest
import torch
import torch.nn.functional

import minitorch_bp


def _ctc(targets, lengths, sizes):
    return lambda t: t.nn.functional.ctc_loss(
        t.zeros(5, 3, 4).log_softmax(2), t.tensor(targets), lengths(t), sizes(t), reduction="none"
    )


def _all(t):
    return [5, 5, 5]


def _cell(name, shape):
    def call(t):
        h = t.zeros(shape)
        return getattr(t.nn, name)(3, 4)(t.ones(2, 3), (h, t.zeros(2, 4)) if name == "LSTMCell" else h)

    return call


def _empty(name):
    def call(t):
        layer = getattr(t.nn, name)(3, 4)
        y = layer(t.zeros(5, 0, 3))[0]
        y.sum().backward()
        return layer.weight_ih_l0.grad

    return call


PAIRS = [[1, 2], [1, 1], [2, 2]]
ROWS = {
    "ctc of pairs": _ctc(PAIRS, _all, lambda t: [2, 1, 2]), "a long target": _ctc(PAIRS, _all, lambda t: [3, 1, 2]), "a negative target": _ctc(PAIRS, _all, lambda t: [-1, 1, 2]),
    "a negative input": _ctc(PAIRS, lambda t: [-1, 5, 5], lambda t: [2, 1, 2]), "ctc of a vector": _ctc([1, 2, 1, 2], _all, lambda t: [2, 1, 1]),
    "targets left over": _ctc([1, 2, 1, 2, 1], _all, lambda t: [2, 1, 1]), "targets missing": _ctc([1, 2, 1], _all, lambda t: [2, 1, 1]), "an empty target": _ctc([1, 2, 1, 2], _all, lambda t: [2, 0, 2]),
    "float lengths": _ctc([1, 2, 1, 2], lambda t: t.tensor([5.0, 5.0, 5.0]), lambda t: t.tensor([2, 1, 1])), "float sizes": _ctc([1, 2, 1, 2], lambda t: t.tensor([5, 5, 5]), lambda t: t.tensor([2.0, 1.0, 1.0])),
    **{f"{name} with a state {shape}": _cell(name, shape) for name in ("RNNCell", "GRUCell", "LSTMCell") for shape in ((2, 4), (1, 4), (2, 1), (2, 3), (3, 4))},
    **{f"{name} of no sequences": _empty(name) for name in ("RNN", "GRU", "LSTM")},
    **{f"insert at {k}": lambda t, k=k: t.nn.Sequential(t.nn.ReLU(), t.nn.Tanh()).insert(k, t.nn.ReLU()) for k in (-3, -2, 0, 2, 3)},
    "insert a list": lambda t: t.nn.Sequential(t.nn.ReLU()).insert(0, [t.nn.ReLU()]),
    **{f"unflatten {size}": lambda t, size=size: t.nn.Unflatten(1, size)(t.ones(3, 4)) for size in ((2, 2), [2, 2], (2, 2.0), 4, "ab")},
    "a negative eps": lambda t: t.nn.functional.cosine_similarity(t.ones(2, 2), t.ones(2, 2), eps=-1.0),
    **{f"{mode} of {shape}": lambda t, mode=mode, shape=shape, widths=widths: t.nn.functional.pad(t.ones(shape), widths, mode)
       for mode in ("reflect", "replicate", "circular")
       for shape, widths in (((3, 0, 10), (2, 2)), ((0, 3, 10), (2, 2)), ((0, 10), (2, 2)), ((3, 0), (2, 2)), ((0, 3, 5, 5), (1,) * 4), ((3, 0, 5, 5), (1,) * 4), ((0, 2, 4, 4, 4), (1,) * 6))},
    "no batch": lambda t: [t.nn.InstanceNorm1d(3)._get_no_batch_dim(), t.nn.InstanceNorm3d(3)._get_no_batch_dim()],
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_rows(name):
    outcomes = []
    for t in (minitorch_bp, torch):
        try:
            result = ROWS[name](t)
            result = result[0] if isinstance(result, tuple) else result
            outcomes.append(tuple(result.shape) if isinstance(result, t.Tensor) else repr(result))
        except Exception as error:
            outcomes.append(type(error))
    assert outcomes[0] == outcomes[1]


def test_buffers_that_are_not_saved_are_kept_in_pickles():
    import pickle

    for t in (minitorch_bp, torch):
        layer = t.nn.Linear(1, 1)
        layer.register_buffer("scratch", t.ones(1), persistent=False)
        copy = pickle.loads(pickle.dumps(layer))
        assert copy._non_persistent_buffers_set == {"scratch"} and list(copy.state_dict()) == ["weight", "bias"]


def test_masks_of_attention():
    """Of other dimensions, and of other sizes; without a batch PyTorch raises AssertionError where it else raises RuntimeError."""
    for shape in ((3, 4), (3, 2, 4)):
        for mask in ((3,), (3, 3), (2, 3), (2, 3, 3), (4, 3, 3), (5, 3, 3), (2, 2, 3, 3)):
            kinds = []
            for t in (minitorch_bp, torch):
                x = t.zeros(shape)
                try:
                    kinds.append(tuple(t.nn.MultiheadAttention(4, 2)(x, x, x, attn_mask=t.zeros(mask))[0].shape))
                except Exception as error:
                    kinds.append(type(error))
            assert kinds[0] == kinds[1], (shape, mask)
