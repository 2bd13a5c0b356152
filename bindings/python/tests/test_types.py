"""The package for type checkers: the generated stubs are fresh, and mypy and pyright agree with them."""

from __future__ import annotations

import importlib.util
import pathlib
import re
import subprocess
import sys

import pytest

import gradtape as gt
from gradtape import _core

FOLDER = pathlib.Path(__file__).resolve().parent
BINDINGS = FOLDER.parent
PACKAGE = BINDINGS / "gradtape"

needs_mypy = pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed")
needs_pyright = pytest.mark.skipif(
    importlib.util.find_spec("pyright") is None, reason="pyright is not installed"
)


def generator():
    spec = importlib.util.spec_from_file_location("generate_stubs", BINDINGS / "generate_stubs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_stubs_are_fresh():
    made = generator()
    stale = "bindings/python/generate_stubs.py makes another one"
    assert (PACKAGE / "_ops.pyi").read_text(encoding="utf-8") == made.ops_stub(made.REGISTRY), stale
    assert (PACKAGE / "__init__.pyi").read_text(encoding="utf-8") == made.init_stub(), stale


def test_every_name_of_the_stub_exists():
    stub = (PACKAGE / "__init__.pyi").read_text(encoding="utf-8")
    names = re.findall(r" as (\w+)$|^(\w+): ", stub, re.MULTILINE)
    assert len(names) > 250
    for imported, assigned in names:
        assert hasattr(gt, imported or assigned)


def test_the_extension_and_its_stub_have_the_same_names():
    stub = (PACKAGE / "_core.pyi").read_text(encoding="utf-8")
    declared = set(re.findall(r"^(?:class |def )?([a-zA-Z_]\w*)(?=[(:])", stub, re.MULTILINE))
    present = {name for name in vars(_core) if not name.startswith("__")}
    assert present <= declared
    for kind in ("Tensor", "Variable", "Tape", "Sparsity", "Function", "DType"):
        body = re.search(rf"^class {kind}\b.*?(?=^\S)", stub, re.MULTILINE | re.DOTALL)[0]
        members = set(re.findall(r"^    (?:def )?(\w+)(?=[(:])", body, re.MULTILINE))
        assert {name for name in vars(getattr(_core, kind)) if not name.startswith("_")} <= members


def mypy(*arguments, cache):
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        str(BINDINGS / "pyproject.toml"),
        "--no-error-summary",
    ]
    done = subprocess.run(
        [*command, "--cache-dir", str(cache), *arguments], cwd=BINDINGS, capture_output=True, text=True
    )
    return done.stdout


@needs_mypy
def test_mypy(tmp_path_factory):
    cache = tmp_path_factory.mktemp("mypy")
    assert mypy(cache=cache) == ""
    assert mypy("tests/types/program.py", cache=cache) == ""
    found = mypy("tests/types/mistakes.py", cache=cache)
    lines = (FOLDER / "types" / "mistakes.py").read_text(encoding="utf-8").splitlines()
    wanted = {n for n, line in enumerate(lines, 1) if "# wrong" in line}
    assert {int(n) for n in re.findall(r"mistakes\.py:(\d+): error", found)} == wanted


@needs_pyright
def test_pyright():
    command = [sys.executable, "-m", "pyright", "--project", "pyproject.toml", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=BINDINGS, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
