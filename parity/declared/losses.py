"""Losses: reductions, weights, ignored targets, smoothing, margins and their corners."""

from .domain import LEFT_OUT, Declared, T, op

_R = (LEFT_OUT, "mean", "sum", "none")
_CE = "n=1,2,4 c=2,3,4 d=1,2,3"
_OLD = (LEFT_OUT, LEFT_OUT, LEFT_OUT, None)
_IGNORE = (LEFT_OUT, -100, 0, 1, 2, -1)

TABLE: list[Declared] = [
    op("F.cross_entropy", _CE, input=T("n c"), target=T("n", "below c", grad=False), weight=T("c", "positive", grad=False, maybe=True), ignore_index=_IGNORE, reduction=_R, label_smoothing=(LEFT_OUT, 0.0, 0.1, 0.5, 1.0), _loose=1e-12, _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.cross_entropy", _CE, input=T("n c d 2"), target=T("n d 2", "below c", grad=False), weight=T("c", "positive", grad=False, maybe=True), ignore_index=_IGNORE, reduction=_R, label_smoothing=(LEFT_OUT, 0.2), _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.cross_entropy", _CE, input=T("n c d"), target=T("n c d", "unit"), weight=T("c", "positive", grad=False, maybe=True), reduction=_R, label_smoothing=(LEFT_OUT, 0.2, 1.0), _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.cross_entropy", _CE, input=T("c"), target=T("", "below c", grad=False), ignore_index=_IGNORE, reduction=_R, label_smoothing=(LEFT_OUT, 0.3), _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.cross_entropy", _CE, input=T("n c"), target=T("n c", "unit"), reduction=_R, label_smoothing=(LEFT_OUT, 0.2), _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.nll_loss", _CE, input=T("n c"), target=T("n", "below c", grad=False), weight=T("c", "positive", grad=False, maybe=True), ignore_index=_IGNORE, reduction=_R, _saved="the difference is kept in place of its operands, or the other way round", _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.nll_loss", _CE, input=T("n c d 3"), target=T("n d 3", "below c", grad=False), weight=T("c", "positive", grad=False, maybe=True), ignore_index=_IGNORE, reduction=_R, _saved="the difference is kept in place of its operands, or the other way round", _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.nll_loss", _CE, input=T("n c d"), target=T("n d", "below c", grad=False), weight=T("c", "positive", grad=False, maybe=True), ignore_index=_IGNORE, reduction=_R, _saved="the difference is kept in place of its operands, or the other way round", _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.mse_loss", "", input=T("any"), target=T("like input"), reduction=_R, weight=T("like input", "positive", grad=False, maybe=True), _saved="the difference is kept in place of its operands, or the other way round", _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.mse_loss", "", input=T("any"), target=T("with input"), reduction=_R, _saved="the difference is kept in place of its operands, or the other way round", _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.l1_loss", "", input=T("any"), target=T("like input"), reduction=_R, weight=T("like input", "positive", grad=False, maybe=True), _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.smooth_l1_loss", "", input=T("any"), target=T("like input"), reduction=_R, beta=(LEFT_OUT, 0, 0.3, 0.5, 1.0, 2.5), _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.huber_loss", "", input=T("any"), target=T("like input"), reduction=_R, delta=(LEFT_OUT, 0.3, 0.5, 2.5), weight=T("like input", "positive", grad=False, maybe=True), _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.binary_cross_entropy", "", input=T("any", "unit"), target=T("like input", "unit"), weight=T("within input", "positive", grad=False, maybe=True), reduction=_R, _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.binary_cross_entropy", "", input=T("any", "coins"), target=T("like input", "coins", grad=False), reduction=_R, _orders=1, _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.binary_cross_entropy_with_logits", "", input=T("any"), target=T("like input", "unit"), weight=T("within input", "positive", grad=False, maybe=True), reduction=_R, pos_weight=T("within input", "positive", grad=False, maybe=True), _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.binary_cross_entropy_with_logits", "", input=T("any", "huge"), target=T("like input", "coins", grad=False), reduction=_R, _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.kl_div", "", input=T("any"), target=T("like input", "unit"), reduction=(*_R, "batchmean"), log_target=(LEFT_OUT, False), _warns=False),
    op("F.kl_div", "", input=T("any"), target=T("like input"), reduction=(*_R, "batchmean"), log_target=(True,), _warns=False),
    op("F.poisson_nll_loss", "", input=T("any", "positive"), target=T("like input", "counts", grad=False), log_input=(LEFT_OUT, True, False), full=(LEFT_OUT, True, False), eps=(LEFT_OUT, 0.1), reduction=_R),
    op("F.gaussian_nll_loss", "n=1,2,3 c=1,2,4", input=T("n c"), target=T("n c"), var=T("n c", "positive"), full=(LEFT_OUT, True, False), eps=(LEFT_OUT, 0.5, 1e-3), reduction=_R, _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.gaussian_nll_loss", "n=1,2,3 c=2,4", input=T("n c"), target=T("n c"), var=T("n 1", "positive"), full=(True, False), eps=(LEFT_OUT, 0.5), reduction=_R, _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.margin_ranking_loss", "", input1=T("any"), input2=T("like input1"), target=T("like input1", "signs", grad=False), margin=(LEFT_OUT, 0.5, -0.3), reduction=_R),
    op("F.hinge_embedding_loss", "", input=T("any"), target=T("like input", "signs", grad=False), margin=(LEFT_OUT, 0.5, 2.0), reduction=_R),
    op("F.soft_margin_loss", "", input=T("any"), target=T("like input", "signs", grad=False), reduction=_R, _orders=1, _saved="the difference is kept in place of its operands, or the other way round", _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.cosine_embedding_loss", "n=1,3 c=2,4", input1=T("n c"), input2=T("n c"), target=T("n", "signs", grad=False), margin=(LEFT_OUT, 0.3, -0.3), reduction=_R, _orders=1, _loose=1e-11),
    op("F.multi_margin_loss", _CE, input=T("n c"), target=T("n", "below c", grad=False), p=(LEFT_OUT, 1, 2), margin=(LEFT_OUT, 0.3), weight=T("c", "positive", grad=False, maybe=True), reduction=_R, _orders=1, _saved="the difference is kept in place of its operands, or the other way round", _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.multi_margin_loss", _CE, input=T("c"), target=T("", "below c", grad=False), p=(1, 2), reduction=_R, _orders=1, _saved="the difference is kept in place of its operands, or the other way round", _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.multilabel_margin_loss", _CE, input=T("n c"), target=T("n c", "labels", grad=False), reduction=_R, _orders=1, _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("F.multilabel_soft_margin_loss", "n=1,3 c=1,2,4", input=T("n c"), target=T("n c", "coins", grad=False), weight=T("c", "positive", grad=False, maybe=True), reduction=_R),
    op("F.triplet_margin_loss", "n=1,3 c=1,2,4", anchor=T("n c"), positive=T("n c"), negative=T("n c"), margin=(LEFT_OUT, 0.3, 2.5), p=(LEFT_OUT, 1.0, 2.0, 3.0), eps=(LEFT_OUT, 0.1), swap=(LEFT_OUT, True, False), reduction=_R, _orders=1),
    op("F.triplet_margin_with_distance_loss", "n=1,3 c=2,4", anchor=T("n c"), positive=T("n c"), negative=T("n c"), margin=(LEFT_OUT, 0.3), swap=(LEFT_OUT, True), reduction=_R, _orders=1),
    op("ctc", "t=5,6 c=3,4 s=1,2 n=1,2", x=T("t n c"), targets=T("n s", "below c-1", grad=False), lengths=(4, 5), sizes=("=s",), blank=(0, "=c-1"), reduction=_R, zero_infinity=(LEFT_OUT, True, False), _orders=1, _loose=1e-10, _refusal=False),
    op("F.cosine_similarity", "", x1=T("any", least=1), x2=T("like x1"), dim=(LEFT_OUT, 0, -1), eps=(LEFT_OUT, 0.7, 1e-3), _orders=1, _loose=1e-11),
    op("F.pairwise_distance", "n=1,3 c=1,2,4", x1=T("n c"), x2=T("n c"), p=(LEFT_OUT, 1, 2, 3.5), eps=(LEFT_OUT, 0.1, 0), keepdim=(LEFT_OUT, True), _orders=1, _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
    op("torch.cdist", "n=1,3 m=1,2,4 c=1,2,4", x1=T("n c"), x2=T("m c"), p=(LEFT_OUT, 0.0, 1.0, 1.5, 2.0, 3.0, 4.0), _orders=1, _loose=1e-10, _saved="one node there, several here"),
    op("F.pdist", "n=1,2,4 c=1,2,4", input=T("n c"), p=(LEFT_OUT, 1.0, 1.5, 2.0, 3.0, 4.0), _orders=1, _loose=1e-10, _saved="one node there, several here", _refused="PyTorch takes targets and weights of other shapes and types, by kernel"),
]  # fmt: skip
_ = _OLD
