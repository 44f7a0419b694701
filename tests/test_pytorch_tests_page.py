"""The page about PyTorch's own tests counts what the runner says, and names what stays out with its reason."""

import csv
import importlib.util
import io
import pathlib

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "docs" / "pytorch_tests_page.py"
RESULTS = """file\torigin\ttest\toutcome\tscope\tkind\tcause\tinside\taided\takind\tacause
test_a\tx\tTestA.test_fine\tpass\tin
test_a\tx\tTestA.test_words\tfail\tin\tmessage\tAssertionError: "x" does not match "y"\t\tpass
test_a\tx\tTestA.test_words_in_a_list\tfail\tin\tbehaviour\tAssertionError: 'x' not found in 'y'\t\tfail\tbehaviour\tAssertionError: 'x' not found in 'y'
test_a\tx\tTestA.test_input_on_cuda\tfail\tout\texception\tAssertionError: no CUDA
nn/test_b\ty\tTestB.test_name\tfail\tin\tmissing name\tmissing name torch.more\t\tfail\tmissing name\tmissing name torch.more
nn/test_b\ty\tTestB.test_backend\tfail\tin\tmissing name\tmissing name torch._C._ConvBackend
nn/test_b\ty\tTestB.test_csr_input\tfail\tout\tmissing name\tmissing name Tensor.to_sparse_csr
"""


def test_page():
    spec = importlib.util.spec_from_file_location("pytorch_tests_page", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = list(csv.DictReader(io.StringIO(RESULTS), delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))
    text = module.page(rows)
    for line in (
        "| `test_a` | 4 | 3 | 1 (33%) | 2 (67%) |",
        "| `nn/test_b` | 3 | 1 | 0 (0%) | 0 (0%) |",
        "| **all** | 7 | 4 | 1 (25%) | 2 (50%) |",
        ":::{dropdown} CUDA and other devices (1)\n* `test_a`: `test_input_on_cuda`",
        ":::{dropdown} Sparse, nested and quantized tensors (1)\n* `nn/test_b`: `test_csr_input`",
        ":::{dropdown} asks for `torch.more` (1)\n* `nn/test_b`: `test_name`",
        ":::{dropdown} the words of a message are compared (1)\n* `test_a`: `test_words_in_a_list`",
    ):
        assert line in text
    # Another run of one file alone: the other one keeps what the page says.
    only = [row for row in rows if row["file"] == "test_a"]
    again = module.page(only, text)
    assert again == text
    for row in only:
        row["outcome"] = "pass"
    better = module.page(only, text)
    assert "| `test_a` | 4 | 4 | 4 (100%) | 4 (100%) |" in better and "| `nn/test_b` | 3 | 1 | 0 (0%) | 0 (0%) |" in better
    assert "test_input_on_cuda" not in better and "test_csr_input" in better and "| **all** | 7 | 5 | 4 (80%) | 4 (80%) |" in better
