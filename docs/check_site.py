"""Every page of the built site in a real browser: ``python docs/check_site.py docs/_build/html``.

At desktop and at phone width a page must load without complaints in the console, ask nobody but its own server for anything, need no scrolling
sideways, and have its formulas drawn. The site must be small. Search must find what people look for, and the player of the landing page must reach the lecture's
numbers. ``--pages N`` takes N pages, spread over the site, and ``--pyodide FOLDER`` (a distribution) solves an exercise in its page, too.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import shutil
import sys
import tempfile
import time

from chromium import Chromium, Failed, Page, Served

MOST_BYTES = 40_000_000
WIDTHS = ((1280, 900, False), (390, 844, True))

#: what is looked for, and a page that must be among the first ten
SEARCHES = {
    "CrossEntropyLoss": "CrossEntropyLoss.html",
    "DataLoader": "DataLoader.html",
    "learning rate": "",
    "install": "install.html",
}

_READY = """(async () => {
  for (const e of document.querySelectorAll("img[loading=lazy], iframe[loading=lazy]")) e.loading = "eager";
  if (document.querySelector(".math") && window.MathJax?.startup) await MathJax.startup.promise;
  await document.fonts.ready;
  return true;
})()"""
_WIDE = """(() => {
  const root = document.documentElement, room = root.clientWidth;
  if (root.scrollWidth <= room) return "";
  const hidden = (e) => { for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX != "visible") return true; return false; };
  const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > room + 1 && !hidden(e));
  const last = wide.pop();
  return `${root.scrollWidth} of ${room} px: ` + (last ? `<${last.tagName.toLowerCase()} class="${last.className}"> ${last.textContent.trim().slice(0, 60)}` : "?");
})()"""
_MATH = """(() => {
  const left = [...document.querySelectorAll(".math")].filter((e) => !e.querySelector("mjx-container") && !e.closest("mjx-container"));
  const wrong = document.querySelectorAll("mjx-merror, [data-mjx-error]");
  return left.length ? "a formula is not drawn: " + left[0].textContent.trim().slice(0, 60) : wrong.length ? "a formula is wrong: " + wrong[0].textContent : "";
})()"""


def faults(page: Page, address: str, path: str) -> list[str]:
    """What is wrong with one page."""
    found = []
    for width, height, phone in WIDTHS:
        page.size(width, height, phone)
        if not phone:
            page.open(address + path)
            page.ask(_READY)
            found.append(page.ask(_MATH))
        wide = page.ask(_WIDE)
        found.append(f"scrolls sideways at {width} px, {wide}" if wide else "")
    found += [f"complains: {text}" for text in page.complaints]
    found += [f"asks for {url}" for url in page.requests if not url.startswith((address, "data:", "blob:", "about:"))]
    return [f for f in found if f]


def searched(page: Page, address: str) -> list[str]:
    """What search does not find."""
    found = []
    for words, wanted in SEARCHES.items():
        page.open(f"{address}search.html?q={words.replace(' ', '+')}")
        try:
            page.until("/found|did not match/.test(document.querySelector('#search-results').innerText)", 20)
            page.until("document.querySelectorAll('#search-results li a').length > 0", 20)
        except TimeoutError:
            found.append(f"search.html: nothing for {words!r}")
            continue
        links = page.ask("[...document.querySelectorAll('#search-results li a')].slice(0, 10).map(e => e.pathname)")
        if not any(link.endswith(wanted) for link in links):
            found.append(f"search.html: {words!r} finds {links}")
    return found


def played(page: Page, address: str) -> list[str]:
    """Whether the player of the landing page reaches the lecture's numbers, from its first step by its buttons."""
    page.open(address + "index.html")
    page.ask(_READY)
    for frame in page.inner():
        if page.until("document.readyState == 'complete' && !!document.body", frame=frame) and page.ask(
            "!!document.getElementById('next')", frame
        ):
            before = page.ask("document.querySelector('#count').textContent", frame)
            for _ in range(int(before.split("/")[1])):
                page.ask("document.getElementById('next').click()", frame)
            shown = page.ask(
                "[...document.querySelectorAll('svg text.g')].map(e => e.textContent.split(/\\s+/).pop()).sort().join(' ')", frame
            )
            return [] if shown == "1 10 27 27 297" else [f"index.html: the player ends with the gradients {shown}"]
    return ["index.html: there is no player"]


def solved(page: Page, address: str) -> list[str]:
    """Whether an exercise can be solved in its page, with the Pyodide that lies beside the site."""
    from minitorch_bp.exercises import source

    path = next(source.sources().glob("e05*.py"))
    page.open(f"{address}exercises/{path.stem}.html")
    text = source.read(path).script(solution=True).split("# %% Checks")[0]
    cells = [c.split("# %% [markdown]")[0].strip() for c in text.split("# %%\n")[1:]]
    page.ask(f"document.querySelectorAll('.mb-editor').forEach((e, k) => {{ e.value = {json.dumps(cells)}[k]; e.oninput() }})")
    page.ask("[...document.querySelectorAll('.mb-bar button')].find(b => b.textContent == 'Check').click()")
    page.until("!document.querySelector('.mb-under button').disabled", 120)
    shown = page.ask("document.querySelector('.mb-results').innerText")
    return (
        []
        if "9 of 9 points" in shown
        else [f"{path.stem}: {page.ask('''document.querySelector('.mb-status').textContent''')}; {shown}"]
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=pathlib.Path)
    parser.add_argument("--pages", type=int, default=0, help="so many, spread over the site; all by default")
    parser.add_argument("--pyodide", type=pathlib.Path, help="Pyodide's distribution")
    options = parser.parse_args(arguments)
    paths = sorted(p.relative_to(options.site).as_posix() for p in options.site.rglob("*.html"))
    chosen = paths[:: max(1, len(paths) // options.pages)] if options.pages else paths
    found, began = [], time.monotonic()
    with Chromium() as browser, Served(options.site) as address:
        page = browser.page()
        for number, path in enumerate(chosen):
            if number % 200 == 199:  # a browser that has seen many pages grows slow
                page.close()
                page = browser.page()
            try:
                found += [f"{path}: {fault}" for fault in faults(page, address, path)]
            except (Failed, TimeoutError) as error:
                found.append(f"{path}: {error}")
        page.size(*WIDTHS[0])
        found += searched(page, address) + played(page, address)
    if options.pyodide:
        with tempfile.TemporaryDirectory() as folder:
            site = pathlib.Path(folder) / "site"
            shutil.copytree(options.site, site)
            shutil.copytree(options.pyodide, site / "pyodide")
            for path in (site / "exercises").glob("e*.html"):
                path.write_text(path.read_text().replace('id="mb-page">{', 'id="mb-page">{"pyodide": "../pyodide/", '))
            with Chromium() as browser, Served(site) as address:
                found += solved(browser.page(), address)
    size = sum(p.stat().st_size for p in options.site.rglob("*") if p.is_file() and ".doctrees" not in p.parts)
    if size > MOST_BYTES:
        found.append(f"the site has {size:,} bytes, more than {MOST_BYTES:,}")
    for fault in found:
        print(fault)
    print(
        f"{len(chosen)} pages at {len(WIDTHS)} widths in {time.monotonic() - began:.0f} s, {size / 1e6:.1f} MB: {len(found)} faults"
    )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
