"""The documentation site. One command: ``python -m sphinx -W -b html docs docs/_build/html``. Nothing is fetched."""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from api_chapters import MODULES, NAMESPACES
from api_pages import write_pages
from exercise_pages import write_exercise_pages
from names_page import write_names_page
from parity_status import add_status
from sphinx.util.nodes import make_refnode
from squeeze import squeeze

from minitorch_bp.exercises import packs

write_pages()
write_names_page()
write_exercise_pages()
#: where a bare name of a docstring is looked up
SEARCHED = [*NAMESPACES, *(module.__name__.removeprefix("minitorch_bp.") for module, _, _ in MODULES.values())]

project = "minitorch_bp"
author = "the minitorch_bp authors"
copyright = "2026, the minitorch_bp authors"
release = "0.1.0"

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "sphinx.ext.mathjax",
    "sphinx-mathjax-offline",
    "numpydoc",
    "myst_nb",
    "sphinx_copybutton",
    "sphinx_design",
]
html_theme = "pydata_sphinx_theme"
html_theme_options = {
    "show_prev_next": True,
    "navigation_with_keys": False,
    "header_links_before_dropdown": 4,
    # The chapters are in the sidebar, and their names on the chapters' own pages: with all of them each page carries the links of all others.
    "collapse_navigation": True,
    "navigation_depth": 1,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_context = {"default_mode": "auto"}  # light or dark as the system is
html_title = "minitorch_bp"
html_sidebars = {"**": ["sidebar-nav-bs"]} | {
    p: [] for p in ("index", "install", "quickstart", "swap", "lecture", "names", "playground", "search")
}
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "_static/favicon.svg"
html_show_sourcelink = False
html_copy_source = False
exclude_patterns = ["_build", "exercises/starters"]

autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_validation_checks = set()
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True


def resolve(app, env, node, contnode):
    """``torch.save`` and ``save`` are ``minitorch_bp.save`` here, and a class is found by its own name wherever it stands."""
    if node.get("refdomain") != "py":
        return None
    domain, target = env.domains["py"], node["reftarget"].removeprefix("~")
    spaces = ["minitorch_bp", *(f"minitorch_bp.{m}" for m in SEARCHED)]
    for name in [
        target,
        *(f"{s}.{target.removeprefix('torch.').removeprefix('minitorch_bp.').removeprefix('F.')}" for s in spaces),
    ]:
        if name in domain.objects:
            return make_refnode(
                app.builder, node["refdoc"], domain.objects[name].docname, domain.objects[name].node_id, contnode, name
            )
    return None


def prune(app, error):
    """MathJax brings a dozen complete builds of itself; one of them is loaded."""
    folder = pathlib.Path(app.outdir) / "_static" / "mathjax"
    if error is None and folder.is_dir():
        for path in folder.iterdir():
            if path.name != "tex-svg-full.js":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in pathlib.Path(app.outdir).rglob("*.map"):  # of the minified scripts: for their developers
        path.unlink()
    if error is None and app.builder.name == "html":
        (pathlib.Path(app.outdir) / "_static" / "webpack-macros.html").unlink(missing_ok=True)  # a template of the theme
        packs.wheel(pathlib.Path(app.outdir) / "_static", exercises=False)  # what the pages that run Python load
        squeeze(pathlib.Path(app.outdir))


def setup(app):
    app.config.mathjax_path = "mathjax/tex-svg-full.js"  # SVG: no fonts to load, all of TeX in one file
    app.connect("build-finished", prune, priority=900)  # when the theme has written its colours
    app.connect("missing-reference", resolve)
    app.connect("autodoc-process-docstring", add_status)
