"""The documentation site. One command: ``python -m sphinx -W -b html docs docs/_build/html``. Nothing is fetched."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from list_api import write_pages

write_pages()

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
html_theme_options = {"show_prev_next": True, "navigation_with_keys": False, "header_links_before_dropdown": 6}
html_title = "minitorch_bp"
html_sidebars = {"index": [], "lecture": [], "design": []}
templates_path = ["_templates"]
exclude_patterns = ["_build"]

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
