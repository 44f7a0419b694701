"""Distributions, divergences and transforms: the tables of cases, and the scripts that are drawn from them.

A row has the text of a constructor, where a word in braces is a parameter with that domain (``{positive}`` becomes
``p(positive(2, 1))``, of a drawn batch shape), and the domain of the values it is evaluated at. The domains are functions of
``scripted.HELPERS``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import minitorch_bp

from .choices import Choices
from .scripted import Scripted


@dataclass(frozen=True)
class Row:
    """A distribution: how it is made, where it is evaluated, and how exactly.

    Attributes
    ----------
    exact : whether draws are PyTorch's to the last bit (see the text of ``minitorch_bp.distributions``)
    loose : (beginning of a name, tolerance), where PyTorch approximates
    without : names that are not compared, since PyTorch is mistaken there
    default_dtype : whether PyTorch needs the type as the default one
    """

    text: str
    values: str
    exact: bool = True
    loose: tuple[tuple[str, float], ...] = ()
    without: tuple[str, ...] = ()
    default_dtype: bool = False


#: PyTorch's trigamma function is a truncated series, and the slope of gamma and beta variates is good to 3 or 4 digits.
_SERIES = (("entropy", 1e-8), ("perplexity", 1e-7), ("log_prob", 1e-8), ("divergence", 1e-8))
_SLOPE = (("rsample", 5e-3), *_SERIES)
_NEAR_HALF = (("", 1e-8),)  # moments are differences of nearly equal numbers there
_BESSEL = (("", 1e-5),)  # by polynomials of 7 digits
DISTRIBUTIONS = {
    "Normal": [Row("D.Normal({real}, {positive})", "real"), Row("D.Normal({real}, 2.0)", "real"), Row("D.Normal({real}, {positive}, validate_args=False)", "real")],
    "Uniform": [Row("D.Uniform({real}, {real} + 8)", "unit")],
    "Cauchy": [Row("D.Cauchy({real}, {positive})", "real")],
    "Laplace": [Row("D.Laplace({real}, {positive})", "real", exact=False)],
    "Gumbel": [Row("D.Gumbel({real}, {positive})", "real", exact=False)],
    "StudentT": [Row("D.StudentT({degrees}, {real}, {positive})", "real", loose=_SLOPE)],
    "VonMises": [Row("D.VonMises({real}, {positive})", "real", exact=False, loose=_BESSEL)],
    "Exponential": [Row("D.Exponential({positive})", "positive")],
    "Gamma": [Row("D.Gamma({positive}, {positive})", "positive", loose=_SLOPE)],
    "Chi2": [Row("D.Chi2({positive})", "positive", loose=_SLOPE)],
    "InverseGamma": [Row("D.InverseGamma({degrees}, {positive})", "positive", exact=False, loose=_SLOPE)],
    "HalfNormal": [Row("D.HalfNormal({positive})", "positive")],
    "HalfCauchy": [Row("D.HalfCauchy({positive})", "positive")],
    "FisherSnedecor": [Row("D.FisherSnedecor({degrees}, {degrees})", "positive", loose=_SLOPE)],
    "LogNormal": [Row("D.LogNormal({real}, {positive})", "positive", exact=False)],
    "Pareto": [Row("D.Pareto({unit} / 20, {positive})", "positive", exact=False)],
    "GeneralizedPareto": [Row("D.GeneralizedPareto({unit} / 20 - 0.1, {positive}, {unit} / 4)", "positive", exact=False, default_dtype=True)],
    "Weibull": [Row("D.Weibull({positive}, {positive} + 0.5)", "positive", exact=False)],
    "Beta": [Row("D.Beta({positive}, {positive})", "unit", loose=_SLOPE)],
    "Kumaraswamy": [Row("D.Kumaraswamy({positive}, {positive})", "unit", exact=False, without=("mode",), loose=_SERIES)],
    "ContinuousBernoulli": [Row("D.ContinuousBernoulli({unit})", "unit", exact=False, loose=_NEAR_HALF), Row("D.ContinuousBernoulli(logits={real})", "unit", exact=False, loose=_NEAR_HALF)],
    "Bernoulli": [Row("D.Bernoulli({unit})", "coins"), Row("D.Bernoulli(logits={real})", "coins"), Row("D.Bernoulli(v(coins(2)))", "coins")],
    "Geometric": [Row("D.Geometric({unit})", "counts"), Row("D.Geometric(logits={real})", "counts")],
    "Poisson": [Row("D.Poisson({positive})", "counts")],
    "Binomial": [Row("D.Binomial(5, {unit})", "counts"), Row("D.Binomial(5, logits={real})", "counts"), Row("D.Binomial(v(counts(2)) + 3, p(unit(2)))", "counts"), Row("D.Binomial(5, v(coins(2)))", "counts")],
    "NegativeBinomial": [Row("D.NegativeBinomial({positive}, {unit})", "counts"), Row("D.NegativeBinomial(3.0, logits={real})", "counts")],
    "RelaxedBernoulli": [Row("D.RelaxedBernoulli(p(unit()), {unit})", "unit", exact=False), Row("D.RelaxedBernoulli(p(unit()), logits={real})", "unit", exact=False)],
    "LogitRelaxedBernoulli": [Row("D.relaxed_bernoulli.LogitRelaxedBernoulli(p(unit()), logits={real})", "real", exact=False)],
    # ------------------------------------------------------------------ vectors and matrices, mixtures

    "Categorical": [Row("D.Categorical({simplices})", "indices"), Row("D.Categorical(logits={vectors})", "indices"), Row("D.Categorical({positives})", "indices"), Row("D.Categorical(v(without_last()))", "indices")],
    "OneHotCategorical": [Row("D.OneHotCategorical({simplices})", "one_hot"), Row("D.OneHotCategorical(logits={vectors})", "one_hot")],
    "OneHotCategoricalStraightThrough": [Row("D.OneHotCategoricalStraightThrough({simplices})", "one_hot")],
    "Multinomial": [Row("D.Multinomial(4, {simplices})", "tallies", without=("entropy of the expanded",)), Row("D.Multinomial(4, logits={vectors})", "tallies", without=("entropy of the expanded",)), Row("D.Multinomial(4, v(without_last()))", "without_last", without=("entropy of the expanded",)), Row("D.Multinomial(4, logits=v(without_last()).log())", "without_last", without=("entropy of the expanded",))],
    "Dirichlet": [Row("D.Dirichlet({positives})", "simplices", loose=_SLOPE)],
    "LogisticNormal": [Row("D.LogisticNormal({vectors}, {positives})", "simplices_of_4", exact=False)],
    "RelaxedOneHotCategorical": [Row("D.RelaxedOneHotCategorical(p(unit()), {simplices})", "simplices", exact=False), Row("D.RelaxedOneHotCategorical(p(unit()), logits={vectors})", "simplices", exact=False)],
    "ExpRelaxedCategorical": [Row("D.relaxed_categorical.ExpRelaxedCategorical(p(unit()), {simplices})", "vectors", exact=False)],
    "MultivariateNormal": [Row("D.MultivariateNormal({vectors}, {matrices})", "vectors", exact=False), Row("D.MultivariateNormal({vectors}, precision_matrix={matrices})", "vectors", exact=False),
                           Row("D.MultivariateNormal({vectors}, scale_tril={triangles})", "vectors", exact=False)],
    "LowRankMultivariateNormal": [Row("D.LowRankMultivariateNormal({vectors}, {factors}, {positives})", "vectors", exact=False)],
    "Wishart": [Row("D.Wishart(p(degrees()), covariance_matrix={matrices})", "matrices", exact=False, without=("rsample",), loose=_SERIES), Row("D.Wishart(p(degrees()), precision_matrix={matrices})", "matrices", exact=False, without=("rsample",), loose=_SERIES),
                Row("D.Wishart(p(degrees()), scale_tril={triangles})", "matrices", exact=False, without=("rsample",), loose=_SERIES)],
    "LKJCholesky": [Row("D.LKJCholesky(3, p(positive()))", "correlations", exact=False, loose=_SLOPE)],
    "MixtureSameFamily": [Row("D.MixtureSameFamily(D.Categorical({simplices}), D.Normal({vectors}, {positives}))", "real"),
                          Row("D.MixtureSameFamily(D.Categorical(logits=p(vectors())), D.Independent(D.Normal(p(squares()), 1.0), 1))", "vectors")],
    "Independent": [Row("D.Independent(D.Normal({vectors}, {positives}), 1)", "vectors"), Row("D.Independent(D.Gamma({positives}, p(positives())), 1)", "positives", loose=_SLOPE)],
    "TransformedDistribution": [Row("D.TransformedDistribution(D.Normal({vectors}, {positives}), [D.AffineTransform(p(real()), p(positive())), D.ExpTransform()])", "positives", exact=False),
                                Row("D.TransformedDistribution(D.Normal({vectors}, {positives}), D.StickBreakingTransform())", "simplices_of_4", exact=False)],
}  # fmt: skip

#: Members of families where a divergence is not infinite everywhere: some have another form there.
_MEMBERS = {
    "Uniform": ["D.Uniform({unit} / 2, {unit} / 2 + 0.49)", "D.Uniform({real} - 5, {real} + 8)"],
    "Pareto": ["D.Pareto({unit} / 20, {degrees})"], "Binomial": ["D.Binomial(5, {unit})", "D.Binomial(3, logits={real})"],
    "TransformedDistribution": ["D.TransformedDistribution(D.Normal({vectors}, {positives}), D.ExpTransform())"],
    "Independent": ["D.Independent(D.Normal({vectors}, {positives}), 1)"],
    "Bernoulli": ["D.Bernoulli({unit})", "D.Bernoulli(logits={real})"],
    "Categorical": ["D.Categorical({simplices})", "D.Categorical(logits={vectors})", "D.Categorical({positives})"],
    "ExponentialFamily": ["D.Chi2({positive})"],
}  # fmt: skip
#: Registered pairs; that of Weibull has no formula.
PAIRS = tuple(sorted({(a.__name__, b.__name__) for a, b in minitorch_bp.distributions.kl._KL_REGISTRY} | {("Weibull", "Weibull")}))

#: Transforms: constructor, and the domain of its argument.
TRANSFORMS = {
    "AbsTransform": [("AbsTransform()", "vectors")], "ExpTransform": [("ExpTransform()", "vectors"), ("ExpTransform(cache_size=1)", "vectors"), ("ExpTransform().inv", "positives")],
    "PowerTransform": [("PowerTransform(p(positives()))", "positives"), ("PowerTransform(-2.0)", "positives")], "SigmoidTransform": [("SigmoidTransform()", "vectors"), ("SigmoidTransform().inv", "unit")],
    "SoftplusTransform": [("SoftplusTransform()", "vectors")], "TanhTransform": [("TanhTransform()", "vectors")],
    "AffineTransform": [("AffineTransform(p(vectors()), p(vectors()))", "vectors"), ("AffineTransform(0.5, -2.0, event_dim=1)", "vectors"), ("AffineTransform(p(real()), 2.0, event_dim=2, cache_size=1)", "squares")],
    "CumulativeDistributionTransform": [("CumulativeDistributionTransform(D.Normal(p(real()), 1.5))", "vectors")], "SoftmaxTransform": [("SoftmaxTransform()", "vectors")],
    "StickBreakingTransform": [("StickBreakingTransform()", "vectors"), ("StickBreakingTransform().inv", "simplices")], "CorrCholeskyTransform": [("CorrCholeskyTransform()", "vectors"), ("CorrCholeskyTransform().inv", "correlations")],
    "LowerCholeskyTransform": [("LowerCholeskyTransform()", "squares")], "PositiveDefiniteTransform": [("PositiveDefiniteTransform()", "squares"), ("PositiveDefiniteTransform().inv", "matrices")],
    "ReshapeTransform": [("ReshapeTransform((3, 3), (9,))", "squares")], "ComposeTransform": [("ComposeTransform([D.AffineTransform(p(real()), -2.0), D.ExpTransform()])", "vectors"), ("ComposeTransform([D.AffineTransform(1.0, 2.0), D.StickBreakingTransform()], cache_size=1)", "vectors"),
                                                                                             ("ComposeTransform([D.ExpTransform(), D.ReshapeTransform((3, 3), (9,)), D.AffineTransform(0.0, 2.0)])", "squares")],
    "IndependentTransform": [("IndependentTransform(D.ExpTransform(), 1)", "vectors")], "CatTransform": [("CatTransform([D.ExpTransform(), D.AffineTransform(0.5, p(positive()))], dim=-1, lengths=[1, 2])", "vectors")],
    "StackTransform": [("StackTransform([D.ExpTransform(), D.TanhTransform(), D.AffineTransform(0.5, p(positive()))], dim=-1)", "vectors")],
}  # fmt: skip

ENTROPY = "entropy of the expanded"
_BATCHES = ("", "2", "3", "2, 1", "2, 3", "1", "3, 2")


def _shape(draw: Choices) -> str:
    return draw.choice(_BATCHES)


def _filled(draw: Choices, text: str, batch: str, broadcast: bool = True) -> str:
    """A constructor with its parameters, some of which are broadcast to the batch."""
    return re.sub(r"\{(\w+)\}", lambda found: f"p({found[1]}({batch if draw.integer(0, 3) or not broadcast else ''}))", text)


def _default_dtype(row: Row) -> list[str]:
    return ["torch.set_default_dtype(kind)"] if row.default_dtype else []


def distribution(draw: Choices, seed: int, name: str) -> Scripted:
    """Everything that a distribution can be asked."""
    row = draw.choice(DISTRIBUTIONS[name])
    batch, sample = _shape(draw), draw.choice(("", "5,", "2, 3", "0,"))
    bits = ", bit for bit" if row.exact else ""
    ask = {
        "log_prob": "d.log_prob(x)", "cdf": "d.cdf(x)", "icdf": f"d.icdf(v(unit({batch})))", "mean": "d.mean", "variance": "d.variance", "stddev": "d.stddev",
        "mode": "d.mode", "entropy": "d.entropy()", "perplexity": "d.perplexity()",
    }  # fmt: skip
    lines = [
        *_default_dtype(row),
        f"d = {_filled(draw, row.text, batch)}",
        "show('shapes', lambda: [repr(d), repr(d.support), d.batch_shape, d.event_shape, d.has_rsample, d.has_enumerate_support])",
        f"show('sample{bits}', lambda: d.sample(({sample})))",
        "show('random numbers, bit for bit', lambda: torch.rand(2))",
        f"x = v({row.values}({batch}))",
        *(f"show('{name}', lambda: gradients(lambda: {text}))" for name, text in ask.items() if name not in row.without),
        "show('log_prob of integers', lambda: d.log_prob(torch.ones(()).long()))",
        "show('log_prob of a sample', lambda: d.log_prob(d.sample((2,))))",
        "show('gradient of log_prob in the value', lambda: (lambda t: gradients(lambda: d.log_prob(t), t))(x.clone().requires_grad_()))",
        "show('enumerate_support', lambda: d.enumerate_support())",
        "edges = [getattr(d, name).detach() for name in sorted(d.arg_constraints) if isinstance(getattr(d, name, None), torch.Tensor)]",
        "show('log_prob at the edges', lambda: [told(lambda: d.log_prob(x * 0 + edge)) for edge in (0, 1, *edges)])",
    ]
    if "rsample" not in row.without:
        lines.append(f"show('rsample', lambda: gradients(lambda: d.rsample(({sample}))))")
        lines.append("show('random numbers afterwards, bit for bit', lambda: torch.rand(2))")
    if draw.integer(0, 1):
        wider = f"(4, {batch})" if batch else "(4,)"
        lines += [
            f"e = d.expand({wider})",
            "show('expanded', lambda: [e.batch_shape, e.event_shape, type(e).__name__, e.log_prob(x)])",
            *(() if ENTROPY in row.without else (f"show('{ENTROPY}', lambda: gradients(lambda: e.entropy()))",)),
            f"show('sample of the expanded{bits}', lambda: e.sample())",
        ]
    if draw.integer(0, 3) == 0:
        lines.append("show('value outside', lambda: d.log_prob(x * 0 - 7.5))")
    if row.default_dtype:
        lines.append("torch.set_default_dtype(torch.float32)")
    return Scripted("distributions", (f"distribution {name}",), tuple(lines), seed, draw.choice(("float64", "float32")), row.loose)


def _member(draw: Choices, family: str, batch: str) -> str:
    options = _MEMBERS.get(family) or [row.text for row in DISTRIBUTIONS[family]]
    # PyTorch's formulas for low-rank covariances do not broadcast.
    return _filled(draw, draw.choice(options), batch, broadcast=not family.endswith("MultivariateNormal"))


def divergence(draw: Choices, seed: int, first: str, second: str) -> Scripted:
    """The divergence of two distributions, and its gradients."""
    batch = draw.choice(_BATCHES[:5])
    other = batch if draw.integer(0, 2) or first.startswith("LowRank") or second.startswith("LowRank") else ""
    lines = (
        f"first = {_member(draw, first, batch)}",
        f"second = {_member(draw, second, other)}",
        "show('divergence', lambda: gradients(lambda: D.kl_divergence(first, second)))",
        "show('cross entropy', lambda: first.entropy() + D.kl_divergence(first, second))",
    )
    return Scripted("distributions", (f"divergence {first}, {second}",), lines, seed, draw.choice(("float64", "float32")), _SERIES)


def transform(draw: Choices, seed: int, name: str) -> Scripted:
    """A transform, its inverse and the logarithms of their Jacobians."""
    text, values = draw.choice(TRANSFORMS[name])
    lines = (
        f"f = D.{text}",
        f"x = v({values}({draw.choice(('', '2', '2, 1'))})).requires_grad_()",
        "y = f(x)",
        "show('facts', lambda: [repr(f.domain), repr(f.codomain), f.bijective, f.domain.event_dim, f.codomain.event_dim, f == f.inv.inv])",
        "show('sign', lambda: f.sign)",
        "show('forward', lambda: gradients(lambda: f(x), x))",
        "show('inverse', lambda: f.inv(y))",
        "show('gradient of the inverse', lambda: (lambda t: gradients(lambda: f.inv(t), t))(y.detach().clone().requires_grad_()))",
        "show('log_abs_det_jacobian', lambda: gradients(lambda: f.log_abs_det_jacobian(x, y), x))",
        "show('log_abs_det_jacobian of the inverse', lambda: f.inv.log_abs_det_jacobian(y, x))",
        "show('shapes', lambda: [f.forward_shape(x.shape), f.inverse_shape(y.shape)])",
        "show('both ways', lambda: f.inv(f(x)))",
    )
    return Scripted("distributions", (f"transform {name}",), lines, seed, draw.choice(("float64", "float32")))


#: Row -> how its scripts are drawn.
ROWS = {
    **{f"distribution {name}": (distribution, (name,)) for name in DISTRIBUTIONS},
    **{f"divergence {a}, {b}": (divergence, (a, b)) for a, b in PAIRS},
    **{f"transform {name}": (transform, (name,)) for name in TRANSFORMS},
}


def missing() -> list[str]:
    """Distributions and transforms without a row."""
    D = minitorch_bp.distributions
    public = {name: kind for name in D.__all__ if isinstance(kind := getattr(D, name), type)}
    of = lambda base, rows: sorted(n for n, k in public.items() if issubclass(k, base) and n not in rows)
    bases = {"Distribution", "ExponentialFamily", "Transform"}
    return [f"distributions.{n}" for n in (*of(D.Distribution, DISTRIBUTIONS), *of(D.Transform, TRANSFORMS)) if n not in bases]
