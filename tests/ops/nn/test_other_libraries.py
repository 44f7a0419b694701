"""What PyTorch refuses on the CPU is refused with the same type of error; what it computes has its values."""

import pytest
import torch

import minitorch_bp

NAMES = [
    "cudnn_affine_grid_generator",
    "cudnn_batch_norm",
    "cudnn_convolution",
    "cudnn_convolution_add_relu",
    "cudnn_convolution_relu",
    "cudnn_convolution_transpose",
    "cudnn_grid_sampler",
    "miopen_batch_norm",
    "miopen_convolution",
    "miopen_convolution_add_relu",
    "miopen_convolution_relu",
    "miopen_convolution_transpose",
    "miopen_ctc_loss",
    "miopen_depthwise_convolution",
    "miopen_rnn",
    "batch_norm_backward_elemt",
    "batch_norm_backward_reduce",
    "batch_norm_elemt",
    "batch_norm_gather_stats",
    "batch_norm_gather_stats_with_counts",
    "batch_norm_stats",
    "mkldnn_adaptive_avg_pool2d",
    "mkldnn_linear_backward_weights",
    "mkldnn_max_pool2d",
    "mkldnn_max_pool3d",
    "native_norm",
]


def arguments(name, framework):
    """Some for each argument of PyTorch's declaration."""
    values = []
    for a in getattr(torch.ops.aten, name).default._schema.arguments:
        kind = str(a.type)
        if kind.startswith("List[Tensor"):
            values.append([framework.ones(1)])
        elif kind.startswith(("Optional[Tensor", "Optional[number")):
            values.append(None)
        else:
            values.append({"Tensor": framework.ones(1), "float": 0.5, "bool": True, "int": 1, "number": 1}.get(kind, [1]))
    return values


@pytest.mark.parametrize("name", NAMES)
def test_refused_on_the_cpu(name):
    for framework in (torch, minitorch_bp):
        with pytest.raises(NotImplementedError):
            getattr(framework, name)(*arguments(name, framework))
        with pytest.raises(TypeError):
            getattr(framework, name)(1)


def test_cudnn_is_not_acceptable():
    assert torch.cudnn_is_acceptable(torch.ones(1)) is minitorch_bp.cudnn_is_acceptable(minitorch_bp.ones(1)) is False


def test_mkldnn_convolution():
    x, w = torch.randn(2, 4, 5, 5), torch.randn(6, 2, 3, 3)
    theirs = torch.mkldnn_convolution(x, w, None, [1, 0], [2, 1], [1, 1], 2)
    ours = minitorch_bp.mkldnn_convolution(
        minitorch_bp.tensor(x.numpy()), minitorch_bp.tensor(w.numpy()), None, [1, 0], [2, 1], [1, 1], 2
    )
    torch.testing.assert_close(torch.tensor(ours.numpy()), theirs)


def test_batch_norm_update_stats():
    x = torch.randn(3, 2, 4)
    for framework, results in ((torch, theirs := []), (minitorch_bp, ours := [])):
        mean, var = framework.zeros(2), framework.ones(2)
        results += [*framework.batch_norm_update_stats(framework.tensor(x.numpy()), mean, var, 0.1), mean, var]
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(torch.tensor(mine.numpy()), other)
