"""Write tests/golden_random.json: digests of what PyTorch draws, for machines where PyTorch is not installed.

Run ``python tests/make_golden_random.py`` with PyTorch 2.13.0.
"""

import hashlib
import json
import pathlib

PATH = pathlib.Path(__file__).parent / "golden_random.json"
SIZES = [0, 1, 15, 16, 17, 31, 1000, 20003]
CASES = {
    "rand": "t.rand(n)", "rand64": "t.rand(n, dtype=t.float64)", "randn": "t.randn(n)", "randn64": "t.randn(n, dtype=t.float64)",
    "randint": "t.randint(-5, 11, (n,))", "randint_wide": "t.randint(0, 2**40, (n,))", "randperm": "t.randperm(n)",
    "uniform_": "t.empty(n).uniform_(-0.3, 0.7)", "uniform_symmetric": "t.empty(n).uniform_(-0.3, 0.3)", "normal_": "t.empty(n).normal_(1.5, 0.3)",
    "bernoulli_": "t.empty(n).bernoulli_(0.3)", "bernoulli": "t.bernoulli(t.full((n,), 0.4))", "exponential_": "t.empty(n).exponential_()",
    "exponential64": "t.empty(n, dtype=t.float64).exponential_()", "cauchy_": "t.empty(n).cauchy_()", "log_normal_": "t.empty(n).log_normal_()",
    "geometric_": "t.empty(n).geometric_(0.3)", "random_": "t.empty(n, dtype=t.int64).random_()", "strided": "t.empty(n, 3).t().normal_().contiguous()",
    "dropout": "t.nn.functional.dropout(t.ones(n), 0.3)", "multinomial": "t.multinomial(t.arange(1.0, n + 2), 3, True)",
    "poisson": "t.poisson(t.full((min(n, 500),), 7.5))", "half": "t.rand(n, dtype=t.float16)", "linear": "t.nn.Linear(n % 97 + 1, 5).weight.detach()",
    "kaiming": "t.nn.init.kaiming_normal_(t.empty(n % 97 + 1, 7))", "trunc": "t.nn.init.trunc_normal_(t.empty(n))",
}  # fmt: skip


def digests(t):
    """A digest per case of all sizes and three seeds: the bytes drawn, and the state afterwards."""
    found = {}
    for name, expression in CASES.items():
        digest = hashlib.sha256()
        for seed in (0, 42, 2**40 + 3):
            for n in SIZES:
                t.manual_seed(seed)
                digest.update(eval(expression, {"t": t, "n": n}).numpy().tobytes())
                digest.update(t.get_rng_state().numpy().tobytes())
        found[name] = digest.hexdigest()
    return found


if __name__ == "__main__":
    import torch

    PATH.write_text(json.dumps(digests(torch), indent=1) + "\n")
