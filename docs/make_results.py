"""Write docs/parity_results.md from the JSON reports of the harness (they are not made by the docs build: they take minutes).

python -m parity --seed 2027 --cases 200000 --shard 1/4 --json 1.json    (and 2/4, 3/4, 4/4)
python -m parity mutate --json mutate.json
python -m parity coverage --json coverage.json
python -m parity --ops networks --cases 50000 --json networks.json
python docs/make_results.py mutate.json coverage.json 1.json 2.json 3.json 4.json networks.json
"""

import json
import pathlib
import sys

HEAD = """# What the harness found

Made by `docs/make_results.py` from the harness's own reports; PyTorch 2.13.0, two cores.
"""


def campaign(parts: list[dict]) -> list[str]:
    cases, seconds = sum(p["cases"] for p in parts), sum(p["seconds"] for p in parts)
    share = sum(p["harness_share"] * p["seconds"] for p in parts) / seconds
    kinds: dict[str, int] = {}
    for p in parts:
        for k, n in {**p["kinds"], **{f"network {b}": n for b, n in p["bodies"].items()}}.items():
            kinds[k] = kinds.get(k, 0) + n
    return [
        "## A campaign", "",
        f"{cases:,} cases of one seed in {len(parts)} shards: {sum(p['dags'] for p in parts):,} random DAGs "
        f"({sum(p['second_order'] for p in parts):,} with second derivatives), {sum(p['networks'] for p in parts):,} trained networks and "
        f"{sum(p['scripts'] for p in parts):,} scripts about distributions, data and optimizers, "
        f"{cases / seconds:.0f} a second on two processes, {share:.0%} of the time the harness's own. "
        f"**{sum(p['failures'] for p in parts)} mismatches**; {sum(p['sensitive'] for p in parts)} accepted because PyTorch disagrees with "
        f"itself when the inputs move by a unit in the last place; {parts[0]['ops_covered']} of {parts[0]['ops_total']} catalogue entries drawn.", "",
        "| drawn | times |", "|---|---|", *(f"| {k} | {n:,} |" for k, n in sorted(kinds.items(), key=lambda kn: -kn[1])), "",
    ]  # fmt: skip


def networks(parts: list[dict]) -> list[str]:
    bodies: dict[str, int] = {}
    for p in parts:
        for body, n in p["bodies"].items():
            bodies[body] = bodies.get(body, 0) + n
    return [
        "## Networks alone", "",
        f"{sum(p['networks'] for p in parts):,} networks of another seed (`--ops networks`), trained for up to four steps: "
        f"**{sum(p['failures'] for p in parts)} mismatches**.", "",
        "| in front of the linear layers | networks |", "|---|---|", *(f"| {b} | {n:,} |" for b, n in sorted(bodies.items(), key=lambda bn: -bn[1])), "",
    ]  # fmt: skip


def mutation(d: dict) -> list[str]:
    columns = ["killed by assertion", "killed by crash", "equivalent", "survived"]
    total = d["total"]
    kills = total.get(columns[0], 0) + total.get(columns[1], 0)
    rows = [
        f"| {kind} | {sum(c.values())} | " + " | ".join(str(c.get(k, 0)) for k in columns) + " |"
        for kind, c in sorted(d["kinds"].items())
    ]
    return [
        "## The mutation score", "",
        f"{sum(total.values()):,} planted bugs of {len(d['kinds'])} kinds: {kills:,} killed ({total.get(columns[0], 0) / kills:.1%} of them by "
        f"assertion), {total.get('survived', 0)} survived, {total.get('equivalent', 0)} equivalent (they change a gradient or result that is zero, "
        "boolean or a view wherever it is defined).", "",
        "| kind of bug | planted | " + " | ".join(columns) + " |", "|---" * 6 + "|", *rows, "",
    ]  # fmt: skip


def coverage(d: dict) -> list[str]:
    kinds = [*dict.fromkeys(k for seen in d["reached"].values() for k in seen)]
    cells = [v for row in d["coverage"].values() for v in row.values() if isinstance(v, str)]
    worst = sorted(d["coverage"].items(), key=lambda r: -r[1]["ulp float32"])[:12]
    return [
        "## Coverage", "",
        f"{len(d['coverage'])} catalogue entries on {len(kinds) - 2} kinds of inputs: {cells.count('ok'):,} equal, {cells.count('refused'):,} refused by "
        f"both with the same type of error, {cells.count('known')} known differences, {len(d['not_covered'])} gaps. Primitives whose kernel ran:", "",
        "| kind of input | primitives |", "|---|---|",
        *(f"| {k} | {sum(k in seen for seen in d['reached'].values())} of {len(d['reached'])} |" for k in sorted(kinds)), "",
        "The largest distances from PyTorch, in units of the last place (all of them sums that cancel or truncated series):", "",
        "| entry | float32 | float64 |", "|---|---|---|", *(f"| {n} | {r['ulp float32']:.0f} | {r['ulp float64']:.0f} |" for n, r in worst), "",
    ]  # fmt: skip


if __name__ == "__main__":
    mutate, cover, *parts = (json.loads(pathlib.Path(p).read_text()) for p in sys.argv[1:])
    nets = [p for p in parts if not p["dags"]]
    text = [HEAD, *campaign([p for p in parts if p["dags"]]), *networks(nets), *mutation(mutate), *coverage(cover)]
    (pathlib.Path(__file__).parent / "parity_results.md").write_text("\n".join(text))
