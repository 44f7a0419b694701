"""``torch.distributions``: random variables with densities, whose draws can be differentiated where mathematics allows it.

:mod:`distribution` has the base class, :mod:`constraints` the sets that parameters and values come from, :mod:`transforms` maps
between such sets, :mod:`kl` the divergences; every distribution has a file of its own.

Draws under a seed, and the generator's state afterwards, compared with PyTorch 2.13 in float32 and float64:

* *Equal to the last bit*: Normal, Uniform, Bernoulli, Binomial, NegativeBinomial, Categorical, OneHotCategorical (and its
  straight-through form), Multinomial, Beta, Gamma, Chi2, Dirichlet, Exponential, Cauchy, HalfCauchy, HalfNormal, StudentT,
  FisherSnedecor, Poisson, Geometric, VonMises (in float32); Independent and MixtureSameFamily of these.
* *Equal up to rounding*, since PyTorch evaluates a function of the same uniforms or normals by other code than NumPy: logarithms and
  exponentials in Laplace, Gumbel, LogNormal, LogisticNormal, Pareto, GeneralizedPareto, ContinuousBernoulli, RelaxedBernoulli and
  RelaxedOneHotCategorical; powers in InverseGamma, Weibull and Kumaraswamy; products and factors of matrices in
  MultivariateNormal, LowRankMultivariateNormal and Wishart; norms in LKJCholesky; cosines in
  float64 in VonMises.

Where PyTorch is mistaken, it is not followed: the mode of Kumaraswamy (NaN there for a concentration above 1), the divergence of a
Uniform that ends at 1 from a ContinuousBernoulli (infinite there), gradients through draws of Wishart (an error there), and
float64 parameters of GeneralizedPareto (an error there).
"""

from . import (
    constraint_registry as constraint_registry,
)
from . import constraints as constraints
from . import kl as kl
from . import transforms as transforms
from . import utils as utils
from .bernoulli import Bernoulli
from .beta import Beta
from .binomial import Binomial
from .categorical import Categorical
from .cauchy import Cauchy
from .chi2 import Chi2
from .constraint_registry import biject_to, transform_to
from .continuous_bernoulli import ContinuousBernoulli
from .dirichlet import Dirichlet
from .distribution import Distribution
from .exp_family import ExponentialFamily
from .exponential import Exponential
from .fishersnedecor import FisherSnedecor
from .gamma import Gamma
from .generalized_pareto import GeneralizedPareto
from .geometric import Geometric
from .gumbel import Gumbel
from .half_cauchy import HalfCauchy
from .half_normal import HalfNormal
from .independent import Independent
from .inverse_gamma import InverseGamma
from .kl import _KL_REGISTRY as _KL_REGISTRY
from .kl import kl_divergence, register_kl
from .kumaraswamy import Kumaraswamy
from .laplace import Laplace
from .lkj_cholesky import LKJCholesky
from .log_normal import LogNormal
from .logistic_normal import LogisticNormal
from .lowrank_multivariate_normal import LowRankMultivariateNormal
from .mixture_same_family import MixtureSameFamily
from .multinomial import Multinomial
from .multivariate_normal import MultivariateNormal
from .negative_binomial import NegativeBinomial
from .normal import Normal
from .one_hot_categorical import OneHotCategorical, OneHotCategoricalStraightThrough
from .pareto import Pareto
from .poisson import Poisson
from .relaxed_bernoulli import LogitRelaxedBernoulli as LogitRelaxedBernoulli
from .relaxed_bernoulli import RelaxedBernoulli
from .relaxed_categorical import ExpRelaxedCategorical as ExpRelaxedCategorical
from .relaxed_categorical import RelaxedOneHotCategorical
from .studentT import StudentT
from .transformed_distribution import TransformedDistribution
from .transforms import (
    AbsTransform,
    AffineTransform,
    CatTransform,
    ComposeTransform,
    CorrCholeskyTransform,
    CumulativeDistributionTransform,
    ExpTransform,
    IndependentTransform,
    LowerCholeskyTransform,
    PositiveDefiniteTransform,
    PowerTransform,
    ReshapeTransform,
    SigmoidTransform,
    SoftmaxTransform,
    SoftplusTransform,
    StackTransform,
    StickBreakingTransform,
    TanhTransform,
    Transform,
    identity_transform,
)
from .uniform import Uniform
from .von_mises import VonMises
from .weibull import Weibull
from .wishart import Wishart

__all__ = [
    "AbsTransform",
    "AffineTransform",
    "Bernoulli",
    "Beta",
    "Binomial",
    "CatTransform",
    "Categorical",
    "Cauchy",
    "Chi2",
    "ComposeTransform",
    "ContinuousBernoulli",
    "CorrCholeskyTransform",
    "CumulativeDistributionTransform",
    "Dirichlet",
    "Distribution",
    "ExpTransform",
    "Exponential",
    "ExponentialFamily",
    "FisherSnedecor",
    "Gamma",
    "GeneralizedPareto",
    "Geometric",
    "Gumbel",
    "HalfCauchy",
    "HalfNormal",
    "Independent",
    "IndependentTransform",
    "InverseGamma",
    "Kumaraswamy",
    "LKJCholesky",
    "Laplace",
    "LogNormal",
    "LogisticNormal",
    "LowRankMultivariateNormal",
    "LowerCholeskyTransform",
    "MixtureSameFamily",
    "Multinomial",
    "MultivariateNormal",
    "NegativeBinomial",
    "Normal",
    "OneHotCategorical",
    "OneHotCategoricalStraightThrough",
    "Pareto",
    "Poisson",
    "PositiveDefiniteTransform",
    "PowerTransform",
    "RelaxedBernoulli",
    "RelaxedOneHotCategorical",
    "ReshapeTransform",
    "SigmoidTransform",
    "SoftmaxTransform",
    "SoftplusTransform",
    "StackTransform",
    "StickBreakingTransform",
    "StudentT",
    "TanhTransform",
    "Transform",
    "TransformedDistribution",
    "Uniform",
    "VonMises",
    "Weibull",
    "Wishart",
    "biject_to",
    "identity_transform",
    "kl_divergence",
    "register_kl",
    "transform_to",
]
