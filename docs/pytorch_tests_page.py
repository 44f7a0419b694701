"""Write docs/pytorch_tests.md: how PyTorch's own test files fare here, by file, and what stays out, by name and reason.

    python docs/pytorch_tests_page.py RESULTS.tsv

RESULTS.tsv has a line for each test that PyTorch itself passes, under the names ``file``, ``test``, ``outcome`` ('pass' or 'fail'),
``scope`` ('in' or 'out'), ``kind``, ``cause``, and ``aided``, ``akind``, ``acause`` for the second look at what failed: with private
helpers of PyTorch supplied, and texts of messages not compared. Of what failed only names and kinds are written to the page. A file
of tests that the results do not have keeps what the page says of it.
"""

import collections
import csv
import pathlib
import re
import sys
from collections.abc import Iterable

PAGE = pathlib.Path(__file__).parent / "pytorch_tests.md"

HEAD = """# PyTorch's own tests

PyTorch's test files, written by people who never saw this project, run here under the name `torch`. The files are not part of this
repository. A test counts if PyTorch 2.13 passes it on the same machine, over the same stand-in for `torch.testing._internal`; it is in
scope unless it needs what a library on NumPy does not have (the second table). *Aided* is a second look at what failed: private helpers
that only PyTorch's tests use are supplied, and the texts of messages are not compared, since they are our own.

Made by `python docs/pytorch_tests_page.py RESULTS.tsv` from the runner's results.
"""

#: why a test is out of scope: the first pattern that its name, or what it asked for, fits
OUTSIDE = [
    ("CUDA and other devices", r"cuda|cudnn|xpu|\bmps\b|\bnpu|privateuse|pin_memory|pinned|kineto|nvtx|Multithread"),
    ("Sparse, nested and quantized tensors", r"torch\.ao\b|sparse|nested|quantiz|qint|quint|fbgemm|_packed|mkldnn|nnpack|xnnpack"),
    ("The meta device, fake tensors and lazy ones", r"'meta'|\bmeta\b|_meta|fake|xla"),
    ("TorchScript, compilers and graph capture", r"jit|script|compile|dynamo|inductor|\bfx\b|_fx_|make_fx|onnx|functionalize|deploy|package"),
    ("Dispatch modes and subclasses made in C++", r"dispatch|_make_subclass|_make_wrapper|LoggingTensor|two_?tensor|crossref|torch_function|_subclasses"),
    ("Storages and processes that share memory", r"storage|share_memory|is_shared|from_file|multiprocess|_VF|set_\b"),
    ("Named tensors", r"named_?tensor|names="),
    ("Profilers and recorders", r"profil|record_function|tensorboard"),
    ("Mixed precision on devices, types of 8 bits and complex halves", r"autocast|\bamp\b|_amp_|GradScaler|grad_scal|float8|chalf|complex32|ComplexHalf"),
    ("Distributed programs", r"distributed|parallel|rpc"),
    ("functorch before torch.func, and its insides", r"functorch|make_functional|combine_state|sum_pyop|to_numpy"),
    ("Operators by their names in C++, and other private functions", r""),
]  # fmt: skip

#: what the kinds of failure are, in words
KINDS = {
    "message": "the words of a message are compared",
    "error not raised": "PyTorch refuses, here it is accepted",
    "warning": "a warning is missing, or has other words",
    "behaviour": "another result",
    "exception": "an error in place of a result",
    "refused": "refused here",
    "timeout": "not done within the limit of time",
    "hang": "not done within the limit of time",
    "crash": "ended the process",
    "not run": "not run within the budget of time",
    "not collected": "its class could not be built",
}

#: what some of them need, by name of the test
NEEDS = [
    (r"^Test(Vmap|Grad|Jvp).*tensor_print_vmap|tensor_print_vmap", "a batch prints as one tensor; vmap calls the function for each slice here"),
    (r"deprecation_(transforms|vmap)", "the old module functorch, which the runner stands in for"),
    (r"inplace_on_captures", "a write to a captured tensor is differentiated here, and refused there"),
    (r"conj_bit|neg_bit|check_conj", "conjugation is computed at once, without a mark on a view"),
    (r"scatter_index_reduce_prod_gradgrad|inplace_views_cross_dtype|conv_empty_channel", "an oddity of PyTorch's, on the page of what was found about it"),
    (r"disable_fwd_grad", "jvp is two backward passes here, which the switch of forward mode does not see"),
    (r"chunk_jacrev_chunksize", "results of any size are allowed within vmap, which is a loop here"),
    (r"saved_original_inplace_detach", "the gradient of a value that was detached afterwards is right here, and refused there"),
    (r"no_grad_copy", "whether a gradient's memory is used again"),
    (r"selective|bad_inputs|trigger_recompute_once|storage_lifetime", "selective checkpoints by operators of C++"),
]  # fmt: skip


#: modules of PyTorch that only its own code is to use, or that quantize: what asks for them is out of scope, too
PRIVATE = re.compile(r"torch\._C\b|torch\.ao\b")


def outside(row: dict) -> bool:
    private = row["aided"] != "pass" and PRIVATE.search(f"{row['cause']} {row['acause']}")
    return row["outcome"] != "pass" and bool(row["scope"] == "out" or private)


def needed(row: dict) -> str:
    """Why a test in scope fails, aided too."""
    for pattern, words in NEEDS:
        if re.search(pattern, row["test"]):
            return words
    kind, cause = row["akind"] or row["kind"], row["acause"] or row["cause"]
    if kind.startswith("missing"):
        return f"asks for `{cause.removeprefix(kind.split()[0]).strip().removeprefix('name ').removeprefix('module ').removeprefix('argument ')}`"
    return KINDS["message"] if "' not found in '" in cause else KINDS.get(kind, kind)


def why_outside(row: dict) -> str:
    told = f"{row['test']} {row['cause']} {row['acause']}"
    return next(words for words, pattern in OUTSIDE if re.search(pattern, told, re.IGNORECASE))


Groups = dict[str, dict[str, list[str]]]  # a reason -> a file -> tests


def kept(text: str, done: set[str]) -> tuple[dict[str, collections.Counter], list[Groups]]:
    """What a page says of files that are not ``done``: their counts, and what stays out and what fails of them."""
    per: dict[str, collections.Counter] = {}
    for name, *numbers in re.findall(r"^\| `(.+?)` \| (\d+) \| (\d+) \| (\d+) \(.*?\) \| (\d+) \(", text, re.MULTILINE):
        count, scope, passed, aided = map(int, numbers)
        if name not in done:
            per[name] = collections.Counter(all=count, out=count - scope, aided=aided)
            per[name]["pass"] = passed
    chapters = []
    for chapter in text.split("\n## ")[1:]:
        groups: Groups = {}
        for words, inside in re.findall(r"^:::\{dropdown\} ([^\n]*) \(\d+\)\n(.*?)^:::$", chapter, re.MULTILINE | re.DOTALL):
            files = re.findall(r"^\* `(.+?)`: (.*)$", inside, re.MULTILINE)
            groups[words] = {name: re.findall(r"`(.+?)`", tests) for name, tests in files if name not in done}
        chapters.append(groups)
    return per, [*chapters, {}, {}][:2]


def counts(rows: list[dict]) -> dict[str, collections.Counter]:
    per: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    for row in rows:
        c = per[row["file"]]
        c["all"] += 1
        c["pass"] += row["outcome"] == "pass"
        c["out"] += outside(row)
        c["aided"] += row["outcome"] == "pass" or (not outside(row) and row["aided"] == "pass")
    return per


def table(per: dict[str, collections.Counter]) -> list[str]:
    lines = ["| file | PyTorch passes | in scope | pass | pass, aided |", "|---|---|---|---|---|"]
    total: collections.Counter = collections.Counter()
    for name in sorted(per):
        total.update(per[name])
        lines.append(line(f"`{name}`", per[name]))
    return [*lines, line("**all**", total), ""]


def line(name: str, c: collections.Counter) -> str:
    scope = c["all"] - c["out"]
    share = [f"{c[k]} ({100 * c[k] / max(scope, 1):.0f}%)" for k in ("pass", "aided")]
    return f"| {name} | {c['all']} | {scope} | {share[0]} | {share[1]} |"


def listed(rows: Iterable[dict], reason, before: Groups) -> list[str]:
    """A folded list for each reason: the tests by file."""
    groups: Groups = {words: dict(files) for words, files in before.items()}
    for row in rows:
        groups.setdefault(reason(row), {}).setdefault(row["file"], []).append(row["test"].rpartition(".")[2])
    lines = []
    for words, files in sorted(groups.items(), key=lambda g: (-sum(map(len, g[1].values())), g[0])):
        if not files:
            continue
        lines += [f":::{{dropdown}} {words} ({sum(map(len, files.values()))})"]
        lines += [f"* `{name}`: {', '.join(f'`{t}`' for t in sorted(tests))}" for name, tests in sorted(files.items())]
        lines += [":::", ""]
    return lines


def page(rows: list[dict], before: str = "") -> str:
    per, (out_before, failed_before) = kept(before, {row["file"] for row in rows})
    failed = [r for r in rows if r["outcome"] != "pass" and r["aided"] != "pass" and not outside(r)]
    parts = [
        HEAD,
        *table({**per, **counts(rows)}),
        "## What stays out",
        "",
        *listed(filter(outside, rows), why_outside, out_before),
        "## What fails, aided too",
        "",
    ]
    return "\n".join([*parts, *listed(failed, needed, failed_before)]).rstrip() + "\n"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        results = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))
    PAGE.write_text(page(results, PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""), encoding="utf-8")
