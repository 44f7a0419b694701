"""The check of the built site finds what is planted in a small one."""

import pathlib

import pytest

from docs import chromium

SCRIPT = "<script>console.error('broken')</script>"
PAGES = {
    "good.html": "<p>text</p><pre style='overflow-x:auto'>" + "x" * 1000 + "</pre>",
    "wide.html": "<div style='width:700px'>wide</div>",
    "loud.html": SCRIPT,
    "error.html": "<script>missing()</script>",
    "asks.html": "<img src='http://127.0.0.1:9/x.png'>",
    "formula.html": "<span class='math'>\\\\(x\\\\)</span>",
    "absent.html": "<img src='nothing.png'>",
}


@pytest.mark.skipif(chromium.PROGRAM is None, reason="needs Chromium: apt-get install chromium")
def test_each_fault_is_found_and_a_good_page_has_none(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(pathlib.Path(chromium.__file__).parent)
    import check_site

    for name, body in PAGES.items():
        head = "<!doctype html><link rel=icon href='data:,'><meta name=viewport content='width=device-width, initial-scale=1'>"
        (tmp_path / name).write_text(f"{head}<body>{body}</body>")
    with chromium.Chromium() as browser, chromium.Served(tmp_path) as address:
        found = {name: check_site.faults(browser.page(), address, name) for name in PAGES}
    assert found["good.html"] == []
    assert len(found["wide.html"]) == 1 and "sideways at 390 px" in found["wide.html"][0]
    assert found["loud.html"] == ["complains: broken"]
    assert "missing is not defined" in found["error.html"][0]
    assert any("asks for http://127.0.0.1:9/x.png" in fault for fault in found["asks.html"])
    assert "not drawn" in found["formula.html"][0]
    assert "404" in found["absent.html"][0]
