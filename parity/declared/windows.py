"""Convolutions, pooling, folding, padding, resampling: kernels, strides, dilations, padding, groups and their like."""

from .domain import INF, LEFT_OUT, NAN, Declared, T, Text, each, op, several

_S, _P, _D = each((1, 2, 3), 1), each((0, 1, 2), 1), each((1, 1, 2), 1)
_S2, _P2, _D2 = each((1, 2, 3), 2), each((0, 1, 2), 2), each((1, 1, 2, 3), 2)
_CEIL = (LEFT_OUT, True, False)
_CONV = "n=0,1,2,2 g=1,1,2,3 c=1,2 o=1,2 k=1,2,3,4 l=1,2,3 h=3,4,5,6,7 w=2,4,5,7"
#: (With more than 4 places no output is empty: that one of PyTorch's backends refuses, and the other one returns.)
_TRANSPOSED = "n=1,2,2 g=1,1,2,3 c=1,2 o=1,2 k=1,2,3,4 l=1,2,3 h=5,6,7 w=5,6"
_POOL = "n=0,1,2 c=1,2 h=3,4,5,7 w=3,4,5,6"


def _either(*domains):  # type: ignore[no-untyped-def]
    def drawn(draw, env):  # type: ignore[no-untyped-def]
        chosen = draw.choice(domains)
        return chosen(draw, env) if callable(chosen) else repr(chosen)

    return drawn


TABLE: list[Declared] = [
    op("F.conv1d", _CONV, input=T("n c*g h"), weight=T("o*g c k"), bias=T("o*g", maybe=True), stride=_S, padding=_either(_P, "same", "valid", 3), dilation=_D, groups=("=g",), _warns=False, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.conv2d", _CONV, input=T("n c*g h w"), weight=T("o*g c k l"), bias=T("o*g", maybe=True), stride=_S2, padding=_either(_P2, _P2, "same", "valid"), dilation=_D2, groups=("=g",), _warns=False, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.conv3d", _CONV.replace("h=3,4,5,6,7 w=2,4,5,7", "h=3,4 w=2,4").replace("k=1,2,3,4", "k=1,2,3"), input=T("n c*g 3 h w"), weight=T("o*g c 2 k l"), bias=T("o*g", maybe=True), stride=each((1, 2), 3), padding=_either(each((0, 1), 3), "same"), dilation=each((1, 2), 3), groups=("=g",), _warns=False, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.conv_transpose1d", _TRANSPOSED, input=T("n c*g h"), weight=T("c*g o k"), bias=T("o*g", maybe=True), stride=_S, padding=_P, output_padding=(LEFT_OUT, 0, 1), groups=("=g",), dilation=_D, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.conv_transpose2d", _TRANSPOSED, input=T("n c*g h w"), weight=T("c*g o k l"), bias=T("o*g", maybe=True), stride=_S2, padding=_P2, output_padding=each((0, 0, 1), 2), groups=("=g",), dilation=_D2, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.conv2d", "c=1,2 h=3,4", input=T("c h h"), weight=T("2 c 2 2"), stride=(1, 2), _named=False, _warns=False, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.max_pool1d", _POOL, input=T("n c h"), kernel_size=(2, 3, (2,)), stride=(LEFT_OUT, 1, 2, 3), padding=(LEFT_OUT, 0, 1), dilation=(LEFT_OUT, 1, 2), ceil_mode=_CEIL, return_indices=(LEFT_OUT, True), _saved="views of something inside are kept there"),
    op("F.max_pool2d", _POOL, input=T("n c h w"), kernel_size=each((1, 2, 3), 2), stride=_S2, padding=each((0, 1), 2), dilation=each((1, 1, 2), 2), ceil_mode=_CEIL, return_indices=(LEFT_OUT, True)),
    op("F.max_pool3d", _POOL, input=T("n c 4 h w"), kernel_size=each((1, 2), 3), stride=each((1, 2, 3), 3), padding=each((0, 1), 3), dilation=each((1, 2), 3), ceil_mode=_CEIL, return_indices=(LEFT_OUT, True)),
    op("F.avg_pool1d", _POOL, input=T("n c h"), kernel_size=(2, 3, 4), stride=(LEFT_OUT, 1, 2, 3), padding=(LEFT_OUT, 0, 1, 2), ceil_mode=_CEIL, count_include_pad=_CEIL, _saved="views of something inside are kept there"),
    op("F.avg_pool2d", _POOL, input=T("n c h w"), kernel_size=each((1, 2, 3), 2), stride=_S2, padding=each((0, 1), 2), ceil_mode=_CEIL, count_include_pad=_CEIL, divisor_override=(LEFT_OUT, None, 2, 5, -3)),
    op("F.avg_pool3d", _POOL, input=T("n c 4 h w"), kernel_size=each((1, 2), 3), stride=each((1, 2, 3), 3), padding=each((0, 1), 3), ceil_mode=_CEIL, count_include_pad=_CEIL, divisor_override=(LEFT_OUT, None, 3)),
    op("F.lp_pool1d", _POOL, input=T("n c h", "positive"), norm_type=(1, 2, 3, 2.5), kernel_size=(2, 3), stride=(LEFT_OUT, 1, 2), ceil_mode=_CEIL, _saved="slopes that are quotients of zeros"),
    op("F.lp_pool2d", _POOL, input=T("n c h w", "positive"), norm_type=(1, 2, 3.0), kernel_size=each((1, 2, 3), 2), stride=_S2, ceil_mode=_CEIL, _saved="slopes that are quotients of zeros"),
    op("F.lp_pool2d", _POOL, input=T("n c h w"), norm_type=(1, 2, 3.0), kernel_size=(2, (1, 2)), stride=(LEFT_OUT, 1), ceil_mode=_CEIL, _orders=1, _saved="slopes that are quotients of zeros"),
    op("F.adaptive_avg_pool1d", _POOL, input=T("n c h"), output_size=(1, 2, 3, 4, 9), _saved="the means are of one place there, and their input is not kept", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.adaptive_avg_pool2d", _POOL, input=T("n c h w"), output_size=(1, 2, 3, (2, 3), (None, 2), (3, None), 8), _saved="the means are of one place there, and their input is not kept", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.adaptive_avg_pool3d", _POOL, input=T("n c 4 h w"), output_size=(1, 2, (2, 1, 3), (None, 2, 2)), _saved="the means are of one place there, and their input is not kept", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.adaptive_max_pool1d", _POOL, input=T("n c h"), output_size=(1, 2, 3, 9), return_indices=(LEFT_OUT, True), _saved="views of something inside are kept there"),
    op("F.adaptive_max_pool2d", _POOL, input=T("n c h w"), output_size=(1, 2, 3, (2, 3), (None, 2)), return_indices=(LEFT_OUT, True)),
    op("F.adaptive_max_pool3d", _POOL, input=T("n c 4 h w"), output_size=(1, 2, (2, 1, 3)), return_indices=(LEFT_OUT, True)),
    op("unpooled", _POOL, x=T("n c h w"), kernel_size=(2, 3), stride=(2, 3), padding=(0, 1), output_size=(LEFT_OUT, None), _refusal=False),
    op("F.unfold", _POOL, input=T("n c h w"), kernel_size=each((1, 2), 2), dilation=_D2, padding=_P2, stride=_S2, _saved="views of something inside are kept there"),
    op("F.fold", "n=0,1,2 c=1,2 a=1,2 b=1,2,3 s=1,2 p=0,1 q=0,1,2 h=4,5 w=4,6", input=T("n c*a*b ((h+2*p-a)//s+1)*((w+2*q-b)//s+1)"), output_size=("=(h, w)",), kernel_size=("=(a, b)",), padding=("=(p, q)",), stride=("=s",), _saved="views of something inside are kept there"),
    op("F.fold", "n=1,2 d=1,2 e=1,2 p=0,1", input=T("n 4 ((6+2*p-d-1)+1)*((5+2*p-e-1)+1)"), output_size=((6, 5),), kernel_size=(2,), dilation=("=(d, e)",), padding=("=p",), _saved="views of something inside are kept there"),
    op(".unfold", "h=4,5,7", input=T("2 h 3"), dimension=(0, 1, -1, -2), size=(1, 2, 3), step=(1, 2, 3), _saved="windows overlap: what a write leaves there depends on its order"),
    op("F.pad", _POOL, input=T("n c h w"), pad=several((0, 1, 2, -1, 3), 1, 4), mode=(LEFT_OUT, "constant"), value=(LEFT_OUT, None, 0, 1.5, INF, -2), _saved="views of something inside are kept there", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.pad", "n=1,2 c=1,2 h=3,4,5 w=3,4", input=T("n c h"), pad=(Text("(1, 2)"), (2, 0), (0, -1), (-1, 2), (3, 1)), mode=("reflect", "replicate", "circular"), _saved="views of something inside are kept there", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.pad", "n=0,1,2 c=1,2 h=3,4,5 w=3,4", input=T("n c h w"), pad=((1, 2, 0, 1), (2, 0, 1, 1), (0, -1, 2, 0), (-1, 2, -1, 0), (1, 1)), mode=("reflect", "replicate", "circular"), _saved="views of something inside are kept there", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.pad", "n=1,2 h=2,3", input=T("n 2 3 h 4"), pad=((1, 1, 0, 1, 1, 0), (2, 0, 1, 1, 0, 0), (0, -1, 1, 0, 1, 1)), mode=("reflect", "replicate", "circular"), _saved="views of something inside are kept there", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.interpolate", _POOL.replace("n=0,1,2", "n=1,2"), input=T("n c h w"), size=(2, 3, 5, (3, 7), (1, 4)), mode=(LEFT_OUT, "nearest", "nearest-exact", "area", "bilinear", "bicubic"), align_corners=(LEFT_OUT, None), _saved="lies in memory otherwise where it is transposed, and draws fill in that order", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.interpolate", _POOL.replace("n=0,1,2", "n=1,2"), input=T("n c h w"), size=(2, 3, 5, (3, 7), (1, 4)), mode=("bilinear", "bicubic"), align_corners=(True, False), _saved="lies in memory otherwise where it is transposed, and draws fill in that order", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.interpolate", _POOL.replace("n=0,1,2", "n=1,2"), input=T("n c h w"), scale_factor=(2, 0.6, 1.7, (2.7, 0.5), 3, (1.3, 2)), mode=("nearest", "nearest-exact", "area", "bilinear", "bicubic"), recompute_scale_factor=(LEFT_OUT, None, True, False), _saved="lies in memory otherwise where it is transposed, and draws fill in that order", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.interpolate", _POOL.replace("n=0,1,2", "n=1,2"), input=T("n c h w"), scale_factor=(2, 0.6, 1.7, (2.3, 0.5), 3), mode=("bilinear", "bicubic"), align_corners=(True,), recompute_scale_factor=(LEFT_OUT, True), _saved="lies in memory otherwise where it is transposed, and draws fill in that order", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    # (Of a result of one column PyTorch's antialiased rows are all like the first.)
    *[op("F.interpolate", "n=1,2 c=1,2 h=3,4,7 w=4,5,7", input=T("n c h w"), **how, mode=("bilinear", "bicubic"), align_corners=(LEFT_OUT, True, False), antialias=(True,), _orders=1, _saved="lies in memory otherwise where it is transposed, and draws fill in that order", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes") for how in ({"size": (2, 3, 5, (3, 7), (1, 4))}, {"scale_factor": (0.5, 0.6, 1.7, (2.3, 0.5))})],
    op("F.interpolate", "n=1,2 h=1,3,5", input=T("n 2 h"), size=(1, 2, 4, 7), mode=("nearest", "linear", "nearest-exact"), align_corners=(LEFT_OUT, LEFT_OUT, True, False), _saved="lies in memory otherwise where it is transposed, and draws fill in that order", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.interpolate", "h=2,3", input=T("1 2 2 h 3"), scale_factor=(1.5, 2, (0.7, 1.5, 2)), mode=("nearest", "trilinear"), align_corners=(LEFT_OUT, LEFT_OUT, True), _saved="lies in memory otherwise where it is transposed, and draws fill in that order", _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.pixel_shuffle", "r=1,2,3 h=1,2", input=T("2 2*r*r h 3"), upscale_factor=("=r",), _saved="views of something inside are kept there"),
    op("F.pixel_unshuffle", "r=1,2,3 h=1,2", input=T("2 h*r 3*r"), downscale_factor=("=r",), _saved="views of something inside are kept there"),
    op("F.channel_shuffle", "g=1,2,3 c=1,2,3", input=T("2 g*c 3"), groups=("=g",), _saved="views of something inside are kept there"),
    op("F.grid_sample", "n=1,2 h=1,2,4 w=3,5", input=T("n 2 h w"), grid=T("n 2 3 2"), mode=(LEFT_OUT, "bilinear", "nearest", "bicubic"), padding_mode=(LEFT_OUT, "zeros", "border", "reflection"), align_corners=(True, False), _orders=1, _loose=1e-9, _warns=False, _saved="one node there, several here", _refused="PyTorch's kernels check the parameters' shapes and types each in a way of their own"),
    op("F.grid_sample", "n=1,2 h=1,2,4 w=3,5", input=T("n 2 h w"), grid=T("n 2 3 2", "spread"), mode=(LEFT_OUT, "bilinear", "nearest", "bicubic"), padding_mode=(LEFT_OUT, "zeros", "border", "reflection"), align_corners=(True, False), _orders=1, _loose=1e-9, _warns=False, _saved="one node there, several here", _refused="PyTorch's kernels check the parameters' shapes and types each in a way of their own"),
    op("F.grid_sample", "h=2,3", input=T("1 2 h 2 3"), grid=T("1 2 1 3 3"), mode=("bilinear", "nearest"), padding_mode=("zeros", "border", "reflection"), align_corners=(LEFT_OUT, True, False), _orders=1, _loose=1e-9, _warns=False, _saved="one node there, several here", _refused="PyTorch's kernels check the parameters' shapes and types each in a way of their own"),
    op("F.grid_sample", "h=2,3", input=T("1 2 h 2 3"), grid=T("1 2 1 3 3", "spread"), mode=("bilinear", "nearest"), padding_mode=("zeros", "border", "reflection"), align_corners=(LEFT_OUT, True, False), _orders=1, _loose=1e-9, _warns=False, _saved="one node there, several here", _refused="PyTorch's kernels check the parameters' shapes and types each in a way of their own"),
    op("F.affine_grid", "n=1,2 h=1,2,3 w=2,4", theta=T("n 2 3"), size=("=[n, 1, h, w]",), align_corners=(LEFT_OUT, True, False), _warns=False),
    op("F.affine_grid", "h=1,3", theta=T("1 3 4"), size=("=(1, 2, h, 2, 3)",), align_corners=(True, False), _warns=False),
    op("F.local_response_norm", _POOL, input=T("n 5 h"), size=(1, 2, 3, 4), alpha=(LEFT_OUT, 0.1, 2.0), beta=(LEFT_OUT, 0.5), k=(LEFT_OUT, 2.0)),
    op("F.dropout", "", input=T("any"), p=(LEFT_OUT, 0, 0.3, 0.95, 1), training=(LEFT_OUT, True, False), inplace=(LEFT_OUT, False), _random=True, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.alpha_dropout", "", input=T("any"), p=(0.3, 0.95, 1), training=(True, False), _random=True),
    op("F.dropout1d", "", input=T("2 3 4"), p=(0.3, 1, 0), training=(LEFT_OUT, True, False), _random=True, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.dropout1d", "", input=T("3 4"), p=(0.3, 0.6), training=(True,), _random=True, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.dropout2d", "", input=T("2 3 4 2"), p=(0.3, 0.6), training=(LEFT_OUT, True), _random=True, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.dropout3d", "", input=T("2 3 1 2 2"), p=(0.3, 0.6), training=(True,), _random=True, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.dropout3d", "", input=T("3 1 2 2"), p=(0.3, 0.6), training=(True,), _random=True, _refused="PyTorch adds a batch dimension, and its backends refuse other sizes"),
    op("F.feature_alpha_dropout", "", input=T("3 4 2"), p=(0.3, 0.95), training=(True, False), _random=True),
]  # fmt: skip
_ = NAN
